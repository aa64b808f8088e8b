"""Time limits: the deadline of a call and the idle timeout of a stream.

While a call uses the network its limit is in a context variable. The connections of
this package's http clients read it there and cap every connect, TLS handshake, write
and read at the time that is left (see `_transport.network`). An http client of the
caller's has other connections: there the timeouts of each attempt are capped, those of
the reads of a stream at the idle timeout too, and the limit is checked between two
chunks of the body.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import TYPE_CHECKING, Any

import httpx

from ._error_factory import ErrorFactory
from ._errors import APITimeoutError

if TYPE_CHECKING:
    from ._streaming.reader import EventReader

_TOLERANCE = 0.001  # seconds; timers of event loops may fire a little early
_current: ContextVar[TimeLimit | None] = ContextVar("time_limit", default=None)


current_limit = _current.get
"""Return the limit of the call in progress, or None. It runs for every read."""


@contextmanager
def enforced(limit: TimeLimit | None) -> Generator[None, None, None]:
    """Apply a limit to the network operations within the `with` block."""
    token = _current.set(limit)
    try:
        yield
    finally:
        _current.reset(token)


class TimeLimit:
    """How long one call may take.

    Args:
        deadline: Seconds for the whole call, from now; None for no deadline.
        idle_timeout: Seconds to wait for the next event of a stream; None for no
            limit. Neither pings nor the caller's own time between two events count.
        errors: Makes the errors.

    Attributes:
        attempt: The number of the attempt that is being made.
        reader: Counts the events of the stream, once there is one.
    """

    def __init__(
        self, deadline: float | None, idle_timeout: float | None, errors: ErrorFactory
    ) -> None:
        self.attempt = 1
        self.reader: EventReader | None = None
        self._deadline = deadline
        self._deadline_ends = math.inf if deadline is None else monotonic() + deadline
        self._idle_timeout = idle_timeout
        self._idle_ends = math.inf
        self._events_before = -1  # the first wait starts the idle timeout as well
        self._errors = errors

    def left(self) -> float:
        """Return the seconds that are left; negative once the limit has passed."""
        return min(self._deadline_ends, self._idle_ends) - monotonic()

    def has_passed(self) -> bool:
        return self.left() <= _TOLERANCE

    def start_waiting(self) -> None:
        """Start the idle timeout again if an event was read since the last wait."""
        if self._idle_timeout is None or self.reader is None:
            return
        if self.reader.handed != self._events_before:
            self._events_before = self.reader.handed
            self._idle_ends = monotonic() + self._idle_timeout

    def cap(self, timeouts: dict[str, float | None]) -> dict[str, float | None]:
        """Return httpx timeouts that do not exceed the time that is left."""
        left = max(0.0, self.left())
        names = ("connect", "read", "write", "pool")
        return {name: _shorter(timeouts.get(name), left) for name in names}

    def cap_reads(self, request: httpx.Request) -> None:
        """Cap each wait for bytes of a stream at the idle timeout."""
        if self._idle_timeout is not None and self.reader is not None:
            timeouts = request.extensions["timeout"]
            timeouts["read"] = _shorter(timeouts["read"], self._idle_timeout)

    def error(self, request: httpx.Request, phase: str) -> APITimeoutError:
        """Return the error that says which limit has passed, and during what."""
        if self._idle_ends < self._deadline_ends:
            reason = (
                f"no event of the stream came within the idle timeout of "
                f"{self._idle_timeout:g} s"
            )
        else:
            reason = (
                f"the deadline of {self._deadline:g} s passed while {phase}, in "
                f"attempt {self.attempt}"
            )
        error = self._errors.timeout(request, reason)
        error.partial = self.reader and self.reader.accumulated
        return error

    def too_short_for(self, pause: float, request: httpx.Request) -> APITimeoutError:
        """Return the error of a deadline that a pause before a retry would exceed."""
        return self._errors.timeout(
            request,
            f"the deadline of {self._deadline:g} s leaves no time to wait "
            f"{pause:.3g} s for another attempt",
        )

    def end(self, request: httpx.Request) -> None:
        """End a body whose time has passed.

        Raises:
            APITimeoutError: Unless the stream has already brought its last event.
        """
        if self.reader is None or not self.reader.complete:
            what = "stream" if self.reader else "body of the response"
            raise self.error(request, f"reading the {what}") from None


def _shorter(timeout: float | None, limit: float) -> float | None:
    """Return the shorter of two timeouts; None waits for ever, as in httpx."""
    shorter = limit if timeout is None else min(timeout, limit)
    return None if shorter == math.inf else shorter


def limit_body(response: httpx.Response, limit: TimeLimit) -> None:
    """Make the unread body of a response raise `APITimeoutError` when it is late."""
    response.stream = _LimitedBody(response.stream, limit, response.request)


class _LimitedBody(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body of either client.

    It is not a generator, which would have to be closed wherever a stream is left.
    """

    def __init__(self, body: Any, limit: TimeLimit, request: httpx.Request) -> None:
        self._body = body
        self._limit = limit
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        self._limit.cap_reads(self._request)
        self._chunks: Iterator[bytes] = iter(self._body)
        return self

    def __next__(self) -> bytes:
        limit = self._limit
        limit.start_waiting()
        if not limit.has_passed():
            try:
                with enforced(limit):
                    return next(self._chunks)
            except httpx.TimeoutException:
                if not limit.has_passed():
                    raise
        self.close()
        limit.end(self._request)
        raise StopIteration

    def close(self) -> None:
        self._body.close()

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._limit.cap_reads(self._request)
        self._async_chunks: AsyncIterator[bytes] = aiter(self._body)
        return self

    async def __anext__(self) -> bytes:
        limit = self._limit
        limit.start_waiting()
        if not limit.has_passed():
            try:
                with enforced(limit):
                    return await anext(self._async_chunks)
            except httpx.TimeoutException:
                if not limit.has_passed():
                    raise
        await self.aclose()
        limit.end(self._request)
        raise StopAsyncIteration

    async def aclose(self) -> None:
        await self._body.aclose()
