"""Write server-sent events, each in one piece of bytes."""

from __future__ import annotations

from collections.abc import Mapping

from ..document.strict_json import dump_json

CRLF = b"\r\n"
LF = b"\n"

_PING = b'{"type": "ping"}'
_PADDED_ENDS = [b" " * count + b"}" for count in range(16)]


def event(name: str | None, data: Mapping[str, object], line_end: bytes) -> bytes:
    """Make an event of JSON, padded."""
    written = dump_json(data)
    return raw_event(name, padded(written, len(written)), line_end)


def padded(data: bytes, number: int) -> bytes:
    """Put 0 to 15 spaces before the last brace of an object.

    The service pads at random (recorded); here a number decides, the same each time.
    """
    return data[:-1] + _PADDED_ENDS[number % 16]


def ping(line_end: bytes) -> bytes:
    """Make a `ping` event, with the space that the service writes into it."""
    return raw_event("ping", _PING, line_end)


def raw_event(name: str | None, data: bytes, line_end: bytes) -> bytes:
    """Make an event of one line of data."""
    return b"".join((opening(name, line_end), data, line_end, line_end))


def opening(name: str | None, line_end: bytes) -> bytes:
    """Make what comes before the data of an event."""
    head = b"event: " + name.encode() + line_end if name else b""
    return head + b"data: "
