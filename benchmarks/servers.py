"""How the speed of servers is compared: programs, and what a request costs them.

The client is plain sockets. It shares the machine with the server, and a single
connection waits for both in turn, so what the client spends hides what is measured. It
knows the one request that it sends, and of HTTP only where an answer ends.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

CLI = [sys.executable, "-m", "text_completions_cli"]
MOCK = [*CLI, "mock", "--port", "0", "--quiet"]
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

# Programs -------------------------------------------------------------------------


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
def running(command: Sequence[str], stderr: int | None = None) -> Iterator[Program]:
    """Run a server whose first line ends with its address."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=stderr, text=True
    )
    assert process.stdout is not None
    try:
        yield Program(process, process.stdout.readline().rpartition(" ")[2].strip())
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def running_on_a_port(
    command: Sequence[str], seconds: float, **environment: str
) -> Iterator[Program]:
    """Run a server that is told its port, and wait until it listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            env=os.environ | environment,
            stdout=log,
            stderr=log,
            text=True,
        )
        try:
            if not _listens(port, process, seconds):
                log.seek(0)
                raise RuntimeError(f"{command[0]} does not listen: {log.read()[-500:]}")
            yield Program(process, f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(20)


def _listens(port: int, process: subprocess.Popen[str], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False


@contextmanager
def mock_of_words(count: int, *options: str) -> Iterator[Program]:
    """Run a mock whose text has so many words, each of them an event."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump([{"replies": [" word" * count]}], file)
        file.flush()
        with running([*MOCK, "--replies", file.name, *options]) as mock:
            yield mock


# What a request costs -------------------------------------------------------------


def request_bytes(
    body: Mapping[str, object], more: bytes = b"", path: bytes = b"/v1/complete"
) -> bytes:
    """Write a request with this body."""
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


def costs(
    contenders: Sequence[tuple[Program, bytes]],
    connections: int,
    requests: int,
    rounds: int,
) -> list[list[Cost]]:
    """Return the costs of a program's request in each round, which they take in turn.

    What slows the machine down for a while slows both sides of a round; who begins
    changes from round to round. The first round warms up and does not count.
    """
    found: list[list[Cost]] = [[] for _ in contenders]
    for number in range(rounds + 1):
        order = range(len(contenders))
        for index in order if number % 2 else reversed(order):
            program, request = contenders[index]
            found[index].append(_cost(program, request, connections, requests))
    return [each[1:] for each in found]


def _cost(program: Program, request: bytes, connections: int, requests: int) -> Cost:
    before, started = program.cpu(), perf_counter()
    load(program.url, request, connections, requests)
    clock = perf_counter() - started
    return Cost((program.cpu() - before) / requests, clock / requests)


def load(url: str, request: bytes, connections: int, requests: int) -> None:
    """Send so many requests over so many connections, and read every answer."""
    at = urlsplit(url)
    address = (str(at.hostname), int(at.port or 80))
    with selectors.DefaultSelector() as selector, ExitStack() as stack:
        waiting = requests - min(connections, requests)
        for _ in range(min(connections, requests)):
            connection = _Connection(address, request)
            stack.enter_context(connection.socket)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask()
        complete = 0
        while complete < requests:
            for key, _ in selector.select():
                if not key.data.read():
                    continue
                complete += 1
                if waiting:
                    waiting -= 1
                    key.data.ask()
                else:
                    selector.unregister(key.fileobj)  # it may be closed when idle


_CHUNKED = -1
_END = b"0\r\n\r\n"


class _Connection:
    """A connection on which each request waits for the answer before it."""

    def __init__(self, address: tuple[str, int], request: bytes) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = request

    def ask(self) -> None:
        self._received = b""
        self._length: int | None = None
        self.socket.sendall(self._request)

    def read(self) -> bool:
        """Read what is there; whether the answer is complete with it."""
        part = self.socket.recv(1 << 16)
        if not part:
            raise ConnectionError("the server has closed the connection")
        self._received += part
        if self._length is None:
            head, end, body = self._received.partition(b"\r\n\r\n")
            if not end:
                return False
            self._length, self._received = _length(head.lower()), body
        if self._length == _CHUNKED:
            self._received = self._received[-len(_END) :]
            return self._received == _END
        return len(self._received) >= self._length


def _length(head: bytes) -> int:
    if b"\r\ntransfer-encoding: chunked" in head:
        return _CHUNKED
    return int(head.partition(b"\r\ncontent-length: ")[2].partition(b"\r")[0])


def serve_bare(app: Any) -> None:
    """Serve an application on the stack of the mock and the bridge, until the end."""
    import uvicorn

    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    config = uvicorn.Config(
        app,
        http="httptools",
        loop="uvloop",
        log_config=None,
        access_log=False,
        lifespan="off",
    )
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run([listener])
