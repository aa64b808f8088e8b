"""How the speed of servers is compared: programs, what they cost, and the load."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

BODY = {
    "model": "claude-2",
    "prompt": "\n\nHuman: Why is the sky blue?\n\nAssistant:",
    "max_tokens_to_sample": 100,
    "temperature": 0.5,
}
BODIES = {
    "valid": BODY,
    "invalid": BODY | {"temperature": 1.5},
    "streamed": BODY | {"stream": True},
}


@dataclass
class Program:
    """A server that runs, and what it costs."""

    process: subprocess.Popen[Any]
    url: str

    def cpu(self) -> float:
        """Seconds of CPU time until now; to the nanosecond, unlike /proc/PID/stat."""
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(each.read_text().split()[0]) for each in threads) / 1e9

    def peak_memory(self) -> float:
        """The most resident memory that it ever had, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        kilobytes = status.partition("VmHWM:")[2].split()[0]
        return int(kilobytes) / 1000


@contextmanager
def running(command: list[str], stderr: int | None = None) -> Iterator[Program]:
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=stderr, text=True
    )
    assert process.stdout is not None
    try:
        yield Program(process, process.stdout.readline().rpartition(" ")[2].strip())
    finally:
        process.terminate()
        process.wait(10)


class Talker(asyncio.Protocol):
    """Sends a request as soon as the answer before it is complete."""

    def __init__(self, request: bytes, share: list[int]) -> None:
        self.request, self.share = request, share
        self.done = asyncio.get_running_loop().create_future()
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        if not self.share[0]:
            self.transport.close()
            self.done.set_result(None)
            return
        self.share[0] -= 1
        self.received = b""
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.received = self.received[-5:] + data if self.chunked else self._head(data)
        if self.chunked:
            complete = self.received.endswith(b"0\r\n\r\n")
        else:
            complete = len(self.received) >= self.length
        if complete:
            self.chunked = False
            self.ask()

    chunked = False
    length = 1 << 40

    def _head(self, data: bytes) -> bytes:
        received = self.received + data
        head, end, _ = received.partition(b"\r\n\r\n")
        if end:
            self.chunked = b"transfer-encoding: chunked" in head.lower()
            size = head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]
            self.length = len(head) + 4 + int(size or 0)
        return received

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("cut"))


def request_bytes(body: Mapping[str, object], more: bytes = b"") -> bytes:
    content = json.dumps(body).encode()
    return (
        b"POST /v1/complete HTTP/1.1\r\nhost: mock\r\nx-api-key: sk-speed\r\n"
        b"anthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n"
        b"accept: */*\r\nuser-agent: speed\r\ncontent-length: %d\r\n%b\r\n%b"
        % (len(content), more, content)
    )


async def load(url: str, request: bytes, connections: int, requests: int) -> None:
    loop, address, share = asyncio.get_running_loop(), urlsplit(url), [requests]
    talkers = [
        await loop.create_connection(
            lambda: Talker(request, share), address.hostname, address.port
        )
        for _ in range(connections)
    ]
    await asyncio.gather(*(talker.done for _, talker in talkers))


@dataclass(frozen=True)
class Cost:
    """What a request took: seconds of the server's CPU, and seconds of the clock."""

    cpu: float
    clock: float


def cost(program: Program, request: bytes, connections: int, requests: int) -> Cost:
    """The cost of each of so many requests."""
    before, started = program.cpu(), perf_counter()
    asyncio.run(load(program.url, request, connections, requests))
    clock = perf_counter() - started
    return Cost((program.cpu() - before) / requests, clock / requests)


def costs(
    programs: Sequence[Program],
    request: bytes,
    connections: int,
    requests: int,
    rounds: int,
) -> list[list[Cost]]:
    """The costs of each program in each round, which they take in turn.

    What slows the machine down for a while slows both sides of a round; who begins
    changes from round to round. The first round warms up and does not count.
    """
    found: list[list[Cost]] = [[] for _ in programs]
    for number in range(rounds + 1):
        order = range(len(programs))
        for index in order if number % 2 else reversed(order):
            found[index].append(cost(programs[index], request, connections, requests))
    return [each[1:] for each in found]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How many times as fast we are: the median over the rounds."""
    return median(their / our for our, their in zip(ours, theirs, strict=True))
