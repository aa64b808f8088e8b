"""Server-sent events from bytes, as WHATWG HTML defines them (section 9.2.6).

A pure decoder: bytes in, events out, no network. Memory is bounded by the
largest event, time is linear in the bytes however they are cut into chunks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["SSEDecoder", "ServerSentEvent"]

_BOM = b"\xef\xbb\xbf"
_LONGEST_RETRY = 15  # digits of a reconnection time; more cannot be meant


class ServerSentEvent(NamedTuple):
    """One event of a stream.

    Attributes:
        event: The name; empty when the stream gives none (WHATWG: "message").
        data: The lines of data, joined by line feeds.
        id: The last event id that was set, or None.
        retry: The reconnection time in milliseconds, or None.
    """

    event: str
    data: str
    id: str | None = None
    retry: int | None = None


class SSEDecoder:
    """Decodes a stream that arrives in chunks of any size."""

    def __init__(self) -> None:
        self._partial: list[bytes] = []  # pieces of a line that has not ended
        self._started = False
        self._after_cr = False
        self._event = b""
        self._data: list[bytes] = []
        self._id: str | None = None
        self._retry: int | None = None

    def feed(self, chunk: bytes) -> Iterator[ServerSentEvent]:
        """Yield the events that this chunk completes."""
        for name, data in self.messages(chunk):
            yield ServerSentEvent(name, data, self._id, self._retry)
            self._retry = None

    def messages(self, chunk: bytes) -> Iterator[tuple[str, str]]:
        """Yield name and data of the events that this chunk completes."""
        data = self._data
        for line in self._lines(chunk):
            if line.startswith(b"data: "):  # most lines are one of these two
                data.append(line[6:])
            elif line.startswith(b"event: "):
                self._event = line[7:]
            elif line:
                self._field(line)
            else:
                name, self._event = self._event, b""
                if data:
                    text = data[0] if len(data) == 1 else b"\n".join(data)
                    data.clear()
                    yield (
                        name.decode("utf-8", "replace"),
                        text.decode("utf-8", "replace"),
                    )

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if value[:1] == b" ":
            value = value[1:]
        if name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._event = value
        elif name == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")
        elif name == b"retry" and value.isdigit() and len(value) <= _LONGEST_RETRY:
            self._retry = int(value)

    def _lines(self, chunk: bytes) -> list[bytes]:
        """Return the lines that end within this chunk, and keep the rest.

        The rest is a list of pieces: joining them at every chunk would take
        quadratic time for a long line in small chunks.
        """
        chunk = self._without_lead(chunk)
        if b"\n" not in chunk and b"\r" not in chunk:
            if chunk:
                self._partial.append(chunk)
            return []
        self._partial.append(chunk)
        text = b"".join(self._partial)
        self._after_cr = text.endswith(b"\r")
        lines = text.splitlines()  # for bytes: at CR, LF and CRLF alone
        self._partial = [] if text.endswith((b"\n", b"\r")) else [lines.pop()]
        return lines

    def _without_lead(self, chunk: bytes) -> bytes:
        """Drop a byte order mark, and an LF whose CR ended the chunk before."""
        if self._after_cr and chunk:
            self._after_cr = False
            if chunk.startswith(b"\n"):
                chunk = chunk[1:]
        if self._started or not chunk:
            return chunk
        start = b"".join([*self._partial, chunk])
        if len(start) < len(_BOM) and _BOM.startswith(start):
            return chunk
        self._started = True
        self._partial = []
        return start.removeprefix(_BOM)
