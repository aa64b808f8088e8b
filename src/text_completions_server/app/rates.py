"""The rate-limit headers of `/v1/messages`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from .limits import Allowance

Clock = Callable[[], datetime]

_FORM = "%Y-%m-%dT%H:%M:%SZ"
_REQUESTS = 1000
_TOKENS = 80_000


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def rate_headers(
    now: datetime, tokens: int, allowance: Allowance | None = None
) -> dict[str, str]:
    """The headers of an account that has sent this one request in this minute.

    Args:
        now: The time of the request.
        tokens: How many tokens it has; the service rounds what is left to thousands.
        allowance: What a limit that is kept leaves, if there is one.
    """
    left = max(0, round(_TOKENS - tokens, -3))
    reset = _next_minute(now).strftime(_FORM)
    kept = allowance or Allowance(_REQUESTS, _REQUESTS - 1, _next_minute(now))
    return {
        "anthropic-ratelimit-requests-limit": str(kept.limit),
        "anthropic-ratelimit-requests-remaining": str(kept.remaining),
        "anthropic-ratelimit-requests-reset": kept.reset.strftime(_FORM),
        "anthropic-ratelimit-tokens-limit": str(_TOKENS),
        "anthropic-ratelimit-tokens-remaining": str(left),
        "anthropic-ratelimit-tokens-reset": reset,
    }


def _next_minute(now: datetime) -> datetime:
    whole = now.astimezone(UTC).replace(second=0, microsecond=0)
    return whole + timedelta(minutes=1)
