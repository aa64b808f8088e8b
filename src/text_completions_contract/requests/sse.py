"""Reads server-sent events by the rules of WHATWG HTML, from raw bytes.

A browser hides some faults of a stream. This reader keeps them: bytes that are not
UTF-8, and a last event without its blank line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BOM = b"\xef\xbb\xbf"
LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True)
class Event:
    """One event; `name` is None where the stream gives no name."""

    name: str | None
    data: str


@dataclass(frozen=True)
class EventStream:
    """The events of a stream, and its faults.

    Args:
        events: The events in order; those without data are dropped, as the rules say.
        unfinished: Whether data follows the last blank line; readers drop it.
        malformed: The place of the first byte that is not UTF-8, or None.
    """

    events: tuple[Event, ...]
    unfinished: bool
    malformed: int | None


def read_events(body: bytes) -> EventStream:
    """Read a whole stream."""
    events: list[Event] = []
    name: str | None = None
    data: list[str] = []
    lines = LINE_END.split(body.removeprefix(BOM))
    for number, line in enumerate(lines, 1):
        key, _, value = line.decode("utf-8", "replace").partition(":")
        if key == "event":
            name = value.removeprefix(" ")
        elif key == "data":
            data.append(value.removeprefix(" "))
        # The rest after the last line end is not a complete line.
        elif not line and number < len(lines):
            if data:
                events.append(Event(name or None, "\n".join(data)))
            name, data = None, []
    return EventStream(tuple(events), bool(data), _malformed_at(body))


def _malformed_at(body: bytes) -> int | None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None
