"""Decode server-sent events from bytes, as WHATWG HTML defines them (section 9.2.6).

The decoder knows no network. It needs memory for the largest event, and time that is
linear in the bytes, whatever the size of the chunks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

_BOM = b"\xef\xbb\xbf"
_LONGEST_RETRY = 15  # digits of a reconnection time; a longer one is ignored

Message: TypeAlias = tuple[str, str, str | None, int | None]
"""The values of a `ServerSentEvent`, without the cost of creating one."""


class ServerSentEvent(NamedTuple):
    """One event of a stream.

    Attributes:
        event: The name; empty if the stream has none (WHATWG: "message").
        data: The lines of data, joined by line feeds.
        id: The last event id that the stream set, or None.
        retry: The reconnection time in milliseconds, or None.
    """

    event: str
    data: str
    id: str | None = None
    retry: int | None = None


class LineDecoder:
    """Split bytes that arrive in chunks into lines, at CR, LF and CRLF alone.

    A byte order mark at the start is dropped. The rest of a chunk is kept as a list of
    pieces, because joining them for each chunk takes quadratic time if a long line
    arrives in small chunks.
    """

    def __init__(self) -> None:
        self._partial: list[bytes] = []  # pieces of a line that has not ended
        self._started = False
        self._after_cr = False

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the lines that end in this chunk, and keep the rest."""
        if self._after_cr or not self._started:
            chunk = self._without_lead(chunk)
        if not self._partial and chunk.endswith(b"\n"):  # most chunks are whole events
            return chunk.splitlines()  # for bytes: at CR, LF and CRLF alone
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
        if not end:
            if chunk:
                self._partial.append(chunk)
            return []
        self._after_cr = chunk.endswith(b"\r")
        text = b"".join([*self._partial, chunk[:end]])
        self._partial = [chunk[end:]] if end < len(chunk) else []
        return text.splitlines()

    def end(self) -> list[bytes]:
        """Return the last line if it did not end."""
        return [b"".join(self._partial)] if self._partial else []

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


class SSEDecoder:
    """Decode a stream that arrives in chunks of any size."""

    def __init__(self) -> None:
        self._lines = LineDecoder()
        self._event = ""
        self._event_line = b""
        self._event_name = ""
        self._data: list[bytes] = []
        self._id: str | None = None
        self._retry: int | None = None

    def feed(self, chunk: bytes) -> Iterator[ServerSentEvent]:
        """Yield the events that this chunk completes."""
        return map(ServerSentEvent._make, self.messages(chunk))

    def messages(self, chunk: bytes) -> list[Message]:
        """Return the events that this chunk completes, as plain tuples.

        A list, because a generator takes longer for each event.
        """
        messages: list[Message] = []
        data = self._data
        for line in self._lines.feed(chunk):
            if line[:6] == b"data: ":  # most lines are one of these three
                data.append(line[6:])
            elif not line:
                if data:
                    joined = data[0] if len(data) == 1 else b"\n".join(data)
                    text = joined.decode("utf-8", "replace")
                    messages.append((self._event, text, self._id, self._retry))
                    data.clear()
                    self._retry = None
                self._event = ""
            elif line == self._event_line:  # most events have the name of the last
                self._event = self._event_name
            elif line[:7] == b"event: ":
                self._event_line = line
                self._event = self._event_name = line[7:].decode("utf-8", "replace")
            else:
                self._field(line)
        return messages

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._event = _text(value)
        elif name == b"id" and b"\0" not in value:
            self._id = _text(value)
        elif name == b"retry" and value.isdigit() and len(value) <= _LONGEST_RETRY:
            self._retry = int(value)


def _text(line: bytes) -> str:
    return line.decode("utf-8", "replace")
