"""Section `stream`: what the events say, in each version of the wire format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from .._answers import Answer, fails, payloads_of
from .._bench import MANY_WORDS, Bench
from .._document import COMPLETE, NEW, OLD
from .._judgement import Deviation, NotJudged, expect
from .._registry import invariant, must, section
from .._strict_json import as_text
from ..requests.exchange import Exchange
from .answer import check_model

section("stream", "Stream meaning", order=7)

DOCS = "docs 2024, streaming"
FIRST_SDK = "parser of the first SDK; docs 2023-05"


@invariant("stream/2023-06-01/1", "Completion events are named `completion`.", DOCS)
def _named(_: Bench, exchange: Exchange) -> bool:
    if not _is_whole(exchange, NEW):
        return False
    names = [event.name for event in exchange.events.events]
    expect("completion" in names, f"the events are named {set(names)}", exchange)
    expect(None not in names, "an event has no name", exchange)
    return True


@invariant("stream/2023-06-01/2", "There is no `[DONE]`.", DOCS)
def _no_done(_: Bench, exchange: Exchange) -> bool:
    if not _is_whole(exchange, NEW):
        return False
    marked = any(event.data.strip() == "[DONE]" for event in exchange.events.events)
    expect(not marked, "the stream holds `[DONE]`", exchange)
    return True


@must("stream/2023-06-01/3", "The text comes in increments, not cumulated.", DOCS)
def _increments(bench: Bench) -> None:
    answer = bench.long_stream(NEW)
    texts = [piece for piece in answer.pieces if piece]
    if len(texts) < 3:
        raise NotJudged("the stream has fewer than three pieces of text")
    expect(not _grows(texts), "every event repeats the text so far", answer.exchange)


@invariant(
    "stream/2023-06-01/4",
    "Exactly one event carries a `stop_reason`, and it is the last completion event.",
    f"{DOCS}; recorded",
)
def _one_reason(_: Bench, exchange: Exchange) -> bool:
    return _ends_once(exchange, NEW)


@must(
    "stream/2023-06-01/5",
    "All events of a stream carry the same `id` and `model`.",
    "#/components/schemas/CompletionEvent; recorded",
)
def _one_id(bench: Bench) -> None:
    answer = bench.long_stream(NEW)
    for member in ("id", "log_id", "model"):
        values = {as_text(payload.get(member)) for payload in answer.payloads}
        said = f"the events carry different values of `{member}`"
        expect(len(values) == 1, said, answer.exchange)
    check_model(bench, answer.exchange, answer.members.get("model"))


@must("stream/2023-06-01/6", "A long text takes more than one event.", DOCS)
def _many_events(bench: Bench) -> None:
    answer = bench.long_stream(NEW)
    if answer.words < MANY_WORDS:
        raise NotJudged(f"the text has fewer than {MANY_WORDS} words")
    texts = [piece for piece in answer.pieces if piece]
    said = f"{answer.words} words came in one event"
    expect(len(texts) > 1, said, answer.exchange)


@invariant(
    "stream/2023-06-01/7",
    "At `max_tokens` the last event still carries text, at a stop sequence none.",
    "recorded 6 of 6",
)
def _last_text(_: Bench, exchange: Exchange) -> bool:
    payloads = _payloads(exchange, NEW)
    texts = [as_text(payload.get("completion")) or "" for payload in payloads]
    reason = payloads[-1].get("stop_reason") if payloads else None
    if reason == "max_tokens" and any(texts):
        expect(texts[-1] != "", "the last event has no text", exchange)
    if reason == "stop_sequence":
        expect(texts[-1] == "", f"the last event adds {texts[-1]!r}", exchange)
    return bool(payloads)


@invariant(
    "stream/2023-06-01/8",
    "`stop` is null but in the last event, and there too exactly at `max_tokens`.",
    "#/components/schemas/CompletionEvent/properties/stop; recorded",
)
def _stop(_: Bench, exchange: Exchange) -> bool:
    payloads = _payloads(exchange, NEW)
    if all("stop" not in payload for payload in payloads):
        return False
    told = any(payload.get("stop") is not None for payload in payloads[:-1])
    expect(not told, "an earlier event carries a `stop`", exchange)
    stop, reason = payloads[-1].get("stop"), payloads[-1].get("stop_reason")
    agrees = (stop is None) == (reason == "max_tokens")
    expect(agrees, f"`stop` is {stop!r} at {reason!r}", exchange)
    return True


@must(
    "stream/2023-06-01/9",
    "The streamed text is the text of the JSON answer, and ends for the same reason.",
    DOCS,
)
def _same_text(bench: Bench) -> None:
    _same(bench.long_stream(NEW), bench.long(), "the JSON answer")


@invariant("stream/2023-01-01/1", "Completion events have no name.", FIRST_SDK)
def _unnamed(_: Bench, exchange: Exchange) -> bool:
    if not _is_whole(exchange, OLD):
        return False
    names = [event.name for event in exchange.events.events]
    expect(None in names, "no event is without a name", exchange)
    expect("completion" not in names, "an event is named `completion`", exchange)
    return True


@invariant(
    "stream/2023-01-01/2", "The stream ends with `data: [DONE]`, once.", FIRST_SDK
)
def _done(_: Bench, exchange: Exchange) -> bool:
    if not _is_whole(exchange, OLD):
        return False
    events = exchange.events.events
    marks = [event.data == "[DONE]" for event in events]
    expect(bool(marks) and marks[-1], "the last event is not `[DONE]`", exchange)
    expect(events[-1].name is None, "the event `[DONE]` has a name", exchange)
    expect(marks.count(True) == 1, "`[DONE]` comes more than once", exchange)
    return True


@invariant("stream/2023-01-01/3", "Every event repeats all the text so far.", FIRST_SDK)
def _cumulative(_: Bench, exchange: Exchange) -> bool:
    payloads = _payloads(exchange, OLD)
    texts = [as_text(payload.get("completion")) or "" for payload in payloads]
    told = [text for text in texts if text]
    if len(told) < 2 and not any(len(text.split()) >= MANY_WORDS for text in told):
        return False
    expect(len(told) > 1, "a long text came in one event", exchange)
    said = "an event does not begin with the text of the one before"
    expect(_extends(texts), said, exchange)
    return True


@invariant(
    "stream/2023-01-01/4",
    "The last event before `[DONE]`, and no other, carries the `stop_reason`.",
    "#/components/schemas/CompletionEvent/properties/stop_reason",
)
def _old_reason(_: Bench, exchange: Exchange) -> bool:
    return _ends_once(exchange, OLD)


@must(
    "stream/2023-01-01/5",
    "The cumulated text is the joined increments of version 2023-06-01.",
    FIRST_SDK,
)
def _same_as_new(bench: Bench) -> None:
    if NEW not in bench.versions:
        raise NotJudged("one version alone is judged")
    _same(bench.long_stream(OLD), bench.long_stream(NEW), "the stream of 2023-06-01")


@must(
    "stream/2023-01-01/6",
    "The streamed text is the text of the JSON answer, and ends for the same reason.",
    FIRST_SDK,
)
def _same_as_json(bench: Bench) -> None:
    _same(bench.long_stream(OLD), bench.long(), "the JSON answer")


def _same(one: Answer, other: Answer, name: str) -> None:
    pair = (one.exchange, other.exchange)
    if one.text != other.text:
        said = f"it is {_tail(one.text)}, but {_tail(other.text)} in {name}"
        raise Deviation(said, one.exchange, pair)
    reasons = f"it ends by {one.reason!r}, {name} by {other.reason!r}"
    expect(one.reason == other.reason, reasons, one.exchange, *pair)


def _is_whole(exchange: Exchange, version: str) -> bool:
    """Whether it is a stream of this version that came to its end, and to no error."""
    request = exchange.request
    return (
        (exchange.status, exchange.fault) == (200, None)
        and exchange.is_stream
        and request.path == COMPLETE
        and request.header("anthropic-version") == version
        and not fails(exchange)
    )


def _payloads(exchange: Exchange, version: str) -> list[Mapping[str, Any]]:
    return payloads_of(exchange) if _is_whole(exchange, version) else []


def _ends_once(exchange: Exchange, version: str) -> bool:
    """Expect a `stop_reason` in the last completion event alone."""
    reasons = [item.get("stop_reason") for item in _payloads(exchange, version)]
    early = [reason for reason in reasons[:-1] if reason is not None]
    expect(not early, f"an earlier event carries {early[:1]}", exchange)
    if reasons:
        told = isinstance(reasons[-1], str)
        expect(told, f"the last carries {reasons[-1]!r}", exchange)
    return bool(reasons)


def _tail(text: str) -> str:
    return f"{len(text)} characters long and ends {text[-30:]!r}"


def _extends(texts: Sequence[str]) -> bool:
    return all(later.startswith(text) for text, later in pairwise(texts))


def _grows(texts: Sequence[str]) -> bool:
    return _extends(texts) and len(texts[-1]) > len(texts[0])
