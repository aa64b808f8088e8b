"""The deadline of a call, and the patience with a stream. Nothing here waits."""

from __future__ import annotations

import math
from time import monotonic
from typing import NamedTuple

import httpx

from ._error_factory import ErrorFactory
from ._streaming.reader import EventReader

__all__ = ["Deadline", "Expired", "Wait"]


class Expired(Exception):
    """A limit passed while something was done.

    Args:
        doing: What was being done: `connecting`.
    """

    def __init__(self, doing: str = "waiting") -> None:
        super().__init__(doing)
        self.doing = doing


class Deadline(NamedTuple):
    """When a call must be over.

    Attributes:
        seconds: How long it may take, as its caller said it.
        ends: The moment, by the monotonic clock.
    """

    seconds: float
    ends: float

    @classmethod
    def after(cls, seconds: float | None) -> Deadline | None:
        """Return the deadline of a call that begins now; None for no deadline."""
        return None if seconds is None else cls(seconds, monotonic() + seconds)

    def left(self) -> float:
        """Return the seconds that are left, from 0."""
        return max(0.0, self.ends - monotonic())

    def refusal(self, delay: float) -> str | None:
        """Say why a wait of this many seconds is not begun; None where it fits."""
        if delay < self.left():
            return None
        return f"leaves no time to wait {delay:.3g} s for another attempt"


class Wait:
    """How long a caller may wait for more of a body, its events or its bytes.

    Args:
        deadline: When it must have been read.
        idle: Seconds that the next event may take. Neither pings nor the caller's
            own time between two events count.
        request: The request, for the errors.
        errors: Makes the errors.
        reader: Knows whether an event was handed out, and whether all have come;
            None where a caller takes the bytes.
    """

    def __init__(
        self,
        deadline: Deadline | None,
        idle: float | None,
        request: httpx.Request,
        errors: ErrorFactory,
        reader: EventReader | None = None,
    ) -> None:
        self._deadline = deadline
        self._idle = idle
        self._request = errors.request(request)  # bodies are kept with answers
        self._errors = errors
        self._reader = reader
        self._handed = -1  # less than none: the first wait begins a count as well
        self._idle_ends = math.inf

    def left(self) -> float:
        """Return the seconds that the wait which begins now may take, from 0."""
        now = monotonic()
        reader, deadline = self._reader, self._deadline
        if self._idle is not None and reader and reader.handed != self._handed:
            self._handed = reader.handed
            self._idle_ends = now + self._idle
        ends = self._idle_ends
        if deadline is not None:
            ends = min(ends, deadline.ends)
        return max(0.0, ends - now)

    def over(self) -> None:
        """Say that the wait took too long. An answer that is whole is never late.

        Raises:
            APITimeoutError: The end of the answer has not arrived.
        """
        reader, deadline = self._reader, self._deadline
        if reader and reader.complete:
            return
        if deadline is not None and deadline.ends <= self._idle_ends:
            passed = f"passed while reading the {'stream' if reader else 'body'}"
            failure = self._errors.deadline(self._request, deadline.seconds, passed)
        else:
            failure = self._errors.idle(self._request, self._idle)
        failure.partial = reader and reader.answer
        raise failure
