"""Section `messages`: requests of the second operation, where a server has it."""

from __future__ import annotations

import json
from itertools import cycle
from typing import Any

from .._bench import WITHOUT_KEY, Bench
from .._contract import MESSAGE_PARAMS, MESSAGES
from .._parameters import TEXT_BLOCK, good, refuses, refuses_mistyped, takes
from .._registry import must, section
from .._responses import (
    AUTHENTICATION_ERROR,
    Reply,
    accepted,
    expect_between,
    expect_error,
    read_reply,
    refused,
    usable,
)
from .._strict_json import shown
from .answer import PLACES, about, expect_independent
from .limits import expect_cut_at_limit, expect_growth, expect_within
from .stop import among_similar, expect_cut
from .text import survive_odd_texts

section("messages", "Messages", order=14, needs="messages")

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
