"""Section `messages`: what holds for every response of the second operation."""

from __future__ import annotations

import re
from itertools import groupby

from text_completions_document import mapping, sequence

from .._bench import Bench
from .._contract import JSON, MESSAGES
from .._judgement import assume, expect
from .._registry import invariant
from .._responses import (
    Reply,
    expect_media_type,
    fails,
    good_reply,
    payload_of,
    payloads_of,
    read_object,
)
from .._strict_json import as_text, shown
from ..requests.exchange import Exchange
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


@invariant("messages/1", MESSAGE)
def _schema(bench: Bench, exchange: Exchange) -> None:
    """A message has all members of its schema."""
    assume(_is_good(exchange) and not exchange.is_stream)
    expect_media_type(exchange, JSON)
    members = read_object(exchange)
    problem = bench.contract.response_problem(MESSAGES, members)
    expect(problem is None, str(problem), exchange)


@invariant("messages/2", f"{MESSAGE}/properties/stop_sequence")
def _reason(_: Bench, exchange: Exchange) -> None:
    """`stop_reason` is set, and `stop_sequence` exactly when it is the reason."""
    reply = _reply(exchange)
    expect(reply.reason is not None, "there is no `stop_reason`", exchange)
    named = as_text(reply.members.get("stop_sequence"))
    agrees = (named is not None) == (reply.reason == "stop_sequence")
    message = (
        f"`stop_sequence` is {shown(named)} where `stop_reason` is "
        f"{shown(reply.reason)}"
    )
    expect(agrees, message, exchange)
    asked = sequence(exchange.request.json.get("stop_sequences"))
    message = f"`stop_sequence` is {shown(named)}, which the request does not name"
    expect(named is None or named in asked, message, exchange)


@invariant("messages/11", STREAM)
def _order(_: Bench, exchange: Exchange) -> None:
    """A stream is message_start, blocks of start, deltas and stop, message_delta,
    message_stop.
    """
    assume(_is_good_stream(exchange))
    names = [event.name or "unnamed" for event in exchange.events.events]
    letters = "".join(LETTERS.get(name, "") for name in names)
    runs = ((name, len(list(run))) for name, run in groupby(names))
    order = [f"{name} ({n} times)" if n > 1 else name for name, n in runs]
    message = f"the events come as {', '.join(order[:12])}"
    expect(ORDER.fullmatch(letters), message, exchange)


@invariant("messages/12", STREAM)
def _payloads(bench: Bench, exchange: Exchange) -> None:
    """The data of every event fits the schema for its name and repeats the name."""
    assume(_is_good_stream(exchange))
    for event in exchange.events.events:
        problem = bench.contract.event_problem(MESSAGES, event)
        expect(problem is None, f"the event {shown(event.name)}: {problem}", exchange)
        if event.name in LETTERS:
            kind = payload_of(exchange, event).get("type")
            message = f"the event {shown(event.name)} has the type {shown(kind)}"
            expect(kind == event.name, message, exchange)


@invariant("messages/14", f"{MESSAGE}/properties/stop_reason")
def _open_start(_: Bench, exchange: Exchange) -> None:
    """In `message_start` the `stop_reason` is null and `content` is empty."""
    assume(_is_good_stream(exchange))
    for message in payloads_of(exchange):
        reason = message.get("stop_reason")
        found = f"`stop_reason` is {shown(reason)}, not null"
        expect(reason is None, found, exchange)
        blocks = sequence(message.get("content"))
        found = f"`content` has {len(blocks)} blocks, and should have none"
        expect(not blocks, found, exchange)


@invariant("messages/17", f"{MESSAGE}/properties/model")
def _named(bench: Bench, exchange: Exchange) -> None:
    """A message has an `id`, and names the model that was asked for."""
    messages = payloads_of(exchange) if _is_good(exchange) else []
    assume(messages)
    for message in messages:
        identity = message.get("id")
        expect(identity, f"`id` is {shown(identity)}", exchange)
        if exchange.request.json.get("model") == bench.settings.model:
            check_model(bench, exchange, message.get("model"))


@invariant("messages/21", STREAM)
def _blocks(_: Bench, exchange: Exchange) -> None:
    """Blocks are counted from 0, a delta and a stop name the block that was started,
    and text comes in `text_delta`.
    """
    assume(_is_good_stream(exchange))
    started, count = None, 0
    for event in exchange.events.events:
        if event.name not in BLOCKS:
            continue
        payload = payload_of(exchange, event)
        index = payload.get("index")
        if event.name == "content_block_start":
            started, count = count, count + 1
        message = f"{event.name} has the index {shown(index)}, not {shown(started)}"
        expect(index == started, message, exchange)
        delta = mapping(payload.get("delta"))
        message = f"a delta with text has the type {shown(delta.get('type'))}"
        is_text_delta = delta.get("type") == "text_delta"
        expect("text" not in delta or is_text_delta, message, exchange)


@invariant("messages/23", f"{MESSAGE}/properties/usage")
def _usage(_: Bench, exchange: Exchange) -> None:
    """`usage` counts at least a token for each word, and no more than `max_tokens`."""
    reply = _reply(exchange)
    tokens = mapping(reply.members.get("usage")).get("output_tokens", "none")
    limit = exchange.request.json.get("max_tokens")
    assume(reply.words > 0 and isinstance(tokens, int))
    message = f"{reply.words} words came, and `output_tokens` is {tokens}"
    expect(tokens >= reply.words, message, exchange)
    message = f"`output_tokens` is {tokens} at a limit of {limit}"
    expect(not isinstance(limit, int | float) or tokens <= limit, message, exchange)


def _is_good(exchange: Exchange) -> bool:
    return exchange.is_whole and exchange.request.path == MESSAGES


def _is_good_stream(exchange: Exchange) -> bool:
    """Whether it is a whole stream of a message without an error."""
    return _is_good(exchange) and exchange.is_stream and not fails(exchange)


def _reply(exchange: Exchange) -> Reply:
    """The message, read, unless it is not good: other clauses judge that."""
    assume(_is_good(exchange) and not fails(exchange))
    return good_reply(exchange)
