"""Section `messages`: the second operation, where a server has it."""

from __future__ import annotations

import json
import re
from itertools import cycle, groupby
from typing import Any

from text_completions_document import mapping
from text_completions_document import sequence as as_list

from .._bench import WITHOUT_KEY, Bench
from .._contract import JSON, MESSAGE_PARAMS, MESSAGES
from .._judgement import assume, expect
from .._parameters import TEXT_BLOCK, good, refuses, refuses_mistyped, takes
from .._registry import invariant, must, section
from .._responses import (
    AUTHENTICATION_ERROR,
    Reply,
    accepted,
    expect_between,
    expect_error,
    expect_media_type,
    fails,
    good_reply,
    payload_of,
    payloads_of,
    read_object,
    read_reply,
    refused,
    usable,
)
from .._strict_json import as_text, shown
from ..requests.exchange import Exchange
from .answer import PLACES, about, check_model, expect_independent
from .limits import expect_cut_at_limit, expect_growth, expect_within
from .stop import among_similar, expect_cut
from .text import survive_odd_texts

section("messages", "Messages", order=14, needs="messages")

MESSAGE = "#/components/schemas/Message"
STREAM = "docs 2024, streaming Messages; recorded"
FEW = 5
USER = {"role": "user", "content": "Hello, Claude"}
ASSISTANT = {"role": "assistant", "content": [{"type": "text", "text": "Hello."}]}
WRONG_TURNS: list[dict[str, Any]] = [
    {"role": "user", "content": {"string": "Hello"}},
    {"role": "user", "content": [{"type": "text"}]},
    {"role": "user", "content": [{"text": "Hello"}]},
    {"role": "user", "content": [{"type": "image", "text": "Hello"}]},
    {"role": "user", "content": [{**TEXT_BLOCK, "title": "Greeting"}]},
    {"role": "human", "content": "Hello"},
    {"content": "Hello"},
    {"role": "user"},
    {**USER, "name": "Ann"},
]
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

good(
    "messages",
    [{"role": "user", "content": [TEXT_BLOCK, TEXT_BLOCK]}],
    [*[USER, ASSISTANT] * 40, USER],
    path=MESSAGES,
)
good("system", "You are terse.", path=MESSAGES)
good("top_k", 100_000, 0, path=MESSAGES)
good("stop_sequences", [], ["###"], ["e"], path=MESSAGES)
good("metadata", {}, {"user_id": None}, path=MESSAGES)
good("max_tokens", 8.0, path=MESSAGES)
# Wrong values, apart from those beyond bounds and of other types.
WRONG: dict[str, list[Any]] = {
    "max_tokens": [-1],
    "metadata": [{"session": "a"}, {"user_id": "u" * 513}],
    "system": [{"text": "You are terse."}],
}


@must("messages/4", MESSAGE_PARAMS)
def _bounds(bench: Bench) -> None:
    """Parameters that do not exist, are out of bounds or of another type are
    refused.
    """
    refuses(bench, "max_tokens_to_sample", [8], MESSAGES)
    for name in _parameters(bench):
        refuses(bench, name, WRONG.get(name, []), MESSAGES)
        refuses_mistyped(bench, name, MESSAGES)


@must("messages/5", "#/components/schemas/MessageParam")
def _turns(bench: Bench) -> None:
    """A turn with another role, other members or content of another form is refused."""
    first, *others = WRONG_TURNS
    # A careless server checks only the last turn.
    turns = [[], [first, ASSISTANT, USER], *([turn] for turn in others)]
    refuses(bench, "messages", turns, MESSAGES)
    refuses_mistyped(bench, "messages", MESSAGES)


@must("messages/8", MESSAGE_PARAMS)
def _accepted(bench: Bench) -> None:
    """Content may be a list of texts, and a dialogue may have a system prompt."""
    takes(bench, "messages", MESSAGES)
    takes(bench, "system", MESSAGES)


