"""Section `messages`: the second operation, where a server has it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .._answers import Answer, events_of, payload_of, read_object, sound
from .._bench import Bench
from .._clause import Deviation, expect, must
from .._document import JSON, MESSAGES, OLD
from .._exchange import Exchange
from .._json import as_object, as_text
from ._asking import MESSAGE_PARAMS, accepted, refused, spell
from ._stop import bridge_of

DOCS = "docs, Messages beta of 2023-12"
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
USER = {"role": "user", "content": "Hello, Claude"}
ASSISTANT = {"role": "assistant", "content": "Hello."}


@must(
    "messages/1", "A message has all members of its schema.", MESSAGE, needs="messages"
)
def _schema(bench: Bench) -> None:
    for exchange in (
        bench.message().exchange,
        bench.message(**bench.long_message()).exchange,
    ):
        expect(exchange.media_type == JSON, f"it is {exchange.media_type}", exchange)
        problem = bench.document.answer_problem(MESSAGES, 200, read_object(exchange))
        expect(problem is None, str(problem), exchange)


@must(
    "messages/2",
    "`stop_reason` is set, and `stop_sequence` exactly when it is the reason.",
    f"{MESSAGE}/properties/stop_sequence",
    needs="messages",
)
def _reason(bench: Bench) -> None:
    for answer in (
        bench.message(),
        bench.message_stream(),
        bench.message(**bench.long_message()),
    ):
        _check_reason(answer)


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
    _refuses(bench, "best_of", [None])
    _refuses(bench, "model", [5])
    _refuses(bench, "max_tokens", [0, 1.5, "16", True])
    _refuses(bench, "temperature", [-0.01, 1.01, "0.5"])
    _refuses(bench, "top_p", [-0.01, 1.01])
    _refuses(bench, "top_k", [1.5] if bench.version == OLD else [-1, 1.5])
    _refuses(bench, "stream", ["true"])
    _refuses(bench, "stop_sequences", ["###", ["###", 5]])
    _refuses(bench, "metadata", [{"session": "a"}, {"user_id": 5}])
    _refuses(bench, "system", [5, {"text": "You are terse."}])


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
        {"role": "user", "content": None},
        {"role": "user", "content": 5},
        {"role": "system", "content": "Hello"},
        {"content": "Hello"},
        {"role": "user"},
        {**USER, "name": "Ann"},
    ]
    _refuses(bench, "messages", [[], "Hello", *([turn] for turn in turns)])


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
    blocks = {"role": "user", "content": [{"type": "text", "text": "Hello, Claude"}]}
    for turns in ([blocks], [USER, ASSISTANT, USER]):
        body = bench.message_body(messages=turns, system="You are terse.")
        accepted(bench.post(body, path=MESSAGES), spell("messages", turns))


@must(
    "messages/9",
    "A message has no more words than `max_tokens`, and says when it was cut there.",
    f"{MESSAGE_PARAMS}/properties/max_tokens",
    needs="messages",
)
def _limit(bench: Bench) -> None:
    whole = bench.message(**bench.long_message())
    for limit in (1, 2, 5):
        part = bench.message(**{**bench.long_message(), "max_tokens": limit})
        said = f"{part.words} words came at a limit of {limit}"
        expect(part.words <= limit, said, part.exchange)
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
    sequence = bridge_of(whole)
    cut = bench.message(**bench.long_message(), stop_sequences=[sequence])
    pair = (whole.exchange, cut.exchange)
    expected = whole.text[: whole.text.index(sequence)]
    expect(cut.text == expected, f"it ends {cut.text[-30:]!r}", cut.exchange, *pair)
    named = cut.members.get("stop_sequence")
    expect(named == sequence, f"`stop_sequence` is {named!r}", cut.exchange, *pair)


@must(
    "messages/11",
    "A stream is message_start, blocks of start, deltas and stop, message_delta, "
    "message_stop.",
    STREAM,
    needs="messages",
)
def _order(bench: Bench) -> None:
    exchange = bench.raw_message_stream(**bench.long_message())
    names = [event.name or "" for event in events_of(exchange)]
    letters = "".join(LETTERS.get(name, "") for name in names)
    said = f"the events come as {', '.join(names[:12])}"
    expect(bool(ORDER.fullmatch(letters)), said, exchange)


@must(
    "messages/12",
    "The data of every event fits the schema of its name and repeats the name.",
    STREAM,
    needs="messages",
)
def _payloads(bench: Bench) -> None:
    exchange = bench.raw_message_stream(**bench.long_message())
    for event in events_of(exchange):
        problem = bench.document.event_problem(MESSAGES, event)
        if problem is not None:
            raise Deviation(f"the event {event.name!r}: {problem}", exchange)
        if event.name in LETTERS:
            kind = payload_of(exchange, event).get("type")
            said = f"the event {event.name!r} has the type {kind!r}"
            expect(kind == event.name, said, exchange)


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


@must(
    "messages/14",
    "`stop_reason` is null in `message_start`.",
    f"{MESSAGE}/properties/stop_reason",
    needs="messages",
)
def _open_start(bench: Bench) -> None:
    exchange = bench.raw_message_stream(**bench.long_message())
    for event in events_of(exchange):
        if event.name == "message_start":
            message = payload_of(exchange, event).get("message")
            reason = (as_object(message) or {}).get("stop_reason")
            expect(reason is None, f"it is {reason!r}", exchange)


def _check_reason(answer: Answer) -> None:
    expect(answer.reason is not None, "there is no `stop_reason`", answer.exchange)
    sequence = as_text(answer.members.get("stop_sequence"))
    agrees = (sequence is not None) == (answer.reason == "stop_sequence")
    said = f"`stop_sequence` is {sequence!r} at {answer.reason!r}"
    expect(agrees, said, answer.exchange)


def _refuses(bench: Bench, field: str, values: Iterable[Any]) -> None:
    for value in values:
        refused(_with(bench, field, value), spell(field, value))


def _with(bench: Bench, field: str, value: Any) -> Exchange:
    return sound(bench.post(bench.message_body(**{field: value}), path=MESSAGES))
