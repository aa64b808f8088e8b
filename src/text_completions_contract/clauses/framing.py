"""Section `framing`: the bytes of a stream, before any meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .._answers import payloads_of, sound
from .._bench import MANY_WORDS, Bench
from .._document import COMPLETE, JSON, SSE
from .._expectations import POST_COMPLETE, with_everything
from .._judgement import Deviation, NotJudged, expect
from .._registry import invariant, must, section, should
from .._strict_json import NotStrictJson, as_object, read_json
from ..requests.exchange import Exchange
from .text import check_charset

section("framing", "Stream framing", order=6)

STREAM = f"{POST_COMPLETE}/responses/200/content/text~1event-stream"
WHATWG = "WHATWG HTML, 9.2 server-sent events"
HELD_SECONDS = 0.05
HELD_TIMES = 3
# A text that takes less time than this to make shows nothing.
SLOW_SECONDS = 0.3
# Names that a receiver, not a sender, gives meaning to; any other event is unknown.
OWN = frozenset({"completion", "ping", "error", None})


@must(
    "framing/1",
    "With `stream: true` the answer is a 200 of type `text/event-stream`.",
    STREAM,
)
def _media_type(bench: Bench) -> None:
    exchange = sound(bench.raw_long_stream())
    expect(exchange.status == 200, f"answered {exchange.status}", exchange)
    expect(exchange.is_stream, f"it is {exchange.media_type!r}", exchange)


@must(
    "framing/2",
    "Without `stream`, or with `stream: false`, the answer is one JSON object.",
    f"{POST_COMPLETE}/requestBody",
)
def _no_stream(bench: Bench) -> None:
    for body in (bench.body(), with_everything(bench)):
        exchange = sound(bench.post(body))
        expect(not exchange.is_stream, "it is a stream", exchange)


@invariant(
    "framing/3",
    "A stream says `cache-control: no-cache`.",
    "#/components/headers/CacheControl; recorded 6 of 6",
)
def _cache_control(_: Bench, exchange: Exchange) -> bool:
    if not exchange.is_stream:
        return False
    said = (exchange.header("cache-control") or "").lower()
    expect("no-cache" in said, f"`cache-control` is {said!r}", exchange)
    return True


@invariant("framing/4", "A stream is UTF-8, every byte of it.", WHATWG)
def _utf8(_: Bench, exchange: Exchange) -> bool:
    if not exchange.is_stream:
        return False
    check_charset(exchange)
    place = exchange.events.malformed
    expect(place is None, f"byte {place} is no UTF-8", exchange)
    return True


@invariant(
    "framing/5", "Every event, the last one too, ends with a blank line.", WHATWG
)
def _blank_line(_: Bench, exchange: Exchange) -> bool:
    # What was cut by the caps of this suite says nothing of the server.
    if not exchange.is_stream or exchange.fault is not None:
        return False
    expect(not exchange.events.unfinished, "the last event has no end", exchange)
    return True


@invariant(
    "framing/6",
    "The data of every event fits the schema of its name.",
    f"{STREAM}/schema",
)
def _payloads(bench: Bench, exchange: Exchange) -> bool:
    if not _is_good_stream(exchange) or exchange.request.path != COMPLETE:
        return False
    for event in exchange.events.events:
        problem = bench.document.event_problem(COMPLETE, event)
        expect(problem is None, f"the event {event.name!r}: {problem}", exchange)
    return True


@invariant(
    "framing/7",
    "The data of every event of a known name is JSON in the sense of RFC 8259.",
    "RFC 8259, 4 and 8.1",
)
def _strict_json(_: Bench, exchange: Exchange) -> bool:
    if not _is_good_stream(exchange):
        return False
    for event in exchange.events.events:
        if event.name in OWN and event.data != "[DONE]":
            _read(exchange, event.data)
    return True


@must(
    "framing/8",
    "A stream comes to its end by itself, not cut and not held open.",
    "docs 2024, streaming",
)
def _ends(bench: Bench) -> None:
    for exchange in _streams(bench):
        sound(exchange)


@must(
    "framing/9",
    "Events are sent as they are made, not held back until the text is complete.",
    "docs 2024, streaming",
)
def _flows(bench: Bench) -> None:
    answer = bench.long_stream()
    if answer.words < MANY_WORDS:
        raise NotJudged(f"the text has fewer than {MANY_WORDS} words")
    exchange = answer.exchange
    # A fast server may well send all at once: only one that waits first holds back.
    for _ in range(HELD_TIMES):
        if not _is_held(exchange):
            return
        exchange = bench.repeat(exchange)
    raise Deviation("all events came at once, long after the headers", exchange)


@invariant(
    "framing/10",
    "All events of a stream carry the same `id`, `log_id` and `model`.",
    "#/components/schemas/CompletionEvent; recorded",
)
def _one_answer(_: Bench, exchange: Exchange) -> bool:
    payloads = payloads_of(exchange)
    if not exchange.is_stream or not payloads or exchange.request.path != COMPLETE:
        return False
    for member in ("id", "log_id", "model"):
        values = {repr(payload.get(member)) for payload in payloads}
        said = f"the events carry different values of `{member}`"
        expect(len(values) == 1, said, exchange)
    return True


@should(
    "framing/11",
    "The first words of a long text come long before its end.",
    "docs 2024, streaming",
)
def _first_words(bench: Bench) -> None:
    answer = bench.long_stream()
    if answer.words < MANY_WORDS:
        raise NotJudged(f"the text has fewer than {MANY_WORDS} words")
    exchange = answer.exchange
    short = bench.long_stream(max_tokens_to_sample=1).exchange
    for _ in range(HELD_TIMES):
        if not (short.arrivals and exchange.arrivals):
            raise NotJudged("no event came")
        making = exchange.arrivals[-1] - short.arrivals[-1]
        if making < SLOW_SECONDS:
            raise NotJudged("the server is too fast to see it")
        # The time until the first words is that of a text that has only those.
        if exchange.arrivals[0] - short.arrivals[-1] < making / 2:
            return
        short, exchange = bench.repeat(short), bench.repeat(exchange)
    raise Deviation("the first words came only when the last did", exchange)


@invariant(
    "framing/12",
    "Every 200 is a stream exactly where `stream: true` asked for one.",
    f"{POST_COMPLETE}/requestBody",
)
def _as_asked(_: Bench, exchange: Exchange) -> bool:
    if exchange.status != 200 or not exchange.request.json:
        return False
    asked = exchange.request.json.get("stream") is True
    said = f"`stream` was {json.dumps(asked)}, and it is {exchange.media_type!r}"
    expect(exchange.media_type == (SSE if asked else JSON), said, exchange)
    return True


@invariant(
    "framing/13",
    "A stream that said how it ended has no error after that.",
    "docs 2024, streaming",
)
def _nothing_more(_: Bench, exchange: Exchange) -> bool:
    ended = False
    for event in exchange.events.events if _is_good_stream(exchange) else ():
        wrong = ended and event.name == "error"
        expect(not wrong, "an error follows the end", exchange)
        ended = ended or event.data == "[DONE]" or _says_why(event.data)
    return ended


def _says_why(data: str) -> bool:
    """Whether the data of an event carry a `stop_reason`."""
    try:
        members = as_object(read_json(data)) or {}
    except NotStrictJson:
        return False
    delta = as_object(members.get("delta")) or {}
    return any(item.get("stop_reason") is not None for item in (members, delta))


def _is_good_stream(exchange: Exchange) -> bool:
    return exchange.status == 200 and exchange.is_stream


def _is_held(exchange: Exchange) -> bool:
    arrivals = exchange.arrivals
    return len(arrivals) == 1 and arrivals[0] - exchange.began >= HELD_SECONDS


def _streams(bench: Bench) -> Iterator[Exchange]:
    for version in bench.versions:
        yield bench.raw_long_stream(version)


def _read(exchange: Exchange, data: str) -> None:
    try:
        read_json(data)
    except NotStrictJson as error:
        raise Deviation(f"an event's data holds {error}", exchange) from error