@must("messages/9", f"{MESSAGE_PARAMS}/properties/max_tokens")
def _limit(bench: Bench) -> None:
    """A message has no more words than `max_tokens`, says when it was cut there, and is
    longer at a greater limit.
    """
    full, part = _long(bench), _long(bench, max_tokens=FEW)
    expect_within(part, FEW)
    if len(part.text) < len(full.text):
        expect_cut_at_limit(full, part)
    # A server may repeat the text that it continues; not every model
    # continues one.
    begun = {"role": "assistant", "content": "I walk along the river and"}
    body = bench.body(MESSAGES, messages=[USER, begun], max_tokens=FEW)
    continued = usable(bench.post(body, path=MESSAGES))
    if continued.status == 200:
        expect_within(read_reply(continued, stream=False), FEW)
    if full.reason == "max_tokens":
        expect_growth([part, _long(bench, max_tokens=bench.limit // 2), full])


@must("messages/10", f"{MESSAGE_PARAMS}/properties/stop_sequences")
def _stop(bench: Bench) -> None:
    """The text ends where the first stop sequence would appear, and `stop_sequence`
    names it.
    """
    full = _long(bench)
    listed, sequence = among_similar(full)
    _expect_stopped(full, _long(bench, stop_sequences=listed), sequence)


@must("messages/15", "#/paths/~1v1~1messages/post/parameters")
def _headers(bench: Bench) -> None:
    """The key and the version are required, as for `/v1/complete`."""
    for stream, form in ((False, ""), (True, ", `stream: true`")):
        body = bench.body(MESSAGES, stream=stream)
        for what, key in WITHOUT_KEY[: 2 if stream else 1]:
            headers = bench.headers(key=key)
            exchange = bench.post(body, path=MESSAGES, headers=headers)
            expect_error(exchange, f"{what}{form}", 401, AUTHENTICATION_ERROR)
        for version in (None, "2024-06-01")[: 1 if stream else 2]:
            headers = bench.headers(anthropic_version=version)
            exchange = bench.post(body, path=MESSAGES, headers=headers)
            refused(exchange, f"anthropic-version: {version}{form}")


@must("messages/16", MESSAGE_PARAMS)
def _together(bench: Bench) -> None:
    """All parameters may be given together, also at their bounds."""
    for name in _parameters(bench):
        takes(bench, name, MESSAGES)


@must("messages/20", MESSAGE_PARAMS)
def _bounded_stream(bench: Bench) -> None:
    """A streamed message obeys its limit and its stop sequences."""
    full = _long(bench)
    part = _long(bench, max_tokens=1, stream=True)
    expect_within(part, 1)
    if len(part.text) < len(full.text):
        expect_cut_at_limit(full, part)
    listed, sequence = among_similar(full)
    cut = _long(bench, stop_sequences=listed[::-1], stream=True)
    _expect_stopped(full, cut, sequence)


@must("messages/24", "RFC 8259, 8.2")
def _odd(bench: Bench) -> None:
    """Odd characters in any text do not crash the server."""
    survive_odd_texts(
        bench,
        MESSAGES,
        lambda text: {
            "messages": [{"role": "user", "content": f"Hello {text}"}],
            "system": f"You are terse {text}",
            "stop_sequences": [text, "###"],
        },
    )


@must("messages/25", f"{MESSAGE_PARAMS}; RFC 8259, 4, 6, 8.1")
def _not_an_object(bench: Bench) -> None:
    """A body that is not a JSON object in UTF-8 is refused."""
    body = json.dumps(bench.body(MESSAGES)).encode()
    broken = {
        b"": "an empty body",
        b"[" + body + b"]": "a body in a list",
        body[:-1] + b",}": "a comma before the end",
        body[:-1] + b', "temperature": NaN}': "temperature: NaN",
        body.replace(b"walk", b"w\xe4lk\xff"): "Latin-1",
        b"[" * 20_000 + b"]" * 20_000: "twenty thousand arrays",
    }
    for (text, what), version in zip(broken.items(), cycle(bench.versions)):
        headers = bench.headers(anthropic_version=version)
        exchange = bench.post(text, path=MESSAGES, headers=headers)
        refused(exchange, f"{what}, under {version}")


@must(
    "messages/26", "RFC 9110, 5.1; RFC 9112, 6.3; #/components/parameters/AnthropicBeta"
)
def _spelling(bench: Bench) -> None:
    """Headers may be written in any letter case, a charset and `anthropic-beta` be
    added, and the body come in chunks, or be answered 411.
    """
    headers = bench.headers(
        anthropic_beta="prompt-caching-2024-07-31",
        content_type="application/json; charset=utf-8",
    )
    headers = {name.upper(): value for name, value in headers.items()}
    body = bench.body(MESSAGES)
    exchange = bench.post(body, path=MESSAGES, headers=headers, is_chunked=True)
    if usable(exchange).status != 411:
        accepted(exchange, f"{', '.join(headers)}, and a body in chunks")


@must("messages/29", "RFC 9110, 3.3: requests are independent of each other")
def _parallel(bench: Bench) -> None:
    """Concurrent requests get the responses they get alone."""
    one, other, *_ = PLACES
    alone = [
        about(bench, one, path=MESSAGES, stop_sequences=["e"]),
        about(bench, other, path=MESSAGES, stream=True),
    ]
    expect_independent(bench, alone)


# What holds for every response.


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
    asked = as_list(exchange.request.json.get("stop_sequences"))
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
        blocks = as_list(message.get("content"))
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


def _expect_stopped(full: Reply, cut: Reply, sequence: str) -> None:
    """Expect a text to end at a stop sequence, and to say so."""
    expect_cut(full, cut, sequence)
    named = cut.members.get("stop_sequence")
    message = f"`stop_sequence` is {shown(named)}, not {shown(sequence)}"
    expect_between(named == sequence, message, cut, full)


def _parameters(bench: Bench) -> list[str]:
    """All parameters but the turns, which have clauses of their own."""
    _, known = bench.contract.request_schema(MESSAGES, "properties")
    return [name for name in known if name != "messages"]


def _long(bench: Bench, **changes: Any) -> Reply:
    return bench.long(path=MESSAGES, **changes)


def _is_good(exchange: Exchange) -> bool:
    return exchange.is_whole and exchange.request.path == MESSAGES


def _is_good_stream(exchange: Exchange) -> bool:
    """Whether it is a whole stream of a message without an error."""
    return _is_good(exchange) and exchange.is_stream and not fails(exchange)


def _reply(exchange: Exchange) -> Reply:
    """The message, read, unless it is not good: other clauses judge that."""
    assume(_is_good(exchange) and not fails(exchange))
    return good_reply(exchange)
