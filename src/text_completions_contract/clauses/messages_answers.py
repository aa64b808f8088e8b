"""Section `messages`, continued: what holds for every answer of the operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._answers import (
    Answer,
    fails,
    payload_of,
    payloads_of,
    read_message,
    read_message_stream,
    read_object,
)
from .._bench import Bench
from .._document import JSON, MESSAGES
from .._judgement import Deviation, expect
from .._registry import invariant
from .._strict_json import as_list, as_object, as_text
from ..requests.exchange import Exchange
from ..requests.sse import Event
from .answer import check_model

MESSAGE = "#/components/schemas/Message"
STREAM = "docs 2024, streaming Messages; recorded"
# The order of a stream, a letter per event; pings may come anywhere.
ORDER = re.compile(r"s(bd*e)*m+x")
LETTERS = {
    "message_start": "s",
    "content_block_start": "b",
    "content_block_delta": "d",
    "content_block_stop": "e",
    "message_delta": "m",
    "message_stop": "x",
}
BLOCKS = frozenset({"content_block_start", "content_block_delta", "content_block_stop"})


@invariant(
    "messages/1",
    "A message has all members of its schema.",
    MESSAGE,
    needs="messages",
)
def _schema(bench: Bench, exchange: Exchange) -> bool:
    if not _is_good(exchange) or exchange.is_stream:
        return False
    expect(exchange.media_type == JSON, f"it is {exchange.media_type}", exchange)
    problem = bench.document.answer_problem(MESSAGES, 200, read_object(exchange))
    expect(problem is None, str(problem), exchange)
    return True


@invariant(
    "messages/2",
    "`stop_reason` is set, and `stop_sequence` exactly when it is the reason.",
    f"{MESSAGE}/properties/stop_sequence",
    needs="messages",
)
def _reason(_: Bench, exchange: Exchange) -> bool:
    answer = _answer(exchange)
    if answer is None:
        return False
    expect(answer.reason is not None, "there is no `stop_reason`", exchange)
    sequence = as_text(answer.members.get("stop_sequence"))
    agrees = (sequence is not None) == (answer.reason == "stop_sequence")
    said = f"`stop_sequence` is {sequence!r} at {answer.reason!r}"
    expect(agrees, said, exchange)
    asked = as_list(exchange.request.json.get("stop_sequences"))
    said = f"`stop_sequence` is {sequence!r}, which the request does not name"
    expect(sequence is None or sequence in asked, said, exchange)
    return True


@invariant(
    "messages/11",
    "A stream is message_start, blocks of start, deltas and stop, message_delta, "
    "message_stop.",
    STREAM,
    needs="messages",
)
def _order(_: Bench, exchange: Exchange) -> bool:
    if not _is_good_stream(exchange):
        return False
    names = [event.name or "" for event in exchange.events.events]
    letters = "".join(LETTERS.get(name, "") for name in names)
    said = f"the events come as {', '.join(names[:12])}"
    expect(bool(ORDER.fullmatch(letters)), said, exchange)
    return True


@invariant(
    "messages/12",
    "The data of every event fits the schema of its name and repeats the name.",
    STREAM,
    needs="messages",
)
def _payloads(bench: Bench, exchange: Exchange) -> bool:
    if not _is_good_stream(exchange):
        return False
    for event in exchange.events.events:
        problem = bench.document.event_problem(MESSAGES, event)
        if problem is not None:
            raise Deviation(f"the event {event.name!r}: {problem}", exchange)
        if event.name in LETTERS:
            kind = payload_of(exchange, event).get("type")
            said = f"the event {event.name!r} has the type {kind!r}"
            expect(kind == event.name, said, exchange)
    return True


@invariant(
    "messages/14",
    "`stop_reason` is null in `message_start`.",
    f"{MESSAGE}/properties/stop_reason",
    needs="messages",
)
def _open_start(_: Bench, exchange: Exchange) -> bool:
    if not _is_good_stream(exchange):
        return False
    for message in payloads_of(exchange):
        reason = message.get("stop_reason")
        expect(reason is None, f"it is {reason!r}", exchange)
    return True


@invariant(
    "messages/17",
    "A message has a name, and names the model that was asked for.",
    f"{MESSAGE}/properties/model",
    needs="messages",
)
def _named(bench: Bench, exchange: Exchange) -> bool:
    messages = payloads_of(exchange) if _is_good(exchange) else []
    for message in messages:
        name = message.get("id")
        expect(bool(name), f"`id` is {name!r}", exchange)
        if exchange.request.json.get("model") == bench.settings.model:
            check_model(bench, exchange, message.get("model"))
    return bool(messages)


@invariant(
    "messages/21",
    "A delta and a stop name the block that was started, and text comes in "
    "`text_delta`.",
    STREAM,
    needs="messages",
)
def _blocks(_: Bench, exchange: Exchange) -> bool:
    if not _is_good_stream(exchange):
        return False
    started: object = None
    for event in exchange.events.events:
        if event.name not in BLOCKS:
            continue
        payload = _payload(exchange, event)
        index = payload.get("index")
        if event.name == "content_block_start":
            started = index
        said = f"{event.name} has the index {index!r}, not {started!r}"
        expect(index == started, said, exchange)
        delta = as_object(payload.get("delta")) or {}
        kind = delta.get("type")
        named = "text" not in delta or kind == "text_delta"
        expect(named, f"a delta with text has the type {kind!r}", exchange)
    return True


@invariant(
    "messages/23",
    "`usage` counts a token at least where a message has text.",
    f"{MESSAGE}/properties/usage",
    needs="messages",
)
def _usage(_: Bench, exchange: Exchange) -> bool:
    answer, usages = _answer(exchange), _usages(exchange)
    usage = as_object(usages[-1]) if usages else None
    tokens = (usage or {}).get("output_tokens")
    if answer is None or not answer.words or not isinstance(tokens, int):
        return False
    said = f"{answer.words} words came, and `output_tokens` is {tokens}"
    expect(tokens > 0, said, exchange)
    return True


def _is_good(exchange: Exchange) -> bool:
    good = (exchange.status, exchange.fault) == (200, None)
    return good and exchange.request.path == MESSAGES


def _is_good_stream(exchange: Exchange) -> bool:
    """Whether it is a stream of a message that came to no error."""
    return _is_good(exchange) and exchange.is_stream and not fails(exchange)


def _answer(exchange: Exchange) -> Answer | None:
    """What the exchange says, if it can be read; others judge whether it can."""
    try:
        if _is_good_stream(exchange):
            return read_message_stream(exchange)
        if _is_good(exchange) and not exchange.is_stream:
            return read_message(exchange)
    except Deviation:
        pass
    return None


def _usages(exchange: Exchange) -> list[Any]:
    """What is said of usage: in the message, or in the last events of a stream."""
    if not exchange.is_stream:
        return [item["usage"] for item in payloads_of(exchange) if "usage" in item]
    endings = (item for item in exchange.events.events if item.name == "message_delta")
    payloads = (_payload(exchange, event) for event in endings)
    return [payload["usage"] for payload in payloads if "usage" in payload]


def _payload(exchange: Exchange, event: Event) -> Mapping[str, Any]:
    try:
        return payload_of(exchange, event)
    except Deviation:
        return {}
