"""The single twists that deviating servers are made of."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from typing import Any

from honest_server import (
    ASSISTANT,
    COMPLETE,
    HUMAN,
    MESSAGES,
    Answerer,
    Ask,
    Reply,
    as_json,
    as_stream,
    honest,
)
from twisting import Body, Events, body, each, instead, is_text, welcome


def key(value: str) -> Any:
    return lambda ask: (
        ask.headers.get("x-api-key") == value
        if value
        else not ask.headers.get("x-api-key")
    )


def wrong_key(ask: Ask) -> bool:
    return ask.headers.get("x-api-key", "").startswith("invalid")


def similar_key(ask: Ask) -> bool:
    """Whether the key begins as the right one, which one in reverse does not."""
    return ask.headers.get("x-api-key", "")[:9] == "sk-throwa"


def is_error(*statuses: int) -> Any:
    return lambda reply: reply.status in statuses


def is_stream(reply: Reply) -> bool:
    return reply.is_stream


def is_good(reply: Reply) -> bool:
    return reply.status == 200


def drop(name: str) -> Any:
    return lambda members: members.pop(name, None)


def put(**members: Any) -> Any:
    return lambda known: known.update(members)


def on_last(**members: Any) -> Any:
    return each(lambda data, last: data.update(members) if last else None)


def on_early(**members: Any) -> Any:
    return each(lambda data, last: None if last else data.update(members))


def with_body(test: Any, path: str = COMPLETE) -> Any:
    def when(ask: Ask) -> bool:
        members = ask.json
        return ask.path == path and isinstance(members, dict) and bool(test(members))

    return when


def shift_ids(data: Body, last: bool) -> None:
    data["id"] = data["log_id"] = data["id"] + str(last)


def more_words(members: Body) -> None:
    members["completion"] += " and so on"


def longer(change: Any, path: str = COMPLETE) -> Answerer:
    """A server that reads another limit."""
    field = "max_tokens" if path == MESSAGES else "max_tokens_to_sample"

    def alter(members: Body) -> None:
        if isinstance(members.get(field), int) and members[field] >= 1:
            members[field] = change(members[field])

    return body(alter, path)


def no_stops(members: Body) -> None:
    members.pop("stop_sequences", None)


def last_stop_only(members: Body) -> None:
    stops = members.get("stop_sequences")
    if isinstance(stops, list) and len(stops) > 1:
        members["stop_sequences"] = stops[:-1]


def numbers_stop(members: Body) -> None:
    """Numbers pass for stop sequences."""
    stops = members.get("stop_sequences")
    if isinstance(stops, list):
        members["stop_sequences"] = [str(s) if s == 5 else s for s in stops]


def cut_late(members: Body) -> None:
    """Keep the stop sequence in the text."""
    if members["stop_reason"] == "stop_sequence" and members["stop"] != HUMAN:
        members["completion"] += members["stop"]


def any_stop_ends(ask: Ask) -> Reply:
    """End every text that has stop sequences early."""
    members = ask.json
    if ask.get("stop_sequences") and ask.get("max_tokens_to_sample") == 64:
        members["max_tokens_to_sample"] = 3
        ask.body = json.dumps(members).encode()
    return honest(ask)


def by_length(ask: Ask) -> Reply:
    """Another text for every limit."""
    members = ask.json
    limit = ask.get("max_tokens_to_sample")
    if isinstance(members, dict) and isinstance(limit, int) and limit < 64:
        prompt = members.get("prompt")
        if isinstance(prompt, str) and prompt.startswith(HUMAN):
            members["prompt"] = f"{HUMAN} {limit}{prompt[len(HUMAN) :]}"
            ask.body = json.dumps(members).encode()
    return honest(ask)


def capped(ask: Ask) -> Reply:
    """Never more than five words."""
    members = ask.json
    limit = ask.get("max_tokens_to_sample")
    if isinstance(members, dict) and limit == 64:
        members["max_tokens_to_sample"] = 5
        ask.body = json.dumps(members).encode()
    return honest(ask)


def reason_when(test: Any, reason: str | None) -> Any:
    def change(members: Body) -> None:
        if test(members):
            members["stop_reason"] = reason

    return change


def at_limit(members: Body) -> bool:
    return members["stop_reason"] == "max_tokens"


def at_stop(members: Body) -> bool:
    return members["stop_reason"] == "stop_sequence"


def one_burst(events: Events) -> Events:
    """All text in one event."""
    mine = [data for _, data in events if is_text(data)]
    text = "".join(data["completion"] for data in mine)
    return [("completion", {**mine[-1], "completion": text})]


def cumulated(events: Events) -> Events:
    mine = [data for _, data in events if is_text(data)]
    texts = itertools.accumulate(data["completion"] for data in mine)
    for data, text in zip(mine, texts, strict=True):
        data["completion"] = text
    return events


def incremented(events: Events) -> Events:
    before = ""
    for _, data in events:
        if is_text(data):
            text = data["completion"]
            data["completion"], before = text.removeprefix(before), text
    return events


def renamed(name: str | None) -> Any:
    return lambda events: [
        (name if is_text(data) else known, data) for known, data in events
    ]


def without_last(events: Events) -> Events:
    """The last event stays out, its reason moves to the one before."""
    *rest, (_, last) = events
    if last["completion"] == "" and is_text(rest[-1][1]):
        rest[-1][1].update(stop_reason=last["stop_reason"], stop=last["stop"])
        return rest
    return events


def tail_event(events: Events) -> Events:
    """At the limit the reason comes in an event of its own."""
    name, last = events[-1]
    if last["stop_reason"] != "max_tokens":
        return events
    early = {**last, "stop_reason": None}
    return [*events[:-1], (name, early), (name, {**last, "completion": ""})]


def shout(data: Body, _: bool) -> None:
    data["completion"] = data["completion"].upper()


def no_newline_turn(ask: Ask) -> None:
    members = ask.json
    prompt = ask.get("prompt")
    if isinstance(members, dict) and isinstance(prompt, str):
        members["prompt"] = prompt.replace(" \nAssistant:", ASSISTANT)
        ask.body = json.dumps(members).encode()


def prompt_test(test: Any) -> Any:
    return with_body(lambda m: isinstance(m.get("prompt"), str) and test(m["prompt"]))


def escapes_differ(ask: Ask) -> Reply:
    if b"\\u4e16" in ask.body:
        members = ask.json
        members["prompt"] = members["prompt"].replace("walk", "ride")
        ask.body = json.dumps(members).encode()
    return honest(ask)


def spaced_differ(ask: Ask) -> Reply:
    if ask.body.startswith(b"{\n"):
        members = ask.json
        members["prompt"] = members["prompt"].replace("walk", "ride")
        ask.body = json.dumps(members).encode()
    return honest(ask)


def refuses_body(test: Any) -> Answerer:
    return instead(400, lambda ask: ask.path == COMPLETE and test(ask.body))


def crashes_body(test: Any) -> Answerer:
    return instead(500, lambda ask: ask.path == COMPLETE and test(ask.body))


def takes_body(test: Any) -> Answerer:
    return welcome(lambda ask: ask.path == COMPLETE and test(ask.body))


def latin(_: Ask, reply: Reply) -> Reply | None:
    if reply.status == 200 and not reply.is_stream:
        return Reply(
            200, reply.headers, [reply.body.replace(b'"type"', b'"\xe9": 1, "type"', 1)]
        )
    return None


def twice(_: Ask, reply: Reply) -> Reply | None:
    if reply.status == 200 and not reply.is_stream:
        return Reply(200, reply.headers, [b'{"id": "x", ' + reply.body[1:]])
    return None


def latin_stream(data: bytes) -> bytes:
    return data.replace(b'"model"', b'"\xe9": 1, "model"', 1)


def same_answer(_: Ask, reply: Reply) -> None:
    reply.headers["request-id"] = "req_1"


def ask_method(*methods: str) -> Any:
    return lambda ask: ask.method in methods


def plain_405(_: Ask, reply: Reply) -> Reply | None:
    if reply.status == 405:
        return Reply(405, {**reply.headers, "content-type": "text/plain"}, [b"no"])
    return None


def head_welcome(ask: Ask) -> Reply:
    if ask.method == "HEAD":
        return as_json(200, {})
    return honest(ask)


def options(ask: Ask) -> Reply:
    if ask.method == "OPTIONS":
        return Reply(204, {"allow": "GET, POST, OPTIONS", "request-id": "req_1"})
    return honest(ask)


def turns(test: Any) -> Any:
    return with_body(lambda m: test(m.get("messages")), MESSAGES)


def message_order(events: Events) -> Events:
    return [event for event in events if event[0] != "content_block_stop"]


def message_upper(events: Events) -> Events:
    for name, data in events:
        if name == "content_block_delta":
            data["delta"]["text"] = data["delta"]["text"].upper()
    return events


def message_types(events: Events) -> Events:
    for name, data in events:
        if name == "content_block_stop":
            data["type"] = "block_end"
    return events


def message_open(events: Events) -> Events:
    events[0][1]["message"]["stop_reason"] = "end_turn"
    return events


def held_back(reply: Reply) -> Iterator[bytes]:
    """The whole stream at once, a while after the headers."""
    whole = reply.body
    threading.Event().wait(0.25)
    yield whole


def broken(reply: Reply) -> Iterator[bytes]:
    """The first half of a stream, and then the connection is gone."""
    chunks = list(reply.chunks)
    yield from chunks[: len(chunks) // 2]
    raise ConnectionError


def always_error_stream(ask: Ask) -> Reply:
    """Errors of requests for a stream come as a stream."""
    reply = honest(ask)
    if reply.status >= 400 and ask.get("stream") is True:
        chunk = b"event: error\ndata: " + reply.body + b"\n\n"
        streamed_error = as_stream([chunk])
        streamed_error.headers["request-id"] = "req_1"
        return streamed_error
    return reply


def plain_text(_: Ask, reply: Reply) -> None:
    if reply.status >= 400:
        reply.headers["content-type"] = "text/plain"
