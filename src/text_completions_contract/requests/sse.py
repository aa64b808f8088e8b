"""Reads server-sent events by the rules of WHATWG HTML, from raw bytes.

A browser hides some faults of a stream. This reader keeps them: bytes that are not
UTF-8, and a last event without its blank line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

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
    lines = LINE_END.split(body.removeprefix(BOM))
    block = _Block()
    events: list[Event] = []
    for line in lines[:-1]:
        if line:
            block.add(line)
        else:
            events.extend(block.dispatch())
    block.add(lines[-1])
    return EventStream(tuple(events), bool(block.data), _malformed_at(body))


@dataclass
class _Block:
    """The fields of the event that is being read."""

    name: str | None = None
    data: list[str] = field(default_factory=list[str])

    def add(self, line: bytes) -> None:
        key, _, value = line.decode("utf-8", "replace").partition(":")
        value = value.removeprefix(" ")
        if key == "event":
            self.name = value
        elif key == "data":
            self.data.append(value)

    def dispatch(self) -> Iterator[Event]:
        if self.data:
            yield Event(self.name or None, "\n".join(self.data))
        self.name, self.data = None, []


def _malformed_at(body: bytes) -> int | None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None
