"""What is kept of each request: the records of the journal."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, TypeAlias
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.types import Scope

JsonValue: TypeAlias = (
    "dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None"
)
"""A value that JSON can express."""

CLIENT_LEFT: Final = 499
"""The status of a request whose client left before its response, as nginx logs it."""

_MAX_EVENTS: Final = 200
_MAX_CONTENT: Final = 32 * 1024 * 1024
_MAX_RESPONSE: Final = 1024 * 1024
_MAX_DECODED: Final = 1024 * 1024
_MAX_NAME: Final = 200
MASK: Final = b"***"
"""What is kept in place of a key."""

_SECRET = re.compile(rb"api-?key|auth|token|secret|password|cookie", re.IGNORECASE)
_EVENT = re.compile(rb"(?:event: (?P<name>[^\r\n]*)\r?\n)?data: (?P<data>[^\r\n]*)")


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event, as it was sent.

    Attributes:
        name: Its name, None for one without.
        data: Its JSON decoded; the text where it is not JSON.
        milliseconds: From the head of the request until it was sent.
    """

    name: str | None
    data: JsonValue
    milliseconds: float = field(default=0.0, compare=False)


class Record:
    """One request and its response, with keys masked.

    A record exists as soon as the request does, and grows with the response.

    Attributes:
        method: The method of the request.
        path: Its path, percent-encoded and without a query, as it was sent.
        query: Its query as it was sent, with keys masked; empty without one.
        status: The status of the response; 0 while there is none, and for good where
            the server itself closed the connection; 499 when the client left first.
        event_count: How many server-sent events were sent.
        fault: The name of the fault that affected it, or None.
        notes: What the backend says about the request.
        first_byte_ms: Milliseconds until the head of the response, None without one.
        first_event_ms: Milliseconds until the first event, None without one.
        milliseconds: Milliseconds until the end, None while the request is under way.

    Args:
        scope: The ASGI scope of the request.
        secret: Names of headers that hold keys, beside the usual ones.
    """

    status = 0
    event_count = 0
    fault: str | None = None
    first_byte_ms: float | None = None
    first_event_ms: float | None = None
    milliseconds: float | None = None
    serial = 0  # both of these are of the journal
    counted_bytes = 0
    _size = 0
    _response_headers: Sequence[tuple[bytes, bytes]] = ()
    _response = b""
    _response_size = 0

    def __init__(self, scope: Scope, secret: frozenset[bytes] = frozenset()) -> None:
        self.method: str = scope["method"]
        raw_path = (scope.get("raw_path") or b"").decode("latin-1")
        is_plain = raw_path and raw_path.isascii() and raw_path.isprintable()
        self.path: str = raw_path if is_plain else quote(scope["path"])
        query: bytes = scope["query_string"]
        self.query = _masked_query(query, secret) if query else ""
        self._headers = _masked(scope["headers"], secret)
        self._secret = secret
        self.notes: dict[str, object] = {}
        # Lists alone, which another thread may read while they grow: a lock for each
        # record and each event would be a tenth of what the mock costs.
        self._chunks: list[bytes] = []
        self._events: list[tuple[float, bytes]] = []
        self._started = time.time()
        self._start = time.perf_counter()

    @property
    def headers(self) -> Headers:
        """Its headers by name, in any letter case, with keys masked."""
        return Headers(raw=self._headers)

    @property
    def started(self) -> datetime:
        """When the request came, in UTC."""
        return datetime.fromtimestamp(self._started, UTC)

    @property
    def content(self) -> bytes:
        """The bytes of the body that have come; empty if it is larger than 32 MB."""
        return b"".join(self._chunks)

    @property
    def body(self) -> JsonValue:
        """The body decoded from JSON; its text if it is not JSON; None without one."""
        content = self.content
        return _decoded(content) if content else None

    @property
    def model(self) -> str:
        """The name of the model in the body, as it was sent; empty without one.

        It is also empty for a body of more than 1 MB, which takes long to decode.
        """
        body = self.body if self._size <= _MAX_DECODED else None
        model = body.get("model") if isinstance(body, dict) else None
        return model[:_MAX_NAME] if isinstance(model, str) else ""

    @property
    def events(self) -> tuple[Event, ...]:
        """The last 200 events of the response."""
        return tuple(_event(raw, at) for at, raw in self.sent_events())

    def sent_events(self) -> list[tuple[float, bytes]]:
        """Return the last 200 events as they were sent, each after its milliseconds."""
        return self._events[-_MAX_EVENTS:]

    @property
    def response_headers(self) -> Headers:
        """The headers of the response by name, with keys masked; none without one."""
        return Headers(raw=_masked(self._response_headers, self._secret))

    @property
    def response_content(self) -> bytes:
        """The bytes of a response without events; empty if it is larger than 1 MB."""
        return self._response

    @property
    def size(self) -> int:
        """About how many bytes are kept of the request and its response."""
        size = sum(map(len, self._chunks)) + len(self._response)
        for _, raw in self._events:
            size += len(raw)
        return size

    def add_content(self, chunk: bytes) -> None:
        """Keep a part of the body."""
        self._size += len(chunk)
        if self._size <= _MAX_CONTENT:
            self._chunks.append(chunk)
        else:
            self._chunks.clear()

    def begin_response(
        self, status: int, headers: Sequence[tuple[bytes, bytes]] = ()
    ) -> None:
        """Note that the head of the response is about to be sent."""
        self.status = status
        self._response_headers = headers
        self.first_byte_ms = self._elapsed()

    def leave(self) -> None:
        """Note that the client has left; a response that began keeps its status."""
        if self.first_byte_ms is None:
            self.status = CLIENT_LEFT

    def add_response(self, chunk: bytes) -> None:
        """Keep a part of a response without events."""
        self._response_size += len(chunk)
        whole = self._response + chunk
        self._response = whole if self._response_size <= _MAX_RESPONSE else b""

    def add_event(self, raw: bytes) -> None:
        """Keep an event that is about to be sent."""
        now = self._elapsed()
        if self.first_event_ms is None:
            self.first_event_ms = now
        self._events.append((now, raw))
        self.event_count += 1
        if len(self._events) > 2 * _MAX_EVENTS:
            del self._events[:_MAX_EVENTS]

    def end(self) -> None:
        """Note that the response has ended; only the first call counts."""
        if self.milliseconds is None:
            self.milliseconds = self._elapsed()

    def as_json(self) -> dict[str, object]:
        """Return the record as the admin endpoint shows it."""
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": dict(self.headers),
            "body": self.body,
            "status": self.status,
            "fault": self.fault,
            "notes": {name: note(value) for name, value in self.notes.items()},
            "event_count": self.event_count,
            "events": [{"name": each.name, "data": each.data} for each in self.events],
            "started": self.started.isoformat(timespec="milliseconds"),
            "first_byte_ms": self.first_byte_ms,
            "milliseconds": self.milliseconds,
        }

    def __repr__(self) -> str:
        return f"<Record {self.method} {self.path} {self.status}>"

    def _elapsed(self) -> float:
        return (time.perf_counter() - self._start) * 1000


