"""Twists of what a server remembers, and of how it looks for stop sequences."""

from __future__ import annotations

import json
import re
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import honest_server
from honest_server import (
    COMPLETE,
    COMPLETE_RULES,
    MESSAGES,
    OLD,
    Answerer,
    Ask,
    Reply,
    as_json,
    honest,
    words_for,
)
from twisting import Body, Events, body, replied

Stops = list[str]


def changed(ask: Ask, **changes: Any) -> Ask:
    """The same request with other members."""
    return replace(ask, body=json.dumps({**ask.json, **changes}).encode())


def seeking(change: Callable[[str, Stops], Stops]) -> Answerer:
    """A server that looks for other sequences than it was given."""
    lock = threading.Lock()
    plain = honest_server.generate

    def generate(prompt: str, limit: int, stops: Stops) -> Any:
        *given, built_in = stops
        return plain(prompt, limit, [*change(words_for(prompt), given), built_in])

    def answer(ask: Ask) -> Reply:
        with lock:
            honest_server.generate = generate
            try:
                return honest(ask)
            finally:
                honest_server.generate = plain

    return answer


def in_any_case(text: str, stops: Stops) -> Stops:
    places = [(text.lower().find(stop.lower()), stop) for stop in stops]
    return [text[place : place + len(stop)] for place, stop in places if place >= 0]


def as_patterns(text: str, stops: Stops) -> Stops:
    found = [re.search(stop, text) for stop in stops]
    return [match[0] for match in found if match is not None and match[0]]


def as_listed(text: str, stops: Stops) -> Stops:
    return next(([stop] for stop in stops if stop in text), [])


def stop_in_prompt(ask: Ask) -> Reply:
    """Takes a sequence in the prompt for one in the text."""
    prompt, stops = ask.get("prompt"), ask.get("stop_sequences")
    mine = isinstance(prompt, str) and isinstance(stops, list) and ask.path == COMPLETE
    if mine and any(isinstance(item, str) and item in prompt for item in stops):
        return honest(changed(ask, max_tokens_to_sample=1))
    return honest(ask)


def first_listed(ask: Ask, reply: Reply) -> Reply | None:
    """Names the first sequence of the list as the one that stopped the text."""
    if ask.path != COMPLETE or reply.status != 200 or reply.is_stream:
        return None
    data = json.loads(reply.body)
    if data["stop"] and ask.get("stop_sequences"):
        data["stop"] = ask.get("stop_sequences")[0]
    return Reply(200, reply.headers, as_json(200, data).chunks)


def strangers(test: Callable[[str, Any], bool], when: Any = None) -> Answerer:
    """A server that passes over some members that do not exist."""

    def change(members: Body) -> None:
        for name in [name for name in members if name not in COMPLETE_RULES]:
            if test(name, members[name]) and (when is None or when(members)):
                del members[name]

    return body(change)


def old_is_open(ask: Ask) -> Reply:
    """Checks no members under the older version."""
    members = ask.json
    if ask.headers.get("anthropic-version") == OLD and isinstance(members, dict):
        known = {key: members[key] for key in members if key in COMPLETE_RULES}
        return honest(replace(ask, body=json.dumps(known).encode()))
    return honest(ask)


# The suite sends each of these requests alone, and then three times with the others.
OVERLAPPING = (2, 3, 4)


class Mixing:
    """Answers the prompt or the messages that came last, where requests overlap."""

    def __init__(self, member: str, overlapping: int) -> None:
        self.member = member
        self.counts: Counter[bytes] = Counter()
        self.last: Any = None
        self.overlap = threading.Barrier(overlapping)

    def __call__(self, ask: Ask) -> Reply:
        reply = honest(ask)
        if b"in about ten words" not in ask.body or not ask.get(self.member):
            return reply
        self.counts[ask.body] += 1
        if self.counts[ask.body] not in OVERLAPPING:
            return reply
        self.last = ask.get(self.member)
        self.overlap.wait(10)
        return honest(changed(ask, **{self.member: self.last}))


class Changing:
    """Changes a request where it overlaps with others."""

    def __init__(self, change: Callable[[Ask], Ask]) -> None:
        self.change = change
        self.counts: Counter[bytes] = Counter()

    def __call__(self, ask: Ask) -> Reply:
        if b"in about ten words" in ask.body:
            self.counts[ask.body] += 1
        is_overlapping = self.counts[ask.body] in OVERLAPPING
        return honest(self.change(ask) if is_overlapping else ask)


class Trusting:
    """Asks for the key until a connection has sent the right one."""

    def __init__(self) -> None:
        self.trusted: set[int] = set()

    def __call__(self, ask: Ask) -> Reply:
        reply = honest(ask)
        if reply.status == 200:
            self.trusted.add(ask.connection)
        is_trusted = reply.status == 401 and ask.connection in self.trusted
        headers = {**ask.headers, "x-api-key": "sk-x"}
        return honest(replace(ask, headers=headers)) if is_trusted else reply


class Remembering:
    """Goes on using the stop sequences that it was given once."""

    def __init__(self) -> None:
        self.stops: Stops = []

    def __call__(self, ask: Ask) -> Reply:
        reply = honest(ask)
        if ask.path != COMPLETE or reply.status != 200:
            return reply
        if ask.get("stop_sequences"):
            self.stops = ask.get("stop_sequences")
        return honest(changed(ask, stop_sequences=self.stops)) if self.stops else reply


def first_document(ask: Ask) -> None:
    """Reads the first value and leaves the rest."""
    text = ask.body.decode("utf-8", "replace")
    if len(text) < 10_000:
        try:
            _, end = json.JSONDecoder().raw_decode(text)
        except ValueError:
            return
        ask.body = text[:end].encode()


