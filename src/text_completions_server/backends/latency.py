"""The latency of a model: a wait for the first token, and a pace of the others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import count
from random import Random

from ..checks import check_number
from .base import Backend, Caller, Piece, Ping, close_pieces
from .mock import Request
from .prompts import count_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How long responses take at least, streamed or whole.

    A response that is not streamed comes when its last token would.

    Attributes:
        ttft: Seconds from the request to the first token.
        tokens_per_second: The pace of the tokens after the first one. None lets them
            come at once.
        jitter: How much each wait varies, 0 to 1: with 0.2 it takes 0.8 to 1.2 times
            as long, each length with the same probability.

    Raises:
        TypeError: A value is not a number.
        ValueError: A value is out of its bounds, or there is no wait that can vary.
    """

    ttft: float = 0
    tokens_per_second: float | None = None
    jitter: float = 0

    def __post_init__(self) -> None:
        pace = self.tokens_per_second
        check_number("ttft", self.ttft, unit="seconds")
        if pace is not None:
            check_number("tokens_per_second", pace, above=True)
        check_number("jitter", self.jitter, 0, 1)
        if self.jitter and not self.ttft and pace is None:
            raise ValueError(
                "jitter varies waits, and there is none: give ttft or "
                "tokens_per_second as well"
            )

    def waits(self, random: Random) -> Iterator[float]:
        """Yield the seconds before the first token, and between the others."""
        yield self._varied(self.ttft, random)
        pause = 1 / self.tokens_per_second if self.tokens_per_second else 0
        while True:
            yield self._varied(pause, random)

    def _varied(self, seconds: float, random: Random) -> float:
        return seconds * (1 + self.jitter * (2 * random.random() - 1))


class PacedBackend(Backend):
    """Passes the pieces of another backend on, none before its time.

    The time that the other backend takes counts: only what is left is waited.

    Args:
        backend: The other backend.
        latency: How long responses take.
        seed: Decides how the waits of each request vary: the nth request after a
            reset waits as long each time.
        now: The clock, for tests.
        sleep: What waits, for tests.
    """

    def __init__(
        self,
        backend: Backend,
        latency: Latency,
        seed: int = 0,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._backend = backend
        self._latency = latency
        self._seed = seed
        self._now = now
        self._sleep = sleep
        self.reset()

    def reset(self) -> None:
        """Let the waits vary as from the start."""
        self._numbers = count()

    async def generate(
        self, request: Request, caller: Caller, /
    ) -> AsyncGenerator[Piece]:
        """Yield each piece when its last token is due."""
        due = self._now()
        waits = self._latency.waits(Random(f"{self._seed} {next(self._numbers)}"))
        is_first = True
        pieces = self._backend.generate(request, caller)
        try:
            async for piece in pieces:
                if not isinstance(piece, Ping):
                    text = piece if isinstance(piece, str) else piece.text
                    # A response without any text takes as long as its first token.
                    tokens = max(count_tokens(text), int(is_first))
                    due += sum(next(waits) for _ in range(tokens))
                    is_first = False
                    if (seconds := due - self._now()) > 0:
                        await self._sleep(seconds)
                yield piece
        finally:
            await close_pieces(pieces)
