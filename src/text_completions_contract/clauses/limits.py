"""Section `limits`: how long a text may become."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from .._bench import HUMAN, LIMIT_NAMES, Bench
from .._contract import PARAMS
from .._judgement import assume, expect
from .._registry import invariant, must, section
from .._responses import Reply, expect_between, good_reply
from .._strict_json import as_text, shown
from ..requests.exchange import Exchange

section("limits", "Limits", order=9)

SOURCE = f"{PARAMS}/properties/max_tokens_to_sample"
TIGHT = (1, 2, 5)


@must("limits/3", SOURCE)
def _prefix(bench: Bench) -> None:
    """With a smaller limit the text is a prefix of the longer one."""
    full = bench.long()
    made = full.text + _sequence_after(full)
    for limit in TIGHT:
        part = bench.long(max_tokens_to_sample=limit)
        message = (
            f"at a limit of {limit} it is {shown(part.text)}, at {bench.limit} it "
            f"begins {shown(full.text[:40])}"
        )
        expect_between(made.startswith(part.text), message, part, full)


@must("limits/4", SOURCE)
def _reason(bench: Bench) -> None:
    """A text that was cut at the limit says `max_tokens`."""
    full = bench.long()
    streams = [
        bench.long(version, max_tokens_to_sample=limit, stream=True)
        for limit, version in zip(TIGHT, bench.versions, strict=False)
    ]
    older = [
        bench.long(version, max_tokens_to_sample=TIGHT[-1])
        for version in bench.other_versions
    ]
    for part in (bench.long(max_tokens_to_sample=2), *older, *streams):
        is_cut = len(part.text.strip()) < len(full.text.strip())
        assume(is_cut, "the text is too short to be cut")
        expect_cut_at_limit(full, part)


@must("limits/5", SOURCE)
def _grows(bench: Bench) -> None:
    """A greater limit gives no shorter text."""
    limits = (5, bench.limit // 2, bench.limit)
    replies = [bench.long(max_tokens_to_sample=limit) for limit in limits]
    expect_growth(replies)


def expect_growth(replies: Iterable[Reply]) -> None:
    """Expect texts that were cut at greater and greater limits to become longer."""
    cut = [reply for reply in replies if reply.reason == "max_tokens"]
    assume(len(cut) >= 2, "the text ends before the limit")
    for less, more in pairwise(cut):
        message = f"cut at a greater limit, it still has {len(more.text)} characters"
        expect_between(len(more.text) > len(less.text), message, more, less)


@invariant("limits/6", SOURCE)
def _always_within(_: Bench, exchange: Exchange) -> None:
    """No text is longer than its request allows."""
    reply = good_reply(exchange)
    name = LIMIT_NAMES.get(exchange.request.path, "")
    limit = exchange.request.json.get(name, "none")
    assume(isinstance(limit, int | float))
    expect_within(reply, limit)


def expect_within(reply: Reply, limit: float) -> None:
    """Expect no more words than a limit allows."""
    message = f"{reply.words} words came at a limit of {limit}"
    expect(reply.words <= limit, message, reply.exchange)


def expect_cut_at_limit(full: Reply, part: Reply) -> None:
    """Expect a text that was cut at its limit to say so."""
    message = f'`stop_reason` is {shown(part.reason)}, not "max_tokens"'
    expect_between(part.reason == "max_tokens", message, part, full)


def _sequence_after(full: Reply) -> str:
    """The stop sequence that was removed; a limit may leave a part of it."""
    if full.reason != "stop_sequence":
        return ""
    return as_text(full.members.get("stop")) or HUMAN
