"""Section `limits`: how long a text may become."""

from __future__ import annotations

from itertools import pairwise

from .._answers import Answer
from .._bench import HUMAN, Bench
from .._document import COMPLETE
from .._expectations import PARAMS
from .._judgement import NotJudged, expect
from .._registry import invariant, must, section
from .._strict_json import as_text
from ..requests.exchange import Exchange
from .stop import good_text

section("limits", "Limits", order=9)

SOURCE = f"{PARAMS}/properties/max_tokens_to_sample"
TIGHT = (1, 2, 5)


@must("limits/1", "A text has no more words than `max_tokens_to_sample`.", SOURCE)
def _words(bench: Bench) -> None:
    for limit in TIGHT:
        _within(bench.long(max_tokens_to_sample=limit), limit)


@must("limits/2", "A streamed text has no more words than that either.", SOURCE)
def _streamed_words(bench: Bench) -> None:
    for limit, version in zip(TIGHT, bench.versions, strict=False):
        _within(bench.long_stream(version, max_tokens_to_sample=limit), limit)


@must(
    "limits/3", "With a smaller limit the text is a prefix of the longer one.", SOURCE
)
def _prefix(bench: Bench) -> None:
    whole = bench.long()
    made = whole.text + _sequence_after(whole)
    for limit in TIGHT:
        part = bench.long(max_tokens_to_sample=limit)
        pair = (whole.exchange, part.exchange)
        said = (
            f"{part.text[-40:]!r} does not begin the text at a limit of {bench.limit}"
        )
        expect(made.startswith(part.text), said, part.exchange, *pair)


@must("limits/4", "A text that was cut at the limit says `max_tokens`.", SOURCE)
def _reason(bench: Bench) -> None:
    whole = bench.long()
    streams = [
        bench.long_stream(version, max_tokens_to_sample=limit)
        for limit, version in zip(TIGHT, bench.versions, strict=False)
    ]
    for part in (bench.long(max_tokens_to_sample=2), *streams):
        if len(part.text.strip()) >= len(whole.text.strip()):
            raise NotJudged("the text is too short to be cut")
        pair = (whole.exchange, part.exchange)
        said = f"`stop_reason` is {part.reason!r}"
        expect(part.reason == "max_tokens", said, part.exchange, *pair)


@must("limits/5", "A greater limit gives no shorter text.", SOURCE)
def _grows(bench: Bench) -> None:
    limits = (5, bench.limit // 2, bench.limit)
    answers = [bench.long(max_tokens_to_sample=limit) for limit in limits]
    cut = [answer for answer in answers if answer.reason == "max_tokens"]
    if len(cut) < 2:
        raise NotJudged("the text ends before the limit")
    for less, more in pairwise(cut):
        pair = (less.exchange, more.exchange)
        said = f"cut at a greater limit, it still has {len(more.text)} characters"
        expect(len(more.text) > len(less.text), said, more.exchange, *pair)


@invariant("limits/6", "No text is longer than its request allows.", SOURCE)
def _always_within(_: Bench, exchange: Exchange) -> bool:
    name = "max_tokens_to_sample" if exchange.request.path == COMPLETE else "max_tokens"
    limit = exchange.request.json.get(name)
    text = good_text(exchange)
    if text is None or not isinstance(limit, int):
        return False
    words = len(text.split())
    expect(words <= limit, f"{words} words came at a limit of {limit}", exchange)
    return True


def _sequence_after(whole: Answer) -> str:
    """What was made after a text and taken off; a limit may leave a part of it."""
    if whole.reason != "stop_sequence":
        return ""
    return as_text(whole.members.get("stop")) or HUMAN


def _within(answer: Answer, limit: int) -> None:
    said = f"{answer.words} words came at a limit of {limit}"
    expect(answer.words <= limit, said, answer.exchange)
