"""Section `framing`: the bytes and events of a stream, before their meaning."""

from __future__ import annotations

from typing import Any

from text_completions_document import mapping

from .._bench import MANY_WORDS, Bench
from .._contract import COMPLETE, JSON, POST_COMPLETE, SSE
from .._judgement import Deviation, assume, expect
from .._parameters import good_members
from .._registry import invariant, must, must_both, section, should
from .._responses import (
    DONE,
    Reply,
    completions_of,
    expect_media_type,
    expect_status,
    strict_json,
    usable,
)
from .._strict_json import members_of, shown
from ..requests.exchange import Exchange
from .text import check_charset

section("framing", "Stream framing", order=6)

STREAM = f"{POST_COMPLETE}/responses/200/content/text~1event-stream"
WHATWG = "WHATWG HTML, 9.2 server-sent events"
DOCS = "docs 2024, streaming"
# Events that come this long after the headers, all at once or in bursts, were held.
HELD_SECONDS = 0.05
HELD_TIMES = 5
# So many events in one read are a burst.
BURST_EVENTS = 8
# A text that is made faster than this shows nothing.
SLOW_SECONDS = 0.3
# Events that the contract knows; any other event is unknown, and ignored.
KNOWN = frozenset({"completion", "ping", "error", None})


@must("framing/1", STREAM)
def _media_type(bench: Bench) -> None:
    """With `stream: true` the response is a 200 of type `text/event-stream`, whatever
    `accept` says.
    """
    _expect_200(bench.post_long(stream=True), SSE)
    _expect_200(_accepting(bench, JSON, stream=True), SSE)


@must("framing/2", f"{POST_COMPLETE}/requestBody")
def _no_stream(bench: Bench) -> None:
    """Without `stream`, or with `stream: false`, the response is one JSON object,
    whatever `accept` says.
    """
    # The first of these says `stream: false`.
    members, _ = next(good_members(bench, COMPLETE))
    for body in (bench.body(), bench.body(**members)):
        exchange = usable(bench.post(body))
        expect(not exchange.is_stream, "the response is a stream", exchange)
    _expect_200(_accepting(bench, SSE), JSON)


def _accepting(bench: Bench, media_type: str, **changes: Any) -> Exchange:
    """The response where only this media type is accepted, as by some clients."""
    headers = bench.headers(accept=media_type)
    exchange = bench.post(bench.body(**changes), headers=headers)
    # RFC 9110, 12.5.1: a server may refuse, or pass over the header.
    assume(exchange.status != 406, f"{media_type} alone is not acceptable")
    return exchange


def _expect_200(exchange: Exchange, media_type: str) -> None:
    expect_status(exchange, 200)
    expect_media_type(exchange, media_type)


@invariant("framing/3", "#/components/headers/CacheControl; recorded 6 of 6")
def _cache_control(_: Bench, exchange: Exchange) -> None:
    """A stream says `cache-control: no-cache`."""
    assume(exchange.is_stream)
    value = exchange.header("cache-control")
    found = shown(value) if value else "absent"
    message = f"`cache-control` is {found}, not `no-cache`"
    expect("no-cache" in (value or "").lower(), message, exchange)


@invariant("framing/4", WHATWG)
def _utf8(_: Bench, exchange: Exchange) -> None:
    """A stream is UTF-8, every byte of it."""
    assume(exchange.is_stream)
    check_charset(exchange)
    place = exchange.events.malformed
    expect(place is None, f"byte {place} is not UTF-8", exchange)


@invariant("framing/5", WHATWG)
def _blank_line(_: Bench, exchange: Exchange) -> None:
    """Every event, the last one too, ends with a blank line."""
    # A stream that this suite gave up says nothing about the server.
    assume(exchange.is_stream and exchange.fault is None)
    message = "the last event does not end with a blank line"
    expect(not exchange.events.unfinished, message, exchange)


@invariant("framing/6", f"{STREAM}/schema")
def _payloads(bench: Bench, exchange: Exchange) -> None:
    """The data of every event fits the schema for its name."""
    assume(_is_good_stream(exchange) and exchange.request.path == COMPLETE)
    for event in exchange.events.events:
        problem = bench.contract.event_problem(COMPLETE, event)
        name = f"the event {shown(event.name)}" if event.name else "an unnamed event"
        expect(problem is None, f"{name}: {problem}", exchange)


@invariant("framing/7", "RFC 8259, 4 and 8.1")
def _strict_json(_: Bench, exchange: Exchange) -> None:
    """The data of every known event is JSON in the sense of RFC 8259."""
    assume(_is_good_stream(exchange))
    for event in exchange.events.events:
        if event.name in KNOWN and event.data != DONE:
            strict_json(exchange, event.data, "an event's data")


