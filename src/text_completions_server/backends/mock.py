"""The backend of the mock: texts that follow from the request and a seed."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterable, Sequence
from functools import lru_cache
from random import Random
from typing import Final, TypeAlias

from .base import Backend, Caller, Finish, Piece
from .prompts import HUMAN, split_tokens
from .requests import CompletionRequest, MessageRequest
from .stops import StopCutter

Request: TypeAlias = CompletionRequest | MessageRequest

_MAX_CACHED_PROMPT: Final = 4096


class MockBackend(Backend):
    """Answers every request with a text of its own, the same each time.

    The text depends on the prompt, the model, the sampling parameters and the seed.
    The token limit and the stop sequences only decide where it is cut.

    Args:
        seed: Another seed gives other texts.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        # A text takes 100 µs, half of the time of a request (2026-11-27), and tests
        # send the same requests again and again.
        self._cached_items = lru_cache(maxsize=512)(self._items)

    def generate(self, request: Request, caller: Caller, /) -> AsyncIterator[Piece]:
        """Yield one token at a time if a stream is wanted, and then the finish."""
        del caller
        is_cached = (
            isinstance(request, CompletionRequest)
            and len(request.prompt) < _MAX_CACHED_PROMPT
        )
        items = self._cached_items if is_cached else self._items
        return _Pieces(items(request))

    def _items(self, request: Request) -> Sequence[str | Finish]:
        text = make_text(
            self._seed,
            request.model,
            request.prompt,
            request.temperature,
            request.top_p,
            request.top_k,
        )
        is_new_turn = (
            isinstance(request, MessageRequest) and request.turns[-1].role == "user"
        )
        if not is_new_turn and not request.prompt[-1:].isspace():
            text = f" {text}"
        pieces, finish = cut_text(text, request)
        if request.stream:
            return (*pieces, finish)
        return (Finish(finish.reason, finish.stop, "".join([*pieces, finish.text])),)


class _Pieces:
    """Pieces that are known; an async generator would cost 4 µs a request more."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._pieces = iter(pieces)

    def __aiter__(self) -> _Pieces:
        return self

    async def __anext__(self) -> Piece:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration


def cut_text(text: str, request: Request) -> tuple[Sequence[str], Finish]:
    """Cut a text at the limit and the stop sequences of a request, into tokens.

    Returns:
        The tokens but the last one, and the finish, which has the last one.
    """
    # After a completed turn the model would begin the turn of the human.
    ending = HUMAN if isinstance(request, CompletionRequest) else ""
    tokens, limit = split_tokens(text + ending), request.max_tokens
    within_limit = "".join(tokens[:limit])
    cutter = StopCutter(request.stop_sequences)
    before_stop = cutter.feed(within_limit)
    if cutter.stop is not None:
        return split_text(before_stop, "stop_sequence", cutter.stop)
    if limit < len(tokens):
        return split_text(within_limit, "max_tokens")
    return split_text(text + ending, "end_turn")


def split_text(
    text: str, reason: str, stop: str | None = None
) -> tuple[Sequence[str], Finish]:
    """Split a text into tokens and a finish, which has the last one."""
    tokens = split_tokens(text)
    last = tokens.pop() if tokens else ""
    return tuple(tokens), Finish(reason, stop, last)


def make_text(*key: object) -> str:
    """Make the text of a key: two paragraphs of some 30 to 130 words.

    Every text has punctuation, a line break and characters beyond ASCII.
    """
    draw = _Draw(hashlib.blake2b(repr(key).encode(), digest_size=8).digest())
    first = [_sentence(draw, _TAILS) for _ in range(draw.between(2, 4))]
    second = [_sentence(draw, _TAILS) for _ in range(draw.between(0, 2))]
    opening = " ".join([draw.one(_OPENERS), *first])
    ending = " ".join([_sentence(draw, _FLOURISHES), *second, draw.one(_CLOSERS)])
    return f"{opening}\n\n{ending}"


def _sentence(draw: _Draw, tails: tuple[str, ...]) -> str:
    words = [draw.one(_SUBJECTS), draw.one(_VERBS), draw.one(_OBJECTS)]
    line = f"{' '.join(words)} {draw.one(tails)}{draw.one(_MARKS)}"
    return line[0].upper() + line[1:]


class _Draw:
    """Makes choices that depend on the digest alone, on any machine and Python."""

    def __init__(self, digest: bytes) -> None:
        # random() is the one method whose sequence Python promises to keep.
        self._random = Random(int.from_bytes(digest)).random

    def between(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))

    def one(self, choices: tuple[str, ...]) -> str:
        return choices[int(self._random() * len(choices))]


_OPENERS = (
    "Good question.",
    "Here is what I can tell you:",
    "Of course!",
    "Let me think about that for a moment.",
    "That depends, but in short:",
    "I'm glad you asked.",
    "Sure, here it goes.",
    "Well, where to begin?",
)
_SUBJECTS = (
    "the lighthouse keeper",
    "a patient gardener",
    "the night train to Zürich",
    "an old café owner",
    "my neighbour's cat",
    "the señora next door",
    "a small team of engineers",
    "every second librarian",
    "the baker on the corner",
    "a retired sea captain",
    "the youngest of the three sisters",
    "nobody in particular",
)
_VERBS = (
    "remembers",
    "repairs",
    "measures",
    "paints",
    "collects",
    "describes",
    "borrows",
    "translates",
    "counts",
    "hides",
    "admires",
    "forgets",
)
_OBJECTS = (
    "every tide of the year",
    "three copper kettles",
    "a naïve sketch of a bridge",
    "the names of 42 clouds",
    "a letter that was never sent",
    "the second-best umbrella in town",
    "all of the answers",
    "a recipe for crème brûlée",
    "the long way home",
    "some rather large numbers",
    "an unfinished map",
    "what the river said",
)
_TAILS = (
    "before breakfast",
    "without any hurry",
    "twice a week, at least",
    "in the rain",
    "and writes it down",
    "while the others sleep",
    "because someone has to",
    "with great care",
)
_FLOURISHES = (
    "— or so the neighbours say",
    "on a bench in Málaga",
    "at exactly 3 °C",
    "with a smile 🙂",
    "under the sign that says “東京”",
    "for no more than 5 €",
    "to the sound of Dvořák",
    "as in the old song, “Где-то далеко”",
)
_MARKS = (".", ".", ".", "!", " …")
_CLOSERS = (
    "Shall I go on?",
    "I hope this helps!",
    "That is all there is to it.",
    "Does that answer your question?",
    "More than that I cannot say.",
)
