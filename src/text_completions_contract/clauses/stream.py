"""Section `stream`: what the events say, in each version of the wire format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from .._bench import MANY_WORDS, Bench
from .._contract import COMPLETE, NEW, OLD
from .._judgement import assume, expect
from .._registry import invariant, must, must_both, section, should
from .._responses import DONE, Reply, expect_between, fails, last_of, payloads_of
from .._strict_json import as_text, difference, shown
from ..requests.exchange import Exchange
from ..requests.sse import Event
from .answer import check_stop
from .framing import expect_many_words

section("stream", "Stream meaning", order=7)

DOCS = "docs 2024, streaming"
FIRST_SDK = "parser of the first SDK; docs 2023-05"
STOP = "#/components/schemas/CompletionEvent/properties/stop"
REASON = "#/components/schemas/CompletionEvent/properties/stop_reason"


@invariant("stream/2023-06-01/1", DOCS)
def _named(_: Bench, exchange: Exchange) -> None:
    """Completion events are named `completion`."""
    names = {event.name for event in _events(exchange, NEW)}
    message = f"the events are named {', '.join(sorted(filter(None, names)))}"
    expect("completion" in names, message, exchange)
    expect(None not in names, "an event has no name", exchange)


@invariant("stream/2023-06-01/2", DOCS)
def _no_done(_: Bench, exchange: Exchange) -> None:
    """There is no `[DONE]`."""
    has_done = any(event.data.strip() == DONE for event in _events(exchange, NEW))
    expect(not has_done, "the stream holds `[DONE]`", exchange)


@must("stream/2023-06-01/3", DOCS)
def _increments(bench: Bench) -> None:
    """The text is incremental, not cumulative."""
    reply = bench.long(NEW, stream=True)
    texts = [piece for piece in reply.pieces if piece]
    assume(len(texts) >= 3, "the stream has fewer than three pieces of text")
    grows = _is_cumulative(texts) and len(texts[-1]) > len(texts[0])
    expect(not grows, "every event repeats the text so far", reply.exchange)


@invariant("stream/2023-06-01/4", f"{DOCS}; recorded")
def _one_reason(_: Bench, exchange: Exchange) -> None:
    """Exactly one event carries a `stop_reason`, and it is the last completion
    event.
    """
    _check_last_reason(exchange, NEW)


@must_both(
    "stream/2023-06-01/6", DOCS, messages=("messages/22", f"{DOCS} Messages; recorded")
)
def _many_events(bench: Bench, path: str) -> None:
    """A long text takes more than one event."""
    reply = bench.long(path=path, stream=True)
    expect_many_words(reply)
    texts = [piece for piece in reply.pieces if piece]
    expect(len(texts) > 1, f"{reply.words} words came in one event", reply.exchange)


@invariant("stream/2023-06-01/7", "recorded 6 of 6")
def _no_last_text(_: Bench, exchange: Exchange) -> None:
    """At a stop sequence the last event carries no text."""
    last = last_of(_payloads(exchange, NEW))
    assume(last.get("stop_reason") == "stop_sequence")
    text = as_text(last.get("completion")) or ""
    expect(text == "", f"the last event has the text {shown(text)}", exchange)


@invariant("stream/2023-06-01/8", f"{STOP}; recorded")
def _stop(_: Bench, exchange: Exchange) -> None:
    """`stop` is null in all events but the last, and there at `max_tokens`."""
    _check_last_stop(exchange, NEW)


@must_both(
    "stream/2023-06-01/9", DOCS, messages=("messages/13", f"{DOCS} Messages; recorded")
)
def _same_text(bench: Bench, path: str) -> None:
    """A stream has the text of the JSON response, and ends for the same reason."""
    full = bench.long(path=path)
    _expect_same(bench.long(path=path, stream=True), full, "the JSON response")


@should("stream/2023-06-01/10", "recorded 6 of 6")
def _last_text(bench: Bench) -> None:
    """At `max_tokens` the last event still carries text."""
    # A gateway that passes text on at once learns of the limit only after all text.
    reply = bench.long(NEW, max_tokens_to_sample=1, stream=True)
    is_cut = reply.reason == "max_tokens" and reply.text != ""
    assume(is_cut, "no text was cut at the limit")
    expect(reply.pieces[-1] != "", "the last event has no text", reply.exchange)


@invariant("stream/2023-01-01/1", FIRST_SDK)
def _unnamed(_: Bench, exchange: Exchange) -> None:
    """Completion events have no name."""
    names = [event.name for event in _events(exchange, OLD)]
    expect(None in names, "all events have names", exchange)
    expect("completion" not in names, "an event is named `completion`", exchange)


@invariant("stream/2023-01-01/2", FIRST_SDK)
def _done(_: Bench, exchange: Exchange) -> None:
    """The stream ends with one `data: [DONE]`."""
    events = _events(exchange, OLD)
    marks = [event.data == DONE for event in events]
    expect(marks and marks[-1], "the last event is not `[DONE]`", exchange)
    expect(events[-1].name is None, "the event `[DONE]` has a name", exchange)
    expect(marks.count(True) == 1, "`[DONE]` comes more than once", exchange)


@invariant("stream/2023-01-01/3", FIRST_SDK)
def _cumulative(_: Bench, exchange: Exchange) -> None:
    """Every event repeats all the text so far."""
    payloads = _payloads(exchange, OLD)
    all_texts = [as_text(payload.get("completion")) or "" for payload in payloads]
    texts = [text for text in all_texts if text]
    is_long = any(len(text.split()) >= MANY_WORDS for text in texts)
    assume(len(texts) > 1 or is_long)
    expect(len(texts) > 1, "a long text came in one event", exchange)
    message = "an event does not begin with the text of the one before"
    expect(_is_cumulative(all_texts), message, exchange)


@invariant("stream/2023-01-01/4", REASON)
def _old_reason(_: Bench, exchange: Exchange) -> None:
    """The last event before `[DONE]`, and no other, carries the `stop_reason`."""
    _check_last_reason(exchange, OLD)


@invariant("stream/2023-01-01/7", STOP)
def _old_stop(_: Bench, exchange: Exchange) -> None:
    """`stop` is null in all events but the last, and there at `max_tokens`."""
    _check_last_stop(exchange, OLD)


@must("stream/2023-01-01/6", FIRST_SDK)
def _same_as_json(bench: Bench) -> None:
    """A stream has the text of the JSON response, and ends for the same reason."""
    _expect_same(bench.long(OLD, stream=True), bench.long(), "the JSON response")


def _expect_same(stream: Reply, other: Reply, name: str) -> None:
    """Expect a stream to have the text and the stop reason of another response."""
    message = (
        f"the stream has {difference(stream.text, other.text)}, which is the text of "
        f"{name}"
    )
    expect_between(stream.text == other.text, message, stream, other)
    message = (
        f"the stream ends for {shown(stream.reason)}, {name} for {shown(other.reason)}"
    )
    expect_between(stream.reason == other.reason, message, stream, other)


def _events(exchange: Exchange, version: str) -> tuple[Event, ...]:
    """The events of a stream of this version that ended, and not with an error."""
    request = exchange.request
    assume(exchange.is_whole and exchange.is_stream and request.path == COMPLETE)
    assume(request.header("anthropic-version") == version and not fails(exchange))
    return exchange.events.events


def _payloads(exchange: Exchange, version: str) -> list[Mapping[str, Any]]:
    _events(exchange, version)
    return payloads_of(exchange)


def _check_last_reason(exchange: Exchange, version: str) -> None:
    """Expect a `stop_reason` in the last completion event alone."""
    reasons = [item.get("stop_reason") for item in _payloads(exchange, version)]
    assume(reasons)
    early = [reason for reason in reasons[:-1] if reason is not None]
    message = f"an earlier event has the `stop_reason` {shown(early[:1])}"
    expect(not early, message, exchange)
    message = f"the last event has the `stop_reason` {shown(reasons[-1])}"
    expect(isinstance(reasons[-1], str), message, exchange)


def _check_last_stop(exchange: Exchange, version: str) -> None:
    """Expect a `stop` in the last completion event alone, and not at the limit."""
    payloads = _payloads(exchange, version)
    assume(any("stop" in payload for payload in payloads))
    early = [payload.get("stop") for payload in payloads[:-1]]
    message = "an event before the last carries a `stop`"
    expect(all(stop is None for stop in early), message, exchange)
    check_stop(payloads[-1].get("stop"), payloads[-1].get("stop_reason"), exchange)


def _is_cumulative(texts: Sequence[str]) -> bool:
    return all(later.startswith(text) for text, later in pairwise(texts))
