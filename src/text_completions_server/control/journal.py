"""The journal: every request, counted exactly, the last ones kept."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, overload

from starlette.types import Message, Scope, Send

from ..http.responses import EVENT_STREAM
from .records import CLIENT_LEFT, Record

MAX_RECORDS: Final = 10_000
"""How many records are kept: the last ones."""

MAX_BYTES: Final = 128 * 1024 * 1024
"""How many bytes they hold together; beyond that the oldest are dropped sooner."""

_MAX_LOGGED: Final = 100_000
_MAX_NOTE: Final = 200


@dataclass(frozen=True, slots=True)
class AccessLogEntry:
    """One request that has ended; no key is in it, and no text unless asked for.

    Attributes:
        method: The method of the request.
        path: Its path, percent-encoded and without a query.
        status: The status of the response; 499 when the client left before there was
            one, 0 when the server closed the connection without one.
        events: How many server-sent events were sent.
        milliseconds: From the head of the request to the end of the response.
        fault: The name of the fault that affected it, or None.
        notes: What the backend says about the request.
        request_body: The body of the request, if bodies are logged; at most 100,000
            characters of it.
        response_body: The same of the response; of a stream, its last 200 events.
    """

    method: str
    path: str
    status: int
    events: int
    milliseconds: float
    fault: str | None = None
    notes: Mapping[str, object] = field(default_factory=dict[str, object])
    request_body: str | None = None
    response_body: str | None = None

    @classmethod
    def of(cls, record: Record, *, with_bodies: bool = False) -> AccessLogEntry:
        """Make the entry of a record that has ended."""
        events = (
            b"".join(raw for _, raw in record.sent_events()) if with_bodies else b""
        )
        return cls(
            method=record.method,
            path=record.path,
            status=record.status,
            events=record.event_count,
            milliseconds=record.milliseconds or 0.0,
            fault=record.fault,
            notes=record.notes,
            request_body=_logged(record.content) if with_bodies else None,
            response_body=(
                _logged(events or record.response_content) if with_bodies else None
            ),
        )

    def as_json(self) -> dict[str, object]:
        """Return the entry as one flat object: its members, then the notes."""
        members: dict[str, object] = {
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "events": self.events,
            "ms": round(self.milliseconds, 1),
            **({"fault": self.fault} if self.fault else {}),
        }
        return {**members, **self._details(), **members}

    def __str__(self) -> str:
        line = (
            f"{self.method} {self.path} {self.status} "
            f"{self.events} events {self.milliseconds:.1f} ms"
        )
        details = [f"{name}={_shown(each)}" for name, each in self._details().items()]
        return " ".join([line, *filter(None, [self.fault]), *details])

    def _details(self) -> dict[str, object]:
        """Return notes and bodies; long notes are cut, as callers name models."""
        details = {
            name: _cut(value, _MAX_NOTE) if isinstance(value, str) else value
            for name, value in self.notes.items()
        }
        for name in ("request_body", "response_body"):
            if (body := getattr(self, name)) is not None:
                details[name] = body
        return details


def _logged(body: bytes) -> str:
    return _cut(body.decode(errors="replace"), _MAX_LOGGED)


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return f"{text[:length]}… ({len(text)} characters)"


def _shown(value: object) -> str:
    """Return a value without spaces or line ends, which would be taken for others."""
    text = str(value)
    if text.isprintable() and not any(each in text for each in ' "='):
        return text
    return json.dumps(text)


class Requests(Sequence[Record]):
    """The requests since the last reset, oldest first, at one moment.

    Attributes:
        total: How many there were, including those that are no longer kept.
        statuses: How many were answered with each status; 499 counts those whose
            client left before the response.
        epoch: Another number after each reset.
    """

    def __init__(
        self,
        records: Iterable[Record],
        total: int,
        statuses: Mapping[int, int],
        epoch: int,
    ) -> None:
        self._records = tuple(records)
        self.total = total
        self.statuses = dict(statuses)
        self.epoch = epoch

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Record, ...]: ...
    def __getitem__(self, index: int | slice) -> Record | tuple[Record, ...]:
        try:
            return self._records[index]
        except IndexError:
            count = "no request" if not self else f"{len(self)} requests"
            message = f"there is no request {index}: the journal has {count}"
            raise IndexError(message) from None

    def __len__(self) -> int:
        return len(self._records)

    def __repr__(self) -> str:
        return f"<{self.total} requests, {len(self)} kept>"


class Journal:
    """Keeps the last records, up to a number of bytes; any thread may read them."""

    def __init__(
        self, max_records: int = MAX_RECORDS, max_bytes: int = MAX_BYTES
    ) -> None:
        self._max_records = max_records
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        # Begins at random, so that a page notices another server at the same address.
        self._epoch = random.getrandbits(32)
        self._serial = 0  # of the latest record, since the start
        self.clear()

    def clear(self) -> None:
        """Forget everything; requests under way are not counted any more."""
        with self._lock:
            self._epoch += 1
            self._cleared = self._serial
            self._records: deque[Record] = deque()
            self._bytes = 0
            self._statuses: Counter[int] = Counter()

    def requests(self) -> Requests:
        """Return the requests as they are now."""
        with self._lock:
            total = self._serial - self._cleared
            return Requests(self._records, total, self._statuses, self._epoch)

    def add(self, record: Record) -> None:
        """Add a request that has come."""
        with self._lock:
            self._serial += 1
            record.serial = self._serial
            self._records.append(record)
            if len(self._records) > self._max_records:
                self._drop_oldest()

    def count_status(self, record: Record) -> None:
        """Count the status of a response that begins, or of a client that left."""
        with self._lock:
            if record.serial > self._cleared:
                self._statuses[record.status] += 1

    def count_bytes(self, record: Record) -> None:
        """Count the bytes of a request that has ended, and make room for them."""
        size = record.size
        with self._lock:
            if record.serial <= self._serial - len(self._records):
                return  # it was dropped
            record.counted_bytes = size
            self._bytes += size
            while self._bytes > self._max_bytes and len(self._records) > 1:
                self._drop_oldest()

    def _drop_oldest(self) -> None:
        self._bytes -= self._records.popleft().counted_bytes


class Recorder:
    """Records requests: in a journal, and for listeners.

    Args:
        journal: Where the records go; None keeps none.
        listeners: Called once per request, after its response.
        with_bodies: Whether they are told the bodies.
        secret: Headers beside the usual ones whose values are keys, in lower case.
    """

    def __init__(
        self,
        journal: Journal | None = None,
        listeners: Sequence[Callable[[AccessLogEntry], None]] = (),
        *,
        with_bodies: bool = False,
        secret: frozenset[bytes] = frozenset(),
    ) -> None:
        self._journal = journal
        self._listeners = listeners
        self._with_bodies = with_bodies
        self._secret = secret

    def begin(self, scope: Scope, send: Send) -> tuple[Record, Send]:
        """Make the record of a request that has come.

        Returns:
            The record, and a `send` that records each message before it sends it. So
            whoever has seen a response finds it in the journal.
        """
        record = Record(scope, self._secret)
        if self._journal:
            self._journal.add(record)
        keep: Callable[[bytes], None] = record.add_response

        # Each message of a stream holds one event. A coroutine function costs more.
        def record_and_send(message: Message) -> Awaitable[None]:
            nonlocal keep
            if message["type"] == "http.response.start":
                headers = message["headers"]
                record.begin_response(message["status"], headers)
                if EVENT_STREAM in headers:
                    keep = record.add_event
                if self._journal:
                    self._journal.count_status(record)
            else:
                if body := message.get("body"):
                    keep(body)
                if not message.get("more_body", False):
                    record.end()
            return send(message)

        return record, record_and_send

    def end(self, record: Record) -> None:
        """Note the end of a request, and tell the listeners."""
        if record.milliseconds is None:
            record.end()
        if self._journal:
            if record.status == CLIENT_LEFT:
                self._journal.count_status(record)
            self._journal.count_bytes(record)
        if self._listeners:
            ended = AccessLogEntry.of(record, with_bodies=self._with_bodies)
            for listener in self._listeners:
                listener(ended)