def raw_controls(ask: Ask) -> None:
    """Takes control characters within strings."""
    if ask.json is None and len(ask.body) < 10_000:
        try:
            ask.body = json.dumps(json.loads(ask.body, strict=False)).encode()
        except ValueError:
            return


def slow_and_held(reply: Reply) -> Any:
    """All words at the end, although they take their time."""
    chunks = list(reply.chunks)
    time.sleep(0.012 * len(chunks))
    yield chunks[0]
    yield from chunks[1:]


def gzipped(reply: Reply, flush: int) -> Iterator[bytes]:
    """A stream that takes its time, and is compressed event by event."""
    coder = zlib.compressobj(wbits=31)
    for chunk in reply.chunks:
        time.sleep(0.005)
        yield coder.compress(chunk) + coder.flush(flush)
    yield coder.flush()


def in_gzip(flush: int) -> Answerer:
    """A server that compresses streams for those who accept gzip."""

    def change(ask: Ask, reply: Reply) -> Reply | None:
        if not reply.is_stream or ask.headers.get("accept-encoding") != "gzip":
            return None
        headers = {**reply.headers, "content-encoding": "gzip"}
        return Reply(200, headers, gzipped(reply, flush))

    return replied(change)


def message_turns(test: Callable[[list[Any]], object]) -> Answerer:
    """A server that takes some wrong lists of turns."""

    def change(members: Body) -> None:
        turns = members.get("messages")
        listed = isinstance(turns, list)
        if listed and all(isinstance(turn, dict) for turn in turns) and test(turns):
            members["messages"] = [{"role": "user", "content": "Hello"}]

    return body(change, MESSAGES)


def message_member(name: str, test: Callable[[Any], object]) -> Answerer:
    """A server that passes over some wrong values of a message's member."""

    def change(members: Body) -> None:
        if name in members and test(members[name]):
            if name == "model":
                members[name] = "claude-2.1"
            else:
                del members[name]

    return body(change, MESSAGES)


def other_index(events: Events) -> Events:
    for name, data in events:
        if name == "content_block_delta":
            data["index"] = 1
    return events


def other_delta(events: Events) -> Events:
    for name, data in events:
        if name == "content_block_delta":
            data["delta"]["type"] = "text"
    return events


def one_delta(events: Events) -> Events:
    deltas = [data for name, data in events if name == "content_block_delta"]
    whole = "".join(data["delta"]["text"] for data in deltas)
    kept = [event for event in events if event[1] not in deltas[1:]]
    deltas[0]["delta"]["text"] = whole
    return kept


def in_stream(change: Callable[[Body], object]) -> Answerer:
    """A server that reads another body where a stream of a message is asked for."""
    return body(
        lambda members: change(members) if members.get("stream") is True else None,
        MESSAGES,
    )


def is_old(ask: Ask) -> bool:
    return ask.headers.get("anthropic-version") == OLD


def clamping(name: str, version: str) -> Answerer:
    """A server whose streams of one version move a value within its bounds."""

    def answer(ask: Ask) -> Reply:
        value = ask.get(name)
        is_mine = is_old(ask) == (version == OLD) and ask.get("stream") is True
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (is_mine and is_number and ask.path == COMPLETE):
            return honest(ask)
        within = max(value, 1 if name == "max_tokens_to_sample" else 0)
        most = 1 if name == "temperature" else within
        return honest(changed(ask, **{name: min(within, most)}))

    return answer


class Sticking:
    """Goes on as the first good request of a connection began."""

    def __init__(self, change: Callable[[Ask, Ask], Ask]) -> None:
        self.change = change
        self.first: dict[int, Ask] = {}

    def __call__(self, ask: Ask) -> Reply:
        reply = honest(ask)
        if reply.status != 200 or ask.path != COMPLETE:
            return reply
        first = self.first.setdefault(ask.connection, ask)
        return honest(self.change(ask, first))


def unescaped(_: Ask, reply: Reply) -> Reply | None:
    """An error that a template made."""
    if reply.status != 404:
        return None
    error = json.loads(reply.body)["error"]
    inner = f'"type": "{error["type"]}", "message": "{error["message"]}"'
    body = f'{{"type": "error", "error": {{{inner}}}}}'
    return Reply(404, reply.headers, [body.encode()])


def counted(_: Ask, reply: Reply) -> Reply | None:
    """An error that lacks a byte at its end for each letter beyond ASCII."""
    if reply.status != 404:
        return None
    return Reply(404, reply.headers, [reply.body[: len(reply.body.decode())]])


def in_two_bursts(ask: Ask, reply: Reply) -> Reply | None:
    if not reply.is_stream or ask.path != COMPLETE:
        return None
    chunks = list(reply.chunks)
    half = len(chunks) // 2
    return Reply(200, reply.headers, _after(0.1, chunks[:half], chunks[half:]))


def held_after_one(ask: Ask, reply: Reply) -> Reply | None:
    if not reply.is_stream or ask.path != MESSAGES:
        return None
    first, *others = reply.chunks
    return Reply(200, reply.headers, _after(0.15, [first], others))


def _after(seconds: float, *parts: list[bytes]) -> Iterator[bytes]:
    for part in parts:
        yield b"".join(part)
        time.sleep(seconds)


def for_messages(answer: Answerer) -> Answerer:
    return lambda ask: answer(ask) if ask.path == MESSAGES else honest(ask)


def turn_ended(events: Events) -> Events:
    for _, data in events:
        delta = data.get("delta", {})
        if delta.get("stop_reason") == "stop_sequence":
            delta.update(stop_reason="end_turn", stop_sequence=None)
    return events
