"""How the speed of servers is compared: programs, and what a request costs them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from server_client import load

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


def request_bytes(
    body: Mapping[str, object], more: bytes = b"", path: bytes = b"/v1/complete"
) -> bytes:
    content = json.dumps(body).encode()
    return (
        b"POST %b HTTP/1.1\r\nhost: mock\r\nx-api-key: sk-speed\r\n"
        b"anthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n"
        b"accept: */*\r\nuser-agent: speed\r\ncontent-length: %d\r\n%b\r\n%b"
        % (path, len(content), more, content)
    )


@dataclass(frozen=True)
class Cost:
    """What a request took: seconds of the server's CPU, and seconds of the clock."""

    cpu: float
    clock: float


def cost(program: Program, request: bytes, connections: int, requests: int) -> Cost:
    """The cost of each of so many requests."""
    before, started = program.cpu(), perf_counter()
    load(program.url, request, connections, requests)
    clock = perf_counter() - started
    return Cost((program.cpu() - before) / requests, clock / requests)


def costs(
    contenders: Sequence[tuple[Program, bytes]],
    connections: int,
    requests: int,
    rounds: int,
) -> list[list[Cost]]:
    """The costs of a program's request in each round, which they take in turn.

    What slows the machine down for a while slows both sides of a round; who begins
    changes from round to round. The first round warms up and does not count.
    """
    found: list[list[Cost]] = [[] for _ in contenders]
    for number in range(rounds + 1):
        order = range(len(contenders))
        for index in order if number % 2 else reversed(order):
            program, request = contenders[index]
            found[index].append(cost(program, request, connections, requests))
    return [each[1:] for each in found]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How many times as fast we are: the median over the rounds."""
    return median(their / our for our, their in zip(ours, theirs, strict=True))
