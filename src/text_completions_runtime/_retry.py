"""When to send a request again, and how long to wait before it.

This is the policy of the official SDK. The header `x-should-retry` decides if the
server sends it. Otherwise 408, 409, 429 and 5xx are tried again, and connections that
failed. The server may name the delay; otherwise it doubles from half a second.
"""

from __future__ import annotations

import datetime
import random
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

_RETRIED = frozenset({408, 409, 429})
_FIRST_DELAY = 0.5
_LONGEST_DELAY = 8.0
_LONGEST_SERVER_DELAY = 60.0
_JITTER = 0.25


def should_retry(status: int, headers: Mapping[str, str]) -> bool:
    """Return whether a response with this status and these headers is retried."""
    verdict = headers.get("x-should-retry")
    if verdict == "true":
        return True
    if verdict == "false":
        return False
    return status in _RETRIED or status >= 500


def retry_delay(
    retries: int,
    headers: Mapping[str, str] | None = None,
    *,
    uniform: Callable[[], float] = random.random,
    now: Callable[[], float] = time.time,
) -> float:
    """Return the seconds to wait before the next attempt.

    Args:
        retries: How many retries were made before this one, from 0.
        headers: The headers of the response, or None if there was none. A delay
            named there counts when it is over 0 and up to 60 s.
        uniform: A source of numbers from 0 to 1, for the jitter of up to a quarter.
        now: A clock in seconds since the epoch, for delays given as a date.
    """
    named = _named_delay(headers or {}, now)
    if named is not None and 0 < named <= _LONGEST_SERVER_DELAY:
        return named
    doublings = min(retries, 10)
    delay = min(_FIRST_DELAY * 2.0**doublings, _LONGEST_DELAY)
    return delay * (1 - _JITTER * uniform())


def _named_delay(headers: Mapping[str, str], now: Callable[[], float]) -> float | None:
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None or value is None:
        return seconds
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):  # the latter: a time zone beyond all bounds
        return None
    if date.tzinfo is None:  # an HTTP date is in GMT, even if it does not say so
        date = date.replace(tzinfo=datetime.UTC)
    return date.timestamp() - now()


def _number(value: str | None) -> float | None:
    try:
        return float(value) if value is not None else None
    except ValueError:
        return None
