"""The other side: answers canned bytes from a process of its own.

So the CPU time of this process is not the client's. Prints its port, then serves
until its standard input ends: it does not outlive the benchmark that started it.
Requests for `/together` are answered when 64 are there, so that as many are in
flight, however fast a client is.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

IN_FLIGHT = 64
EVENTS = 2_000  # completion events of a stream
BULK = 64 * 1024  # bytes of a chunk that holds many events

COMPLETION = {
    "type": "completion",
    "id": "compl_018CKm6gsux7P8yMcwZbeCPw",
    "completion": " The sky is blue because air scatters short waves of light more.",
    "stop_reason": "stop_sequence",
    "model": "claude-2.1",
    "stop": "\n\nHuman:",
    "log_id": "compl_018CKm6gsux7P8yMcwZbeCPw",
}


def event(text: str, stop_reason: str | None = None) -> bytes:
    """Write one event of a stream."""
    payload = {**COMPLETION, "completion": text, "stop_reason": stop_reason}
    payload["stop"] = COMPLETION["stop"] if stop_reason else None
    return b"event: completion\r\ndata: %b\r\n\r\n" % json.dumps(payload).encode()


def events(count: int = EVENTS) -> Iterator[bytes]:
    """Write the events of a stream, the last with the reason why it ends."""
    for number in range(count - 1):
        yield event(f" word{number}")
    yield event("", "stop_sequence")


def pieces(body: bytes, size: int) -> list[bytes]:
    """Cut bytes into pieces of a size."""
    return [body[start : start + size] for start in range(0, len(body), size)]


def _chunked(chunks: Iterator[bytes] | list[bytes]) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in chunks) + b"0\r\n\r\n"


def _streamed(chunks: Iterator[bytes] | list[bytes]) -> bytes:
    head = (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
        b"request-id: req_01\r\ntransfer-encoding: chunked\r\n\r\n"
    )
    return head + _chunked(chunks)


def _whole(body: bytes) -> bytes:
    head = (
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
        b"request-id: req_01\r\ncontent-length: %d\r\n\r\n"
    )
    return head % len(body) + body


ANSWERS = {
    b"json": _whole(json.dumps(COMPLETION).encode()),
    b"together": _whole(json.dumps(COMPLETION).encode()),
    b"each": _streamed(events()),
    b"bulk": _streamed(pieces(b"".join(events()), BULK)),
}
"""The answers by the first segment of the path, which is the base URL's."""

_together: list[asyncio.WriteTransport] = []


class _Connection(asyncio.Protocol):
    """Answers each request on a connection by the first segment of its path."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        length = _content_length(head) if end else 0
        if end and len(rest) >= length:
            self._received = rest[length:]
            self._answer(head.split(b" ", 2)[1].split(b"/")[1])

    def _answer(self, kind: bytes) -> None:
        waiting = [self._transport]
        if kind == b"together":
            _together.append(self._transport)
            if len(_together) < IN_FLIGHT:
                return
            waiting, _together[:] = _together[:], []
        for transport in waiting:
            transport.write(ANSWERS[kind])


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def running() -> Iterator[str]:
    """Run the server in a process, and name the URL that it has."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.stdin.close()


if __name__ == "__main__":
    asyncio.run(_serve())
