"""The mock's speed beside a bare handler of the same answer; start; memory.

python benchmarks/server_speed.py [--rounds 7] [--requests 1500] [--url NAME=URL]

Each server is a program of its own. In each round every server answers the same
requests, and what counts is the CPU time that it took, so that the speed of this
program does not. The bare handler is Starlette and uvicorn with the validator of
jsonschema-rs, and nothing else: it answers what the mock answered, byte for byte.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

MOCK = [sys.executable, "-m", "text_completions_cli", "mock", "--port", "0", "--quiet"]
BARE = [sys.executable, str(Path(__file__).with_name("server_bare.py"))]
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
STREAMS, EVENTS = 64, 5000
LEAST_RATIO, MOST_SECONDS, MOST_MEMORY = 0.85, 0.8, 90


@dataclass
class Program:
    """A server that runs, and what it costs."""

    process: subprocess.Popen[str]
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
def running(command: list[str]) -> Iterator[Program]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
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


def request_bytes(body: dict[str, object]) -> bytes:
    content = json.dumps(body).encode()
    return (
        b"POST /v1/complete HTTP/1.1\r\nhost: mock\r\nx-api-key: sk-speed\r\n"
        b"anthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n"
        b"accept: */*\r\nuser-agent: speed\r\ncontent-length: %d\r\n\r\n%b"
        % (len(content), content)
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


def costs(program: Program, kind: str, connections: int, requests: int) -> float:
    """Seconds of CPU per request."""
    before = program.cpu()
    asyncio.run(load(program.url, request_bytes(BODIES[kind]), connections, requests))
    return (program.cpu() - before) / requests


def compare(rounds: int, requests: int) -> list[tuple[str, float, float]]:
    found: list[tuple[str, float, float]] = []
    with running(MOCK) as mock, running([*BARE, mock.url]) as bare:
        for kind in BODIES:
            count = requests // 5 if kind == "streamed" else requests
            for connections in (1, 64):
                pairs = [
                    [costs(each, kind, connections, count) for each in (mock, bare)]
                    for _ in range(rounds + 1)
                ][1:]  # the first round warms up
                ours, theirs = (median(each) for each in zip(*pairs, strict=True))
                found.append((f"{kind}, {connections} connections", ours, theirs))
    return found


def readiness(times: int) -> float:
    """Seconds from the start of the program to its first line."""
    found: list[float] = []
    for _ in range(times):
        started = time.perf_counter()
        with running(MOCK):
            found.append(time.perf_counter() - started)
    return median(found)


def memory() -> float:
    """MB at the most, with many long streams at a time."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump([{"replies": [" word" * EVENTS]}], file)
        file.flush()
        with running([*MOCK, "--replies", file.name]) as mock:
            body = BODIES["streamed"] | {"max_tokens_to_sample": EVENTS}
            asyncio.run(load(mock.url, request_bytes(body), STREAMS, STREAMS))
            return mock.peak_memory()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=1500)
    arguments = parser.parse_args()
    assert find_spec("text_completions_server"), "install the project first"
    missed = 0
    for name, ours, theirs in compare(arguments.rounds, arguments.requests):
        ratio = theirs / ours
        missed += ratio < LEAST_RATIO
        print(
            f"{name:26} {ours * 1e6:7.0f} µs CPU, bare {theirs * 1e6:7.0f} µs, "
            f"ratio {ratio:.2f} (at least {LEAST_RATIO})"
        )
    seconds, megabytes = readiness(5), memory()
    missed += (seconds > MOST_SECONDS) + (megabytes > MOST_MEMORY)
    print(f"ready in {seconds:.2f} s (at most {MOST_SECONDS})")
    print(
        f"{STREAMS} streams of {EVENTS} events: {megabytes:.0f} MB resident "
        f"(under {MOST_MEMORY})"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
