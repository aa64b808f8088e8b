"""Section `stream`: what the events say, in each version of the wire format."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .._answers import Answer, events_of
from .._bench import MANY_WORDS, Bench
from .._clause import Deviation, NotJudged, expect, must
from .._document import NEW, OLD
from .._json import as_text
from ._answer import check_model

DOCS = "docs 2024, streaming"
FIRST_SDK = "parser of the first SDK; docs 2023-05"


@must("stream/2023-06-01/1", "Completion events are named `completion`.", DOCS)
def _named(bench: Bench) -> None:
    exchange = bench.raw_long_stream(NEW)
    names = [event.name for event in events_of(exchange)]
    expect("completion" in names, f"the events are named {set(names)}", exchange)
    expect(None not in names, "an event has no name", exchange)


@must("stream/2023-06-01/2", "There is no `[DONE]`.", DOCS)
def _no_done(bench: Bench) -> None:
    exchange = bench.raw_long_stream(NEW)
    marked = any(event.data.strip() == "[DONE]" for event in events_of(exchange))
    expect(not marked, "the stream holds `[DONE]`", exchange)


@must("stream/2023-06-01/3", "The text comes in increments, not cumulated.", DOCS)
def _increments(bench: Bench) -> None:
    answer = bench.long_stream(NEW)
    texts = [piece for piece in answer.pieces if piece]
    if len(texts) < 3:
        raise NotJudged("the stream has fewer than three pieces of text")
    expect(not _grows(texts), "every event repeats the text so far", answer.exchange)


@must(
    "stream/2023-06-01/4",
    "Exactly one event carries a `stop_reason`, and it is the last completion event.",
    f"{DOCS}; recorded",
)
def _one_reason(bench: Bench) -> None:
    for answer in (bench.long_stream(NEW), bench.stream(NEW, max_tokens_to_sample=1)):
        reasons = [payload.get("stop_reason") for payload in answer.payloads]
        early = [reason for reason in reasons[:-1] if reason is not None]
        expect(not early, f"an earlier event carries {early[:1]}", answer.exchange)
        last = reasons[-1]
        expect(isinstance(last, str), f"the last carries {last!r}", answer.exchange)


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


@must(
    "stream/2023-06-01/7",
    "At `max_tokens` the last event still carries text, at a stop sequence none.",
    "recorded 6 of 6",
)
def _last_text(bench: Bench) -> None:
    for answer in (bench.long_stream(NEW), bench.stream(NEW, max_tokens_to_sample=1)):
        last = answer.pieces[-1]
        if answer.reason == "max_tokens" and answer.text:
            expect(last != "", "the last event has no text", answer.exchange)
        if answer.reason == "stop_sequence":
            expect(last == "", f"the last event adds {last!r}", answer.exchange)


@must(
    "stream/2023-06-01/8",
    "`stop` is null but in the last event, and there too exactly at `max_tokens`.",
    "#/components/schemas/CompletionEvent/properties/stop; recorded",
)
def _stop(bench: Bench) -> None:
    for answer in (bench.long_stream(NEW), bench.stream(NEW, max_tokens_to_sample=1)):
        if all("stop" not in payload for payload in answer.payloads):
            raise NotJudged("the events carry no `stop`")
        early = [payload.get("stop") for payload in answer.payloads[:-1]]
        told = any(stop is not None for stop in early)
        expect(not told, "an earlier event carries a `stop`", answer.exchange)
        agrees = (answer.members.get("stop") is None) == (answer.reason == "max_tokens")
        said = f"`stop` is {answer.members.get('stop')!r} at {answer.reason!r}"
        expect(agrees, said, answer.exchange)


@must(
    "stream/2023-06-01/9",
    "The streamed text is the text of the JSON answer, and ends for the same reason.",
    DOCS,
)
def _same_text(bench: Bench) -> None:
    _same(bench.long_stream(NEW), bench.long(), "the JSON answer")


@must("stream/2023-01-01/1", "Completion events have no name.", FIRST_SDK)
def _unnamed(bench: Bench) -> None:
    exchange = bench.raw_long_stream(OLD)
    names = [event.name for event in events_of(exchange)]
    expect(None in names, "no event is without a name", exchange)
    expect("completion" not in names, "an event is named `completion`", exchange)


@must("stream/2023-01-01/2", "The stream ends with `data: [DONE]`, once.", FIRST_SDK)
def _done(bench: Bench) -> None:
    exchange = bench.raw_long_stream(OLD)
    events = events_of(exchange)
    marks = [event.data == "[DONE]" for event in events]
    expect(bool(marks) and marks[-1], "the last event is not `[DONE]`", exchange)
    expect(events[-1].name is None, "the event `[DONE]` has a name", exchange)
    expect(marks.count(True) == 1, "`[DONE]` comes more than once", exchange)


@must("stream/2023-01-01/3", "Every event repeats all the text so far.", FIRST_SDK)
def _cumulative(bench: Bench) -> None:
    answer = bench.long_stream(OLD)
    texts = [piece for piece in answer.pieces if piece]
    if len(texts) < 2 and answer.words < MANY_WORDS:
        raise NotJudged("the stream has one piece of text only")
    expect(len(texts) > 1, "a long text came in one event", answer.exchange)
    said = "an event does not begin with the text of the one before"
    expect(_extends(texts), said, answer.exchange)


@must(
    "stream/2023-01-01/4",
    "The last event before `[DONE]`, and no other, carries the `stop_reason`.",
    "#/components/schemas/CompletionEvent/properties/stop_reason",
)
def _old_reason(bench: Bench) -> None:
    answer = bench.long_stream(OLD)
    expect(answer.reason is not None, "the last carries none", answer.exchange)
    reasons = [payload.get("stop_reason") for payload in answer.payloads[:-1]]
    early = any(reason is not None for reason in reasons)
    expect(not early, "an earlier event carries one", answer.exchange)


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


def _tail(text: str) -> str:
    return f"{len(text)} characters long and ends {text[-30:]!r}"


def _extends(texts: Sequence[str]) -> bool:
    return all(later.startswith(text) for text, later in pairwise(texts))


def _grows(texts: Sequence[str]) -> bool:
    return _extends(texts) and len(texts[-1]) > len(texts[0])
