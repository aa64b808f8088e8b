"""Scripted replies: what is answered to which prompt, in order, with delays."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass

from ..api.prompts import HUMAN, sanitise
from ..api.requests import CompletionRequest, MessageRequest
from ..api.tokens import split_tokens
from ..backends.base import Backend, Caller, Finish, Piece, StopReason
from ..backends.text import plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer, said word for word.

    Attributes:
        text: The text as it is on the wire; the service begins most with a space.
        stop_reason: How it ends; None cuts it as any text is cut, at the limit and
            the stop sequences of the request, else it is sent whole.
        stop: The sequence that goes with `stop_sequence`; None takes the request's
            first one.
        delay: Seconds before anything is answered.
        pause: Seconds between two tokens.
    """

    text: str
    stop_reason: StopReason | None = None
    stop: str | None = None
    delay: float = 0
    pause: float = 0

    def __post_init__(self) -> None:
        if self.delay < 0 or self.pause < 0:
            raise ValueError("a reply cannot wait for less than 0 seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Which prompts are answered how.

    Attributes:
        replies: One after another, and the last of them from then on.
        prompt: The whole prompt that is answered; None looks at the pattern.
        pattern: What is searched in the prompt; without one any prompt is answered.
        times: After how many answers it is used up; None never.
    """

    replies: tuple[Reply, ...]
    prompt: str | None = None
    pattern: re.Pattern[str] | None = None
    times: int | None = None

    def __post_init__(self) -> None:
        if not self.replies:
            raise ValueError("a script needs a reply")
        if self.prompt is not None and self.pattern is not None:
            raise ValueError("a script has a prompt or a pattern, not both")
        if self.times is not None and self.times < 1:
            raise ValueError("a script is used at least 1 time")

    @property
    def precision(self) -> int:
        """A whole prompt before a pattern, a pattern before anything."""
        return 2 if self.prompt is not None else int(self.pattern is not None)

    def fits(self, prompt: str) -> bool:
        """Whether it answers this prompt, which is sanitised."""
        if self.prompt is not None:
            return prompt in (self.prompt, sanitise(self.prompt))
        return self.pattern is None or self.pattern.search(prompt) is not None


class Scripts:
    """All scripts; any thread may add one.

    The most precise script answers, and of equals the one that was added last.

    Args:
        lasting: Those that a reset keeps and rewinds.
    """

    def __init__(self, lasting: Iterable[Script] = ()) -> None:
        self._lock = threading.Lock()
        self._lasting = tuple(lasting)
        self.reset()

    def reset(self) -> None:
        """As it was at the start."""
        with self._lock:
            self._running = [_Running(each) for each in self._lasting]

    def clear(self) -> None:
        """Without any script, until the next reset."""
        with self._lock:
            self._running = []

    def add(self, script: Script) -> None:
        """Add a script; it comes before the equally precise ones added earlier."""
        with self._lock:
            self._running.append(_Running(script))

    def listed(self) -> Sequence[tuple[Script, int]]:
        """Each script with the number of answers that it gave."""
        with self._lock:
            return [(each.script, each.used) for each in self._running]

    def take(self, prompt: str) -> Reply | None:
        """The reply to this prompt, None where no script fits."""
        if not self._running:
            return None
        with self._lock:
            fitting = [
                each for each in self._running if each.left and each.script.fits(prompt)
            ]
            if not fitting:
                return None
            best = max(each.script.precision for each in fitting)
            chosen = [each for each in fitting if each.script.precision == best]
            return chosen[-1].next()


class _Running:
    def __init__(self, script: Script) -> None:
        self.script = script
        self.used = 0

    @property
    def left(self) -> bool:
        return self.script.times is None or self.used < self.script.times

    def next(self) -> Reply:
        replies = self.script.replies
        reply = replies[min(self.used, len(replies) - 1)]
        self.used += 1
        return reply


class ScriptedBackend(Backend):
    """Says what the scripts say, and lets another backend answer the rest."""

    def __init__(self, scripts: Scripts, otherwise: Backend) -> None:
        self._scripts = scripts
        self._otherwise = otherwise

    def generate(
        self, request: CompletionRequest | MessageRequest, caller: Caller, /
    ) -> AsyncIterator[Piece]:
        """Yield the tokens of the reply, and then the finish."""
        reply = self._scripts.take(request.prompt)
        if reply is None:
            return self._otherwise.generate(request, caller)
        return _said(reply, request)


async def _said(
    reply: Reply, request: CompletionRequest | MessageRequest
) -> AsyncIterator[Piece]:
    if reply.delay:
        await asyncio.sleep(reply.delay)
    pieces, finish = _planned(reply, request)
    for piece in pieces:
        yield piece
        if reply.pause:
            await asyncio.sleep(reply.pause)
    yield finish


def _planned(
    reply: Reply, request: CompletionRequest | MessageRequest
) -> tuple[Sequence[str], Finish]:
    if reply.stop_reason is None:
        return plan(
            reply.text,
            limit=request.max_tokens,
            stops=request.stop_sequences,
            ending=HUMAN if isinstance(request, CompletionRequest) else "",
        )
    pieces = split_tokens(reply.text)
    last = pieces.pop() if pieces else ""
    return pieces, _finish(reply.stop_reason, reply.stop, last, request)


def _finish(
    reason: StopReason,
    stop: str | None,
    last: str,
    request: CompletionRequest | MessageRequest,
) -> Finish:
    if reason != "stop_sequence":
        return Finish(reason, text=last)
    stop = stop or next(iter(request.stop_sequences), None)
    return Finish(reason, stop, last) if stop else Finish("end_turn", text=last)
