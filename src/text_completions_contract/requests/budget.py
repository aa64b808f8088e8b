"""The limits of a run: number of requests, tokens, and pace. Services cost money."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from .._judgement import NotJudged
from .._settings import SetupError
from .exchange import Exchange, Request

BUSY: Final = frozenset({429, 503, 529})
SECONDS: Final = {"s": 1, "m": 60, "h": 3600}
TOKEN_LIMITS: Final = ("max_tokens_to_sample", "max_tokens")
# How often one request is repeated while the server is busy.
MAX_REPEATS: Final = 2
# After so many requests that stayed unanswered all the same, nothing is repeated.
MAX_UNANSWERED: Final = 2
# The longest pause before a repeat, and the pause where the server asks for none.
MAX_PAUSE: Final = 60.0
DEFAULT_PAUSE: Final = 0.5


class BudgetExceeded(NotJudged):
    """The budget of the run allows no further request."""


@dataclass
class Budget:
    """Counts requests and tokens, and stops the run before it exceeds a limit.

    A successful response counts with the limit of its request, the most tokens that it
    can have.
    """

    max_requests: int | None = None
    max_tokens: int | None = None
    requests: int = 0
    tokens: int = 0
    spent: str | None = None

    def reserve(self, request: Request) -> int:
        """Reserve the tokens that a request may cost.

        Raises:
            BudgetExceeded: The request would exceed a limit.
        """
        cost = tokens_of(request)
        if self.max_requests is not None and self.requests >= self.max_requests:
            self.spent = f"the budget of {self.max_requests} requests is spent"
        elif self.max_tokens is not None and self.tokens + cost > self.max_tokens:
            self.spent = f"the budget of {self.max_tokens} tokens is spent"
        if self.spent is not None:
            raise BudgetExceeded(self.spent)
        self.requests += 1
        self.tokens += cost
        return cost

    def settle(self, cost: int, exchange: Exchange) -> None:
        """Give back the tokens of a request that was refused."""
        if exchange.status >= 400:
            self.tokens -= cost


def tokens_of(request: Request) -> int:
    """The most tokens that a response can have, by the limit in the request."""
    values = [request.json.get(name) for name in TOKEN_LIMITS]
    limits = [value for value in values if isinstance(value, int | float)]
    # JSON can write numbers that are infinite in Python, such as 1e400.
    return max([0, *(int(min(limit, sys.maxsize)) for limit in limits)])


@dataclass
class Pace:
    """Waits between requests as the settings or the server demand; in seconds."""

    interval: float = 0.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    _next: float = 0.0
    _unanswered: int = 0

    def wait(self) -> None:
        """Wait until the next request may be sent."""
        if self.interval:
            if (pause := self._next - self.clock()) > 0:
                self.sleep(pause)
            self._next = self.clock() + self.interval

    def should_repeat(self, exchange: Exchange, repeats: int) -> bool:
        """Whether to repeat a request that met a busy server; waits before."""
        pause = pause_of(exchange)
        if pause is None or self._unanswered >= MAX_UNANSWERED:
            return False
        if repeats >= MAX_REPEATS:
            self._unanswered += 1
            return False
        self.sleep(pause)
        return True


def pause_of(exchange: Exchange) -> float | None:
    """The pause that a busy server asks for, in seconds; None: do not repeat."""
    if exchange.status not in BUSY:
        return None
    try:
        seconds = float(exchange.header("retry-after") or DEFAULT_PAUSE)
    except ValueError:
        return DEFAULT_PAUSE
    return seconds if 0 <= seconds <= MAX_PAUSE else None


def interval_of(rate: str | None) -> float:
    """The seconds between requests at a rate such as `30/m`.

    Raises:
        SetupError: The text is not a rate.
    """
    if rate is None:
        return 0.0
    match = re.fullmatch(r"(\d+(?:\.\d+)?)/([smh])", rate)
    if match is None or float(match[1]) == 0:
        raise SetupError(f"{rate!r} is not a rate; use N/s, N/m or N/h, such as 30/m")
    return SECONDS[match[2]] / float(match[1])
