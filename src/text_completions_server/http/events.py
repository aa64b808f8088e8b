"""Write server-sent events, each in one piece of bytes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..document.strict_json import dump_json

CRLF = b"\r\n"
LF = b"\n"

_PING = b'{"type": "ping"}'
_PADDED_ENDS = [b" " * count + b"}" for count in range(16)]


def event(name: str | None, data: Mapping[str, object], line_end: bytes) -> bytes:
    """Make an event of JSON, with 0 to 15 spaces before its last brace.

    The service pads at random (recorded); here the length decides, the same each time.
    """
    written = dump_json(data)
    end = _PADDED_ENDS[len(written) % 16]
    return b"".join((_opening(name, line_end), written[:-1], end, line_end, line_end))


def ping(line_end: bytes) -> bytes:
    """Make a `ping` event, with the space that the service writes into it."""
    return raw_event("ping", _PING, line_end)


def raw_event(name: str | None, data: bytes, line_end: bytes) -> bytes:
    """Make an event of one line of data."""
    return b"".join((_opening(name, line_end), data, line_end, line_end))


@lru_cache(maxsize=100)
def _opening(name: str | None, line_end: bytes) -> bytes:
    head = b"event: " + name.encode() + line_end if name else b""
    return head + b"data: "