@lru_cache(maxsize=1000)
def _is_secret(name: bytes, secret: frozenset[bytes]) -> bool:
    return _SECRET.search(name) is not None or name.lower() in secret


def _masked_query(query: bytes, secret: frozenset[bytes]) -> str:
    return "&".join(_masked_pair(pair, secret) for pair in query.split(b"&"))


def _masked_pair(pair: bytes, secret: frozenset[bytes]) -> str:
    name, equals, value = pair.partition(b"=")
    is_key = b"key" in name.lower() or b"sk-" in pair or _is_secret(name, secret)
    return (name + equals + (MASK if is_key else value)).decode("latin-1")


def _masked(
    headers: Iterable[tuple[bytes, bytes]], secret: frozenset[bytes]
) -> list[tuple[bytes, bytes]]:
    return [
        (header[0], MASK) if _is_secret(header[0], secret) else header
        for header in headers
    ]


def _event(raw: bytes, at: float) -> Event:
    match = _EVENT.match(raw)
    if match is None:
        return Event(None, raw.decode(errors="replace"), at)
    name = match["name"]
    return Event(name.decode() if name else None, _decoded(match["data"]), at)


def note(value: object) -> JsonValue:
    """Return a note as JSON can express it: a backend may note any object."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return str(value).encode(errors="replace").decode()


def _decoded(raw: bytes) -> JsonValue:
    """Return the JSON value; the text if it is not JSON or cannot be written again."""
    text = raw.decode(errors="replace")
    try:
        value: JsonValue = json.loads(text)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return text
    return value
