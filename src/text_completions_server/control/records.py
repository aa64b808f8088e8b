"""What is kept of each request: the records of the journal."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from starlette.datastructures import Headers

MOST_EVENTS = 200
"""How many events of one answer are kept: the last ones."""

MASK = "***"
_MASK = MASK.encode()

CLIENT_LEFT = 499
"""The status of a request whose client left before its answer, as nginx logs it."""

_MOST_CONTENT = 32 * 1024 * 1024

_SECRET = re.compile(rb"api-?key|auth|token|secret|password|cookie", re.IGNORECASE)
_EVENT = re.compile(rb"(?:event: (?P<name>[^\r\n]*)\r?\n)?data: (?P<data>[^\r\n]*)")


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event, as it was written.

    Attributes:
        name: Its name, None for one without.
        data: Its JSON decoded; the text where it is no JSON.
    """

    name: str | None
    data: object


class Record:
    """One request and how it was answered; keys are masked before they are kept.

    A record is there as soon as the request is, and grows with the answer.

    Attributes:
        method: The method of the request.
        status: The status of the answer; 0 while there is none, and for good where
            the server itself closed the connection; 499 when the client left first.
        event_count: How many server-sent events were written.
        fault: The name of the fault that struck, None where none did.
        notes: What the backend says about the request.
        first_byte_ms: Milliseconds until the head of the answer, None without one.
        milliseconds: Milliseconds until the end, None while it is under way.
    """

    __slots__ = (
        "_events",
        "_headers",
        "_lock",
        "_parts",
        "_path",
        "_raw_path",
        "_raw_query",
        "_secret",
        "_size",
        "_started",
        "_watch",
        "event_count",
        "fault",
        "first_byte_ms",
        "method",
        "milliseconds",
        "notes",
        "status",
    )

    def __init__(
        self,
        method: str,
        path: str,
        headers: Iterable[tuple[bytes, bytes]] = (),
        secret: frozenset[bytes] = frozenset(),
        raw_path: bytes = b"",
        raw_query: bytes = b"",
    ) -> None:
        self.method = method
        self._path = path
        self._raw_path = raw_path
        self._raw_query = raw_query
        self._secret = secret
        self.status = 0
        self.event_count = 0
        self.fault: str | None = None
        self.notes: dict[str, object] = {}
        self.first_byte_ms: float | None = None
        self.milliseconds: float | None = None
        self._headers = [
            (each[0], _MASK) if _is_secret(each[0], secret) else each
            for each in headers
        ]
        self._parts: list[bytes] = []
        self._size = 0
        self._events: deque[bytes] | None = None
        self._lock = threading.Lock()
        self._started = time.time()
        self._watch = time.perf_counter()

    @property
    def path(self) -> str:
        """Its path, percent-encoded and without a query, as it was sent."""
        text = self._raw_path.decode("latin-1")
        is_plain = text.isascii() and text.isprintable() and text
        return text if is_plain else quote(self._path)

    @property
    def query(self) -> str:
        """Its query as it was sent, with keys masked; empty without one."""
        return _masked(self._raw_query, self._secret)

    @property
    def headers(self) -> Headers:
        """The headers by name, in any letter case, with keys masked."""
        return Headers(raw=self._headers)

    @property
    def content(self) -> bytes:
        """The bytes of the body, as far as they came; none of one over 32 MB."""
        with self._lock:
            return b"".join(self._parts)

    @property
    def body(self) -> object:
        """The body decoded from JSON; its text where it is none; None without one."""
        content = self.content
        return _decoded(content) if content else None

    @property
    def events(self) -> tuple[Event, ...]:
        """The last 200 events of the answer."""
        with self._lock:
            kept = tuple(self._events or ())
        return tuple(map(_event, kept))

    @property
    def started(self) -> datetime:
        """When the request came, in UTC."""
        return datetime.fromtimestamp(self._started, UTC)

    @property
    def size(self) -> int:
        """How many bytes are kept of bodies and events, about."""
        with self._lock:
            content = self._size if self._parts else 0
            return content + (sum(map(len, self._events)) if self._events else 0)

    def add_content(self, chunk: bytes) -> None:
        """A part of the body has come."""
        with self._lock:
            self._size += len(chunk)
            if self._size <= _MOST_CONTENT:
                self._parts.append(chunk)
            else:
                self._parts.clear()

    def begin_answer(self, status: int) -> None:
        """The head of the answer is about to be written."""
        self.status = status
        self.first_byte_ms = self._elapsed()

    def leave(self) -> None:
        """The client has left; what was answered already stays answered."""
        if self.first_byte_ms is None:
            self.status = CLIENT_LEFT

    def add_event(self, raw: bytes) -> None:
        """An event is about to be written."""
        with self._lock:
            if self._events is None:
                self._events = deque(maxlen=MOST_EVENTS)
            self._events.append(raw)
            self.event_count += 1

    def end(self) -> None:
        """The answer is complete, or never will be; only the first time counts."""
        if self.milliseconds is None:
            self.milliseconds = self._elapsed()

    def as_json(self) -> dict[str, object]:
        """The record as the admin endpoint shows it."""
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": dict(self.headers),
            "body": self.body,
            "status": self.status,
            "fault": self.fault,
            "notes": self.notes,
            "event_count": self.event_count,
            "events": [{"name": each.name, "data": each.data} for each in self.events],
            "started": self.started.isoformat(timespec="milliseconds"),
            "first_byte_ms": self.first_byte_ms,
            "milliseconds": self.milliseconds,
        }

    def __repr__(self) -> str:
        return f"<Record {self.method} {self.path} {self.status}>"

    def _elapsed(self) -> float:
        return (time.perf_counter() - self._watch) * 1000


_KNOWN: dict[bytes, bool] = {}
"""Whether a header name is secret: the same few names come again and again."""

_MOST_KNOWN = 1000


def _is_secret(name: bytes, secret: frozenset[bytes]) -> bool:
    known = _KNOWN.get(name)
    if known is None:
        known = _SECRET.search(name) is not None
        if len(_KNOWN) < _MOST_KNOWN:
            _KNOWN[name] = known
    return known or name.lower() in secret


def _masked(query: bytes, secret: frozenset[bytes]) -> str:
    return "&".join(_masked_pair(pair, secret) for pair in query.split(b"&"))


def _masked_pair(pair: bytes, secret: frozenset[bytes]) -> str:
    name, equals, value = pair.partition(b"=")
    hidden = b"key" in name.lower() or b"sk-" in pair or _is_secret(name, secret)
    return (name + equals + (MASK.encode() if hidden else value)).decode("latin-1")


def _event(raw: bytes) -> Event:
    found = _EVENT.match(raw)
    if found is None:
        return Event(None, raw.decode(errors="replace"))
    name = found["name"]
    return Event(name.decode() if name else None, _decoded(found["data"]))


def _decoded(raw: bytes) -> object:
    """The JSON value, or the text where that is no JSON that can be written again."""
    text = raw.decode(errors="replace")
    try:
        value: object = json.loads(text)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return text
    return value