@invariant("framing/8", DOCS)
def _ends(_: Bench, exchange: Exchange) -> None:
    """A stream ends by itself: it is not cut and not held open."""
    assume(_is_good_stream(exchange))
    usable(exchange)


@must_both("framing/9", DOCS, messages=("messages/28", f"{DOCS} Messages; recorded"))
def _flows(bench: Bench, path: str) -> None:
    """Events are sent as they are made, not held back until the text is complete, nor
    in bursts.
    """
    for version in bench.versions if path == COMPLETE else [bench.version]:
        reply = bench.long(version, path=path, stream=True)
        expect_many_words(reply)
        _expect_flow(bench, reply.exchange)


@must("framing/14", DOCS)
def _compressed_flows(bench: Bench) -> None:
    """A stream that is compressed is not held back until a block of it is full."""
    headers = bench.headers(accept_encoding="gzip")
    exchange = bench.post(bench.long_body(stream=True), headers=headers)
    expect_status(exchange, 200)
    is_compressed = exchange.header("content-encoding") is not None
    assume(is_compressed, "streams are not compressed, although gzip was accepted")
    _expect_flow(bench, exchange)


def _expect_flow(bench: Bench, exchange: Exchange) -> None:
    reason = ""
    for _ in range(HELD_TIMES):
        reason = _held_back(exchange)
        if not reason:
            return
        exchange = bench.send_again(exchange.request)
    raise Deviation(reason, exchange)


def _held_back(exchange: Exchange) -> str:
    """How events were held back, or "" if they were not.

    A fast server may send all at once. Only one that takes its time, and then sends
    many events together, holds them back.
    """
    events, reads = len(exchange.events.events), len(exchange.arrivals)
    if not reads or exchange.arrivals[-1] - exchange.began < HELD_SECONDS:
        return ""
    if reads == 1:
        return "all events came at once, long after the headers"
    is_burst = events >= BURST_EVENTS * reads
    return f"{events} events came in {reads} bursts" if is_burst else ""


@invariant("framing/10", "#/components/schemas/CompletionEvent; recorded")
def _one_answer(_: Bench, exchange: Exchange) -> None:
    """All events of a stream carry the same `id`, `log_id` and `model`."""
    completions = completions_of(exchange) if exchange.is_stream else []
    assume(completions)
    for member in ("id", "log_id", "model"):
        values = {shown(item.get(member)) for item in completions}
        message = f"`{member}` has several values: {', '.join(sorted(values)[:3])}"
        expect(len(values) <= 1, message, exchange)


@should("framing/11", DOCS)
def _first_words(bench: Bench) -> None:
    """The first words of a long text come long before its end."""
    long = bench.long(stream=True)
    expect_many_words(long)
    exchange = long.exchange
    short = bench.long(max_tokens_to_sample=1, stream=True).exchange
    for _ in range(HELD_TIMES):
        assume(short.arrivals and exchange.arrivals, "no event came")
        making = exchange.arrivals[-1] - short.arrivals[-1]
        assume(making >= SLOW_SECONDS, "the server is too fast to tell")
        # The first words should take as long as a text that has only those.
        if exchange.arrivals[0] - short.arrivals[-1] < making / 2:
            return
        short, exchange = (
            bench.send_again(short.request),
            bench.send_again(exchange.request),
        )
    raise Deviation("the first words came only when the last did", exchange)


@invariant("framing/12", f"{POST_COMPLETE}/requestBody")
def _as_asked(_: Bench, exchange: Exchange) -> None:
    """Every 200 is a stream exactly where `stream: true` asked for one."""
    assume(exchange.status == 200 and exchange.request.json != {})
    stream = exchange.request.json.get("stream")
    expect_media_type(exchange, SSE if stream is True else JSON)


@invariant("framing/13", DOCS)
def _nothing_more(_: Bench, exchange: Exchange) -> None:
    """No error follows the event that says why the text ended."""
    ended = False
    for event in exchange.events.events if _is_good_stream(exchange) else ():
        message = "an error event follows the end"
        expect(not ended or event.name != "error", message, exchange)
        ended = ended or event.data == DONE or _has_reason(event.data)
    assume(ended)


def expect_many_words(reply: Reply) -> None:
    """Judge only a text that takes more than one event."""
    reason = f"the text has fewer than {MANY_WORDS} words"
    assume(reply.words >= MANY_WORDS, reason)


def _has_reason(data: str) -> bool:
    """Whether the data of an event has a `stop_reason`."""
    members = members_of(data)
    delta = mapping(members.get("delta"))
    return any(item.get("stop_reason") is not None for item in (members, delta))


def _is_good_stream(exchange: Exchange) -> bool:
    return exchange.status == 200 and exchange.is_stream
