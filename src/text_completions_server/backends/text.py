"""The text engine: from a prompt, parameters and a seed to a text, always the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from random import Random

from ..api.tokens import split_tokens
from .base import Finish

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


def natural_text(*key: object) -> str:
    """The text that belongs to a key: two paragraphs of some 30 to 130 words.

    Every one has punctuation, a line break and characters beyond ASCII.
    """
    return _text_of(hashlib.blake2b(repr(key).encode(), digest_size=8).digest())


@lru_cache(maxsize=512)
def _text_of(digest: bytes) -> str:
    draw = _Draw(digest)
    first = [_sentence(draw, _TAILS) for _ in range(draw.between(2, 4))]
    second = [_sentence(draw, _TAILS) for _ in range(draw.between(0, 2))]
    opening = " ".join([draw.one(_OPENERS), *first])
    ending = " ".join([_sentence(draw, _FLOURISHES), *second, draw.one(_CLOSERS)])
    return f"{opening}\n\n{ending}"


def plan(
    text: str, *, limit: int, stops: Iterable[str], ending: str = ""
) -> tuple[tuple[str, ...], Finish]:
    """Cut a text as a request asks and divide it into pieces, a token each.

    Args:
        text: All that would be said.
        limit: How many tokens may be said, at least 1.
        stops: The stop sequences; the one whose match is complete first ends the
            text, the longest of those that are complete together.
        ending: What would come after the text, for a stop sequence to match.

    Returns:
        The pieces but the last one, and the finish, which carries the last one.
    """
    long = len(text) > _MOST_REMEMBERED
    make = _planned if long else _remembered
    return make(text, limit, tuple(stops), ending)


def _planned(
    text: str, limit: int, stops: tuple[str, ...], ending: str
) -> tuple[tuple[str, ...], Finish]:
    tokens = split_tokens(text + ending)
    said = "".join(tokens[:limit])
    start, stop = _first_match(said, stops)
    if stop is not None:
        pieces, finish = split_tokens(said[:start]), Finish("stop_sequence", stop)
    elif limit < len(tokens):
        pieces, finish = tokens[:limit], Finish("max_tokens")
    else:
        pieces, finish = tokens, Finish("end_turn")
    last = pieces.pop() if pieces else ""
    return tuple(pieces), Finish(finish.reason, finish.stop, last)


_MOST_REMEMBERED = 4096
_remembered = lru_cache(maxsize=512)(_planned)
"""The same requests come again and again in a test; long texts are not kept."""


def _first_match(text: str, stops: Iterable[str]) -> tuple[int, str | None]:
    """Where the first match begins, and of which stop sequence it is."""
    found = [(text.find(stop), stop) for stop in stops if stop]
    matches = [(at + len(stop), at, stop) for at, stop in found if at >= 0]
    if not matches:
        return len(text), None
    _, start, stop = min(matches)
    return start, stop


def _sentence(draw: _Draw, tails: tuple[str, ...]) -> str:
    words = [draw.one(_SUBJECTS), draw.one(_VERBS), draw.one(_OBJECTS)]
    line = f"{' '.join(words)} {draw.one(tails)}{draw.one(_MARKS)}"
    return line[0].upper() + line[1:]


class _Draw:
    """Choices that depend on the digest alone, on any machine and Python."""

    def __init__(self, digest: bytes) -> None:
        # random() is the one method whose sequence Python promises to keep.
        self._random = Random(int.from_bytes(digest)).random

    def between(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))

    def one(self, choices: tuple[str, ...]) -> str:
        return choices[int(self._random() * len(choices))]
