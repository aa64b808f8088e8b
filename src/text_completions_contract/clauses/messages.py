"""Section `messages`: requests of the second operation, where a server has it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from .._bench import MANY_WORDS, Bench
from .._contract import MESSAGE_PARAMS, MESSAGES
from .._expectations import (
    AUTHENTICATION_ERROR,
    INVALID_REQUEST,
    INVENTED_MODEL,
    WITHOUT_KEY,
    expect_error,
    good,
    refused,
    refuses,
    survived,
    takes,
)
from .._judgement import NotJudged, expect
from .._mistyped import TEXT_BLOCK, refuses_mistyped
from .._registry import must, section
from .._responses import usable
from .._strict_json import shown
from ..requests.exchange import Exchange
from .limits import expect_cut_at_limit, expect_within
from .stop import expect_cut, probe_sequence
from .stream import expect_same
from .text import ODD_TEXTS

section("messages", "Messages", order=14)

STREAM = "docs 2024, streaming Messages; recorded"
PARAMETERS = (
    *("model", "max_tokens", "system", "temperature", "top_p", "top_k"),
    *("stop_sequences", "stream", "metadata"),
)
FEW = 5
USER = {"role": "user", "content": "Hello, Claude"}
ASSISTANT = {"role": "assistant", "content": "Hello."}
WRONG_TURNS: list[dict[str, Any]] = [
    {"role": "user", "content": {"string": "Hello"}},
    {"role": "user", "content": [{"type": "text"}]},
    {"role": "user", "content": [{"text": "Hello"}]},
    {"role": "user", "content": [{"type": "image", "text": "Hello"}]},
    {"role": "user", "content": [{**TEXT_BLOCK, "title": "Greeting"}]},
    {"role": "user", "content": 5},
    {"role": "human", "content": "Hello"},
    {"content": "Hello"},
    {"role": "user"},
    {**USER, "name": "Ann"},
]

DIALOGUES = good(
    "messages",
    [{"role": "user", "content": [TEXT_BLOCK, TEXT_BLOCK]}],
    [USER, ASSISTANT, USER],
    path=MESSAGES,
)
CONTEXTS = good("system", "You are terse.", path=MESSAGES)
BOUNDS: dict[str, tuple[Any, ...]] = {
    "temperature": (0, 1),
    "top_p": (0, 1),
    "top_k": (100_000, 0),
    "stop_sequences": ([], ["###"]),
    "metadata": ({}, {"user_id": None}),
    "max_tokens": (1, 8.0),
    "stream": (False,),
}
for _name, _values in BOUNDS.items():
    good(_name, *_values, path=MESSAGES)


@must(
    "messages/3",
    "A request without `model`, `max_tokens` or `messages` is refused.",
    f"{MESSAGE_PARAMS}/required",
    needs="messages",
)
def _required(bench: Bench) -> None:
    for field in ("model", "max_tokens", "messages"):
        body = bench.body(MESSAGES, without=field)
        refused(bench.post(body, path=MESSAGES), f"no {field}")


@must(
    "messages/4",
    "Parameters that do not exist, are out of bounds or of another type are refused.",
    MESSAGE_PARAMS,
    needs="messages",
)
def _bounds(bench: Bench) -> None:
    _refuses(bench, "max_tokens_to_sample", [8])
    _refuses(bench, "max_tokens", [0])
    _refuses(bench, "temperature", [-0.01, 1.01])
    _refuses(bench, "top_p", [-0.01, 1.01])
    _refuses(bench, "top_k", [-2])
    _refuses(bench, "metadata", [{"session": "a"}])
    _refuses(bench, "system", [{"text": "You are terse."}])
    for name in PARAMETERS:
        refuses_mistyped(bench, name, MESSAGES)


@must(
    "messages/5",
    "A turn with another role, other members or content of another form is refused.",
    "#/components/schemas/MessageParam",
    needs="messages",
)
def _turns(bench: Bench) -> None:
    _refuses(bench, "messages", [[], USER])
    _refuses(bench, "messages", [[turn] for turn in WRONG_TURNS])
    refuses_mistyped(bench, "messages", MESSAGES)


@must(
    "messages/8",
    "Content may be a list of texts, and a dialogue may have a system prompt.",
    MESSAGE_PARAMS,
    needs="messages",
)
def _accepted(bench: Bench) -> None:
    takes(bench, "messages", DIALOGUES, MESSAGES)
    takes(bench, "system", CONTEXTS, MESSAGES)


@must(
    "messages/9",
    "A message has no more words than `max_tokens`, and says when it was cut there.",
    f"{MESSAGE_PARAMS}/properties/max_tokens",
    needs="messages",
)
def _limit(bench: Bench) -> None:
    full, part = bench.long_message(), bench.long_message(max_tokens=FEW)
    expect_within(part, FEW)
    if len(part.text) < len(full.text):
        expect_cut_at_limit(full, part)


@must(
    "messages/10",
    "The text ends where a stop sequence would appear, and `stop_sequence` names it.",
    f"{MESSAGE_PARAMS}/properties/stop_sequences",
    needs="messages",
)
def _stop(bench: Bench) -> None:
    full = bench.long_message()
    sequence = probe_sequence(full)
    cut = bench.long_message(stop_sequences=["###", sequence, "---"])
    expect_cut(full, cut, sequence)
    named = cut.members.get("stop_sequence")
    message = f"`stop_sequence` is {shown(named)}, not {shown(sequence)}"
    expect(named == sequence, message, cut.exchange, full.exchange, cut.exchange)


@must(
    "messages/13",
    "A stream has the text of the JSON response, and ends for the same reason.",
    STREAM,
    needs="messages",
)
def _same_text(bench: Bench) -> None:
    expect_same(bench.long_message_stream(), bench.long_message(), "the JSON response")


@must(
    "messages/15",
    "The key and the version are required, as for `/v1/complete`.",
    "#/paths/~1v1~1messages/post/parameters",
    needs="messages",
)
def _headers(bench: Bench) -> None:
    for what, key in WITHOUT_KEY:
        expect_error(_post(bench, key=key), what, 401, AUTHENTICATION_ERROR)
    refused(_post(bench, anthropic_version=None), "no version")
    version = "2023-12-01"
    refused(_post(bench, anthropic_version=version), f"the version {version}")


@must(
    "messages/16",
    "All parameters may be given together, also at their bounds.",
    MESSAGE_PARAMS,
    needs="messages",
)
def _together(bench: Bench) -> None:
    for name, values in BOUNDS.items():
        takes(bench, name, values, MESSAGES)


@must(
    "messages/18",
    "A model that is not served is answered 404 `not_found_error`.",
    "#/paths/~1v1~1messages/post/responses/404",
    needs="messages",
)
def _unknown_model(bench: Bench) -> None:
    body = bench.body(MESSAGES, model=INVENTED_MODEL)
    exchange = usable(bench.post(body, path=MESSAGES))
    if exchange.status == 200:
        raise NotJudged("the server accepts any model name")
    expect_error(exchange, "an unknown model", 404, "not_found_error")


@must(
    "messages/19",
    "A request that is refused gets a JSON error, also where a stream was asked for.",
    STREAM,
    needs="messages",
)
def _refused_stream(bench: Bench) -> None:
    body = bench.body(MESSAGES, stream=True, model=5)
    exchange = bench.post(body, path=MESSAGES)
    expect_error(exchange, "`stream: true`, model: 5", 400, INVALID_REQUEST)


@must(
    "messages/20",
    "A streamed message obeys its limit and its stop sequences.",
    MESSAGE_PARAMS,
    needs="messages",
)
def _bounded_stream(bench: Bench) -> None:
    full = bench.long_message()
    part = bench.long_message_stream(max_tokens=2)
    expect_within(part, 2)
    if len(part.text) < len(full.text):
        expect_cut_at_limit(full, part)
    sequence = probe_sequence(full)
    cut = bench.long_message_stream(stop_sequences=[sequence])
    expect_cut(full, cut, sequence)


@must("messages/22", "A long text takes more than one delta.", STREAM, needs="messages")
def _many_deltas(bench: Bench) -> None:
    reply = bench.long_message_stream()
    if reply.words < MANY_WORDS:
        raise NotJudged(f"the text has fewer than {MANY_WORDS} words")
    message = f"{reply.words} words came in one delta"
    expect(len(reply.pieces) > 1, message, reply.exchange)


@must(
    "messages/24",
    "Odd characters in any text do not crash the server.",
    "RFC 8259, 8.2",
    needs="messages",
)
def _odd(bench: Bench) -> None:
    for what, text in ODD_TEXTS.items():
        for member, value in (
            ("messages", [{"role": "user", "content": f"Hello {text}"}]),
            ("system", f"You are terse {text}"),
            ("stop_sequences", [text, "###"]),
        ):
            body = bench.body(MESSAGES) | {member: value}
            exchange = bench.post(body, path=MESSAGES)
            survived(exchange, f"{what} in `{member}`")


@must(
    "messages/25",
    "A body that is not a JSON object is refused.",
    MESSAGE_PARAMS,
    needs="messages",
)
def _not_an_object(bench: Bench) -> None:
    body = json.dumps(bench.body(MESSAGES)).encode()
    for text in (b"", b"null", b"[" + body + b"]", body[:-1]):
        exchange = bench.post(text, path=MESSAGES)
        refused(exchange, f"the body {shown(text.decode()[:60])}")


def _refuses(bench: Bench, field: str, values: Iterable[Any]) -> None:
    refuses(bench, field, values, MESSAGES)


def _post(bench: Bench, **headers: str | None) -> Exchange:
    changed = bench.headers(**headers)
    return bench.post(bench.body(MESSAGES), path=MESSAGES, headers=changed)
