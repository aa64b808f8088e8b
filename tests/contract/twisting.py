"""How an honest server is made to deviate: one function around another."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from honest_server import (
    COMPLETE,
    MESSAGES,
    NEW,
    Answerer,
    Ask,
    Reply,
    as_json,
    as_stream,
    frame,
    honest,
    numbers,
)

Events = list[tuple[str | None, Any]]
Body = dict[str, Any]


def asked(change: Callable[[Ask], object]) -> Answerer:
    """A server that takes a request for another."""

    def answer(ask: Ask) -> Reply:
        mine = replace(ask, headers=dict(ask.headers))
        change(mine)
        return honest(mine)

    return answer


def body(change: Callable[[Body], object], path: str = COMPLETE) -> Answerer:
    """A server that reads another body than was sent."""

    def alter(ask: Ask) -> None:
        members = ask.json
        if ask.path == path and isinstance(members, dict):
            change(members)
            ask.body = json.dumps(members).encode()

    return asked(alter)


def lax(field: str, *wrong: Any, path: str = COMPLETE, good: Any = None) -> Answerer:
    """A server that takes wrong values of a field as if it were absent, or good."""

    def change(members: Body) -> None:
        # By their text, for True equals 1 and 1.0 equals 1.
        texts = [json.dumps(value) for value in wrong]
        if field in members and json.dumps(members[field]) in texts:
            if good is None:
                del members[field]
            else:
                members[field] = good

    return body(change, path)


def strict(field: str, test: Callable[[Any], object], path: str = COMPLETE) -> Answerer:
    """A server that refuses good values of a field."""

    def answer(ask: Ask) -> Reply:
        members = ask.json if ask.path == path else None
        if isinstance(members, dict) and field in members and test(members[field]):
            return _refusal(400, f"{field}: no")
        return honest(ask)

    return answer


def replied(change: Callable[[Ask, Reply], Reply | None]) -> Answerer:
    """A server that answers otherwise in the end."""

    def answer(ask: Ask) -> Reply:
        reply = honest(ask)
        return change(ask, reply) or reply

    return answer


def header(name: str, value: str | None, when: Callable[[Reply], object]) -> Answerer:
    """A server that sets or drops a header."""

    def change(_: Ask, reply: Reply) -> None:
        if when(reply):
            reply.headers.pop(name, None)
            if value is not None:
                reply.headers[name] = value

    return replied(change)


def altered(change: Callable[[Body], object], path: str = COMPLETE) -> Answerer:
    """A server that changes the members of its good JSON responses."""

    def alter(ask: Ask, reply: Reply) -> Reply | None:
        if reply.status != 200 or reply.is_stream or ask.path != path:
            return None
        members = json.loads(reply.body)
        change(members)
        return _like(reply, as_json(200, members))

    return replied(alter)


def error(change: Callable[[int, Body], object]) -> Answerer:
    """A server that says something else in its errors."""

    def alter(_: Ask, reply: Reply) -> Reply | None:
        if reply.status < 400:
            return None
        members = json.loads(reply.body)
        change(reply.status, members)
        return _like(reply, as_json(reply.status, members))

    return replied(alter)


def streamed(
    change: Callable[[Events], Events], version: str = NEW, path: str = COMPLETE
) -> Answerer:
    """A server that streams other events."""

    def alter(ask: Ask, reply: Reply) -> Reply | None:
        mine = ask.headers.get("anthropic-version") == version and ask.path == path
        if not reply.is_stream or not mine:
            return None
        events = change([_parse(chunk) for chunk in reply.chunks])
        return _like(reply, as_stream([frame(*event) for event in events]))

    return replied(alter)


def raw_stream(change: Callable[[bytes], bytes]) -> Answerer:
    """A server that streams other bytes."""

    def alter(_: Ask, reply: Reply) -> Reply | None:
        if not reply.is_stream:
            return None
        return _like(reply, as_stream([change(reply.body)]))

    return replied(alter)


def each(change: Callable[[Body, bool], object]) -> Callable[[Events], Events]:
    """Change the data of each completion event; the flag says which is the last."""

    def alter(events: Events) -> Events:
        mine = [data for _, data in events if is_text(data)]
        for data in mine:
            change(data, data is mine[-1])
        return events

    return alter


def is_text(data: Any) -> bool:
    return isinstance(data, dict) and "completion" in data


def instead(status: int, when: Callable[[Ask], object], kind: str = "") -> Answerer:
    """A server that gives some requests an error of its own."""

    def answer(ask: Ask) -> Reply:
        return _refusal(status, "no", kind) if when(ask) else honest(ask)

    return answer


def welcome(when: Callable[[Ask], object]) -> Answerer:
    """A server that answers requests that it should refuse."""
    good = {
        "model": "claude-2.1",
        "prompt": "\n\nHuman: Hello\n\nAssistant:",
        "max_tokens_to_sample": 8,
    }

    def answer(ask: Ask) -> Reply:
        if not when(ask):
            return honest(ask)
        headers = {
            "x-api-key": "sk-any",
            "anthropic-version": NEW,
            "content-type": "application/json",
        }
        path = COMPLETE if ask.path != MESSAGES else MESSAGES
        return honest(Ask("POST", path, headers, json.dumps(good).encode()))

    return answer


def _refusal(status: int, message: str, kind: str = "") -> Reply:
    kinds = {401: "authentication_error", 404: "not_found_error", 500: "api_error"}
    kind = kind or kinds.get(status, "invalid_request_error")
    members = {"type": "error", "error": {"type": kind, "message": message}}
    reply = as_json(status, members)
    reply.headers |= {"request-id": f"req_{next(numbers)}", "x-should-retry": "false"}
    return reply


def _like(reply: Reply, other: Reply) -> Reply:
    return Reply(reply.status, reply.headers, other.chunks)


def _parse(chunk: bytes) -> tuple[str | None, Any]:
    lines = chunk.decode().replace("\r\n", "\n").split("\n")
    fields = dict(line.split(": ", 1) for line in lines if line)
    data = fields["data"]
    return fields.get("event"), data if data == "[DONE]" else json.loads(data)
