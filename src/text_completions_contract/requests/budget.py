"""What a run may cost, and how fast it may ask: a live service is somebody's money."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from .._errors import SetupError
from .._judgement import NotJudged
from .exchange import Exchange, Request

BUSY: Final = frozenset({429, 503, 529})
SECONDS: Final = {"s": 1, "m": 60, "h": 3600}
LIMITS: Final = ("max_tokens_to_sample", "max_tokens")
# So often one request is sent again while the server is busy, ...
REPEATS: Final = 2
# ... for so many requests in a run that stay unanswered all the same, ...
MAX_UNANSWERED: Final = 2
# ... after a pause of at most so many seconds; where none is asked for, of so many.
LONGEST_PAUSE: Final = 60.0
USUAL_PAUSE: Final = 0.5


class BudgetExceeded(NotJudged):
    """The budget of the run allows no further request."""


@dataclass
class Budget:
    """Counts what is sent and asked for, and stops what would be too much.

    Args:
        max_requests: The greatest number of requests, or None.
        max_tokens: The greatest number of tokens, or None. An answer that succeeds
            counts with the limit of its request, for no more can have been made.
    """

    max_requests: int | None = None
    max_tokens: int | None = None
    requests: int = 0
    tokens: int = 0
    spent: str | None = None

    def admit(self, request: Request) -> int:
        """Reserve what a request may cost, in tokens; raises `BudgetExceeded`."""
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
        """Give back what a refused request did not cost."""
        if exchange.status >= 400:
            self.tokens -= cost


def tokens_of(request: Request) -> int:
    """How many tokens an answer may have, by what the request asks for."""
    asked = [request.json.get(name) for name in LIMITS]
    limits = [int(item) for item in asked if isinstance(item, int | float)]
    return max(0, *limits, 0)


@dataclass
class Pace:
    """Waits as long as the settings or the server ask.

    Args:
        interval: Seconds from one request to the next.
        clock: Tells the time in seconds.
        sleep: Waits for so many seconds.
    """

    interval: float = 0.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    _next: float = 0.0
    _vain: int = 0

    def wait(self) -> None:
        """Wait for the next request's turn."""
        if self.interval:
            if (pause := self._next - self.clock()) > 0:
                self.sleep(pause)
            self._next = self.clock() + self.interval

    def again(self, exchange: Exchange, repeats: int) -> bool:
        """Whether to send a request once more; waits first, as the server asks."""
        pause = pause_of(exchange)
        if pause is None or self._vain >= MAX_UNANSWERED:
            return False
        if repeats >= REPEATS:
            self._vain += 1
            return False
        self.sleep(pause)
        return True


def pause_of(exchange: Exchange) -> float | None:
    """How many seconds a busy server asks to be left alone; None to not ask again."""
    if exchange.status not in BUSY:
        return None
    try:
        seconds = float(exchange.header("retry-after") or USUAL_PAUSE)
    except ValueError:
        return USUAL_PAUSE
    return seconds if 0 <= seconds <= LONGEST_PAUSE else None


def interval_of(rate: str | None) -> float:
    """The seconds between requests at a rate such as `30/m`; raises `SetupError`."""
    if rate is None:
        return 0.0
    found = re.fullmatch(r"(\d+(?:\.\d+)?)/([smh])", rate)
    if found is None or float(found[1]) == 0:
        raise SetupError(
            f"{rate!r} is no rate; it looks like 30/m: a number per s, m or h"
        )
    return SECONDS[found[2]] / float(found[1])
