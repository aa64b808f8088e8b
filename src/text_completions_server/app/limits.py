"""A rate limit that is kept: so many requests per second, minute or hour and key."""

from __future__ import annotations

import math
import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from .errors import ApiError

_UNITS: Final = {"s": 1, "m": 60, "h": 3600}
_FORM: Final = re.compile(r"([1-9]\d{0,8})/([smh])")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many requests in a window of so many seconds.

    Attributes:
        requests: How many.
        seconds: How long a window is; windows begin at whole multiples of it.
    """

    requests: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> RateLimit:
        """Read `50/m`; the units are s, m and h.

        Raises:
            ValueError: That is none.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(
                f"{text!r} is no rate limit; write it as 50/m, with s, m or h"
            )
        return cls(int(found[1]), _UNITS[found[2]])


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to a key in this window."""

    limit: int
    remaining: int
    reset: datetime


class Limiter:
    """Counts the requests of each key; any thread may reset it."""

    def __init__(self, limit: RateLimit) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget what was counted."""
        with self._lock:
            self._window = -1
            self._counts: dict[str, int] = {}

    def spend(self, key: str, now: datetime) -> Allowance:
        """Count one request of this key.

        Raises:
            ApiError: 429, with the seconds until the next window in `retry-after`.
        """
        seconds = self._limit.seconds
        window = int(now.timestamp()) // seconds
        reset = datetime.fromtimestamp((window + 1) * seconds, UTC)
        with self._lock:
            if window != self._window:
                self._window, self._counts = window, {}
            used = self._counts.get(key, 0)
            if used >= self._limit.requests:
                wait = math.ceil((reset - now) / timedelta(seconds=1))
                raise ApiError(429, headers={"retry-after": str(max(1, wait))})
            self._counts[key] = used + 1
        return Allowance(self._limit.requests, self._limit.requests - used - 1, reset)
