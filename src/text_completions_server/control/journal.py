"""The journal: every request, counted exactly, the last ones kept."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import overload

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .access_log import Exchange
from .records import CLIENT_LEFT, Record

MOST_RECORDS = 10_000
"""How many records are kept: the last ones."""

MOST_BYTES = 128 * 1024 * 1024
"""How much they may hold together; beyond it the oldest are dropped sooner."""

ADMIN = "/__mock__"
"""The paths below it are the mock's own, and no requests to the service."""

_BELOW_ADMIN = f"{ADMIN}/"
_RECORD = "text_completions_server.record"


class Requests(Sequence[Record]):
    """The requests since the last reset, oldest first; a picture of one moment.

    Attributes:
        total: How many there were, with those that are no longer kept.
        statuses: How many were answered with each status; 499 counts those whose
            client left before.
    """

    def __init__(
        self, records: Sequence[Record], total: int, statuses: Mapping[int, int]
    ) -> None:
        self._records = tuple(records)
        self.total = total
        self.statuses = dict(statuses)

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Record, ...]: ...
    def __getitem__(self, index: int | slice) -> Record | tuple[Record, ...]:
        return self._records[index]

    def __len__(self) -> int:
        return len(self._records)

    def __repr__(self) -> str:
        return f"<{self.total} requests, {len(self)} kept>"


class _Page:
    """A record in the journal of one epoch, the time between two resets."""

    __slots__ = ("epoch", "kept", "record", "size")

    def __init__(self, record: Record, epoch: int) -> None:
        self.record = record
        self.epoch = epoch
        self.kept = True
        self.size = 0


class Journal:
    """Where records are kept; any thread may ask.

    Args:
        most_records: How many are kept.
        most_bytes: How much they may hold together.
    """

    def __init__(
        self, most_records: int = MOST_RECORDS, most_bytes: int = MOST_BYTES
    ) -> None:
        self._most_records = most_records
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._epoch = 0
        self.clear()

    def clear(self) -> None:
        """Forget everything; what is under way is not counted any more."""
        with self._lock:
            self._epoch += 1
            self._pages: deque[_Page] = deque()
            self._bytes = 0
            self._total = 0
            self._statuses: Counter[int] = Counter()

    def requests(self) -> Requests:
        """What there is now."""
        with self._lock:
            records = [page.record for page in self._pages]
            return Requests(records, self._total, self._statuses)

    def add(self, record: Record) -> _Page:
        """A request has come."""
        with self._lock:
            page = _Page(record, self._epoch)
            self._pages.append(page)
            self._total += 1
            if len(self._pages) > self._most_records:
                self._drop_oldest()
        return page

    def answered(self, page: _Page) -> None:
        """Its answer begins, or its client has left."""
        with self._lock:
            if page.epoch == self._epoch:
                self._statuses[page.record.status] += 1

    def ended(self, page: _Page) -> None:
        """Nothing more comes; what is kept of it is weighed."""
        size = page.record.size
        with self._lock:
            if page.epoch != self._epoch or not page.kept:
                return
            page.size = size
            self._bytes += size
            while self._bytes > self._most_bytes and len(self._pages) > 1:
                self._drop_oldest()

    def _drop_oldest(self) -> None:
        oldest = self._pages.popleft()
        oldest.kept = False
        self._bytes -= oldest.size


def record_of(scope: Scope) -> Record | None:
    """The record of the request that this scope belongs to."""
    record: Record | None = scope.get(_RECORD)
    return record


class Recorder:
    """Keeps a record of every exchange, and tells of it when it is over.

    Args:
        app: The application.
        journal: Where the records go; None keeps none.
        tell: Called once per request, after its answer.
        secret: Headers beside the usual ones whose values are keys, in lower case.
    """

    def __init__(
        self,
        app: ASGIApp,
        journal: Journal | None,
        tell: Callable[[Exchange], None] | None,
        secret: frozenset[bytes] = frozenset(),
    ) -> None:
        self._app = app
        self._journal = journal
        self._tell = tell
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application and record the request and its answer."""
        if scope["type"] != "http" or scope["path"].startswith(_BELOW_ADMIN):
            await self._app(scope, receive, send)
            return
        record = Record(
            scope["method"],
            scope["path"],
            scope["headers"],
            self._secret,
            raw_path=scope.get("raw_path") or b"",
            raw_query=scope["query_string"],
        )
        scope[_RECORD] = record
        journal = self._journal
        page = journal.add(record) if journal else None
        tape = _Tape(record, journal, page, receive, send)
        try:
            await self._app(scope, tape.receive if journal else receive, tape.send)
        finally:
            record.end()
            if journal and page:
                if record.status == CLIENT_LEFT:
                    journal.answered(page)
                journal.ended(page)
            if self._tell is not None:
                self._tell(Exchange.of(record))


class _Tape:
    """Passes messages on, and writes them down first.

    So whoever has seen an answer finds it in the record. There is one event in each
    message of a stream.
    """

    __slots__ = ("_journal", "_page", "_receive", "_record", "_send", "_streams")

    def __init__(
        self,
        record: Record,
        journal: Journal | None,
        page: _Page | None,
        receive: Receive,
        send: Send,
    ) -> None:
        self._record = record
        self._journal = journal
        self._page = page
        self._receive = receive
        self._send = send
        self._streams = False

    async def receive(self) -> Message:
        message = await self._receive()
        if chunk := message.get("body"):
            self._record.add_content(chunk)
        return message

    def send(self, message: Message) -> Awaitable[None]:
        """As `send` of ASGI; itself no coroutine, which each event would pay for."""
        record = self._record
        if message["type"] == "http.response.start":
            self._begin(message)
        else:
            if self._streams and (body := message.get("body")):
                record.add_event(body)
            if not message.get("more_body", False):
                record.end()
        return self._send(message)

    def _begin(self, message: Message) -> None:
        self._record.begin_answer(message["status"])
        self._streams = _is_stream(message["headers"])
        if self._journal and self._page:
            self._journal.answered(self._page)


def _is_stream(headers: list[tuple[bytes, bytes]]) -> bool:
    for name, value in headers:
        if name == b"content-type":
            return value.startswith(b"text/event-stream")
    return False
