"""Server-sent events as the service writes them, each in one piece of bytes."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

from ..app.strict_json import dump_json

CRLF = b"\r\n"
LF = b"\n"

_PING = b'{"type": "ping"}'
_PADDED_ENDS = [b" " * count + b"}" for count in range(16)]


def event(name: str | None, data: Mapping[str, object], line_end: bytes) -> bytes:
    """An event of JSON, padded."""
    return raw_event(name, padded(dump_json(data)), line_end)


def padded(data: bytes) -> bytes:
    """The object with 0 to 15 spaces before its last brace.

    The service pads by chance (recorded); here the padding follows from the data.
    """
    return data[:-1] + padded_end(zlib.crc32(data))


def padded_end(checksum: int) -> bytes:
    """What comes instead of the last brace of data with this CRC-32."""
    return _PADDED_ENDS[checksum % 16]


def ping(line_end: bytes) -> bytes:
    """A sign of life, with the space that the service writes into it."""
    return raw_event("ping", _PING, line_end)


def raw_event(name: str | None, data: bytes, line_end: bytes) -> bytes:
    """An event of one line of data."""
    return opening(name, line_end) + data + line_end + line_end


def opening(name: str | None, line_end: bytes) -> bytes:
    """What comes before the data of an event."""
    head = b"event: " + name.encode() + line_end if name else b""
    return head + b"data: "
