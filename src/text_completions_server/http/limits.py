"""Rate limits per key and second, minute or hour, and their headers."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ..errors import ApiError

Clock = Callable[[], datetime]

_UNITS: Final = {"s": 1, "m": 60, "h": 3600}
_FORM: Final = re.compile(r"([1-9]\d{0,8})/([smh])")
_MESSAGES: Final = "/v1/messages"
_EXCEEDED: Final = (
    "This request would exceed your account's rate limit. Please try again later."
)
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
_REQUESTS: Final = 1000
_TOKENS: Final = 80_000


def utc_now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to a key in this window."""

    limit: int
    remaining: int
    reset: datetime


class Limiter:
    """Counts the requests of each key; any thread may reset it.

    Args:
        rate: How many requests of a key are answered in a second, minute or hour, such
            as `50/m`. These windows begin at whole multiples of their length.

    Raises:
        ValueError: The text is not a rate.
    """

    def __init__(self, rate: str) -> None:
        match = _FORM.fullmatch(str(rate))
        if match is None:
            raise ValueError(f"{rate!r} is not a rate limit; use N/s, N/m or N/h")
        self._limit, self._seconds = int(match[1]), _UNITS[match[2]]
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Count from zero."""
        with self._lock:
            self._window = -1
            self._counts: dict[str, int] = {}

    def spend(self, key: str, path: str, now: datetime) -> Allowance:
        """Count one request of this key.

        Raises:
            ApiError: 429, with the seconds until the next window in `retry-after`.
        """
        window = int(now.timestamp()) // self._seconds
        reset = datetime.fromtimestamp((window + 1) * self._seconds, UTC)
        with self._lock:
            if window != self._window:
                self._window, self._counts = window, {}
            used = self._counts.get(key, 0)
            if used >= self._limit:
                wait = max(1, math.ceil((reset - now) / timedelta(seconds=1)))
                raise exceeded(path, wait, now, self._limit)
            self._counts[key] = used + 1
        return Allowance(self._limit, self._limit - used - 1, reset)


def exceeded(path: str, wait: float, now: datetime, limit: int = _REQUESTS) -> ApiError:
    """Make the 429 of a rate limit; the service has limit headers on messages alone.

    Args:
        path: The path of the request.
        wait: The seconds until requests are answered again.
        now: The time of the request.
        limit: The number of requests in a window.
    """
    headers = {"retry-after": f"{wait:g}", "x-should-retry": "true"}
    if path.endswith(_MESSAGES):  # it may be mounted below another path
        allowance = Allowance(limit, 0, now + timedelta(seconds=wait))
        headers |= rate_headers(now, 0, allowance)
    return ApiError(429, _EXCEEDED, headers=headers)


def rate_headers(
    now: datetime, tokens: int, allowance: Allowance | None = None
) -> dict[str, str]:
    """Make the rate-limit headers of `/v1/messages`.

    Args:
        now: The time of the request.
        tokens: The tokens of the request; the service rounds what is left to thousands.
        allowance: What the rate limit leaves; None for an account that has sent this
            one request in this minute.
    """
    next_minute = now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(
        minutes=1
    )
    allowance = allowance or Allowance(_REQUESTS, _REQUESTS - 1, next_minute)
    return {
        "anthropic-ratelimit-requests-limit": str(allowance.limit),
        "anthropic-ratelimit-requests-remaining": str(allowance.remaining),
        "anthropic-ratelimit-requests-reset": allowance.reset.strftime(_TIME),
        "anthropic-ratelimit-tokens-limit": str(_TOKENS),
        "anthropic-ratelimit-tokens-remaining": str(
            max(0, round(_TOKENS - tokens, -3))
        ),
        "anthropic-ratelimit-tokens-reset": next_minute.strftime(_TIME),
    }
