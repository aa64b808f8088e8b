"""Section `messages`: what is asked of the second operation, where a server has it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .._accepting import good, takes
from .._answers import sound
from .._bench import Bench
from .._document import MESSAGES, OLD
from .._expectations import MESSAGE_PARAMS, refused, spell
from .._judgement import expect
from .._mistaking import TEXT_BLOCK, refuses_mistyped
from .._registry import must, section
from ..requests.exchange import Exchange
from .stop import probe_sequence

section("messages", "Messages", order=14)

DOCS = "docs, Messages beta of 2023-12"
MESSAGE = "#/components/schemas/Message"
STREAM = "docs 2024, streaming Messages; recorded"
PARAMETERS = (
    *("model", "max_tokens", "system", "temperature", "top_p", "top_k"),
    *("stop_sequences", "stream", "metadata"),
)
FEW = 5
USER = {"role": "user", "content": "Hello, Claude"}
SYSTEM = {"role": "system", "content": "You are terse."}
ASSISTANT = {"role": "assistant", "content": "Hello."}

DIALOGUES = good(
    "messages",
    [{"role": "user", "content": [TEXT_BLOCK, TEXT_BLOCK]}],
    [USER, ASSISTANT, USER],
    path=MESSAGES,
)
CONTEXTS = good("system", "You are terse.", path=MESSAGES)


@must(
    "messages/3",
    "A request without `model`, `max_tokens` or `messages` is refused.",
    f"{MESSAGE_PARAMS}/required",
    needs="messages",
)
def _required(bench: Bench) -> None:
    for field in ("model", "max_tokens", "messages"):
        body = bench.message_body(without=field)
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
    _refuses(bench, "top_k", [] if bench.version == OLD else [-1])
    _refuses(bench, "metadata", [{"session": "a"}])
    _refuses(bench, "system", [{"text": "You are terse."}])
    for name in PARAMETERS:
        refuses_mistyped(bench, name, MESSAGES)


@must(
    "messages/5",
    "A turn of another role, other members or content of no known form is refused.",
    "#/components/schemas/MessageParam",
    needs="messages",
)
def _turns(bench: Bench) -> None:
    turns = [
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
    _refuses(bench, "messages", [[], USER, [SYSTEM, USER]])
    _refuses(bench, "messages", [[turn] for turn in turns])
    refuses_mistyped(bench, "messages", MESSAGES)


@must("messages/6", "The first turn is the user's.", DOCS, needs="messages")
def _first(bench: Bench) -> None:
    _refuses(bench, "messages", [[ASSISTANT, USER]])


@must("messages/7", "Turns alternate.", DOCS, needs="messages")
def _alternate(bench: Bench) -> None:
    _refuses(bench, "messages", [[USER, USER]])


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
    whole = bench.message(**bench.long_message())
    part = bench.message(**bench.long_message(max_tokens=FEW))
    said = f"{part.words} words came at a limit of {FEW}"
    expect(part.words <= FEW, said, part.exchange)
    if len(part.text) < len(whole.text):
        said = f"`stop_reason` is {part.reason!r}"
        pair = (whole.exchange, part.exchange)
        expect(part.reason == "max_tokens", said, part.exchange, *pair)


@must(
    "messages/10",
    "The text ends where a stop sequence would appear, and says so.",
    f"{MESSAGE_PARAMS}/properties/stop_sequences",
    needs="messages",
)
def _stop(bench: Bench) -> None:
    whole = bench.message(**bench.long_message())
    sequence = probe_sequence(whole)
    listed = ["###", sequence, "---"]
    cut = bench.message(**bench.long_message(), stop_sequences=listed)
    pair = (whole.exchange, cut.exchange)
    expected = whole.text[: whole.text.index(sequence)]
    expect(cut.text == expected, f"it ends {cut.text[-30:]!r}", cut.exchange, *pair)
    named = cut.members.get("stop_sequence")
    expect(named == sequence, f"`stop_sequence` is {named!r}", cut.exchange, *pair)


@must(
    "messages/13",
    "The streamed text is the text of the JSON answer, and ends for the same reason.",
    STREAM,
    needs="messages",
)
def _same_text(bench: Bench) -> None:
    one, two = (
        bench.message_stream(**bench.long_message()),
        bench.message(**bench.long_message()),
    )
    pair = (one.exchange, two.exchange)
    expect(one.text == two.text, "the texts differ", one.exchange, *pair)
    said = f"the stream ends by {one.reason!r}, the JSON answer by {two.reason!r}"
    expect(one.reason == two.reason, said, one.exchange, *pair)


def _refuses(bench: Bench, field: str, values: Iterable[Any]) -> None:
    for value in values:
        refused(_with(bench, field, value), spell(field, value))


def _with(bench: Bench, field: str, value: Any) -> Exchange:
    return sound(bench.post(bench.message_body(**{field: value}), path=MESSAGES))
