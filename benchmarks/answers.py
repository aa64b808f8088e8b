"""What the server of the benchmarks answers, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator

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
