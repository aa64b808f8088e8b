"""Servers that honour the contract in other ways: none of them may be blamed.

Each is the honest server with a freedom taken that the contract leaves, or with the
other choice wherever nobody knows what the service did (UNV).
"""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Callable, Iterator
from typing import Any
from zlib import crc32

from honest_server import (
    COMPLETE,
    HUMAN,
    MESSAGES,
    NEW,
    OLD,
    Answerer,
    Ask,
    Reply,
    as_json,
    check_complete,
    honest,
    numbers,
)
from twisting import asked, instead, replied, streamed


def spoken(change: Callable[[bytes], Iterator[bytes]]) -> Answerer:
    """Streams in other chunks or other bytes."""

    def alter(_: Ask, reply: Reply) -> Reply | None:
        if not reply.is_stream:
            return None
        return Reply(reply.status, reply.headers, change(reply.body))

    return replied(alter)


def written(write: Callable[[str | None, str, int], str], tail: str = "") -> Answerer:
    """Streams with the same events written in another way."""

    def change(body: bytes) -> Iterator[bytes]:
        blocks = body.decode().replace("\r\n", "\n").split("\n\n")
        for number, block in enumerate(filter(None, blocks)):
            *names, data = block.split("\n")
            name = names[0].removeprefix("event: ") if names else None
            yield write(name, data.removeprefix("data: "), number).encode()
        yield tail.encode()

    return spoken(change)


def _bare(name: str | None, data: str, _: int) -> str:
    return f"event:{name}\ndata:{data}\n\n" if name else f"data:{data}\n\n"


def _rich(name: str | None, data: str, number: int) -> str:
    head = f"event: {name}\n" if name else ""
    ping = 'event: ping\ndata: {"type": "ping"}\n\n'
    comment = f": {number}\nid: {number}\nretry: 100\n"
    return f"{comment}{head}data: {data}\n\n: alive\n\n{'' if 'DONE' in data else ping}"


def _padded(name: str | None, data: str, number: int) -> str:
    spaces = " " * (number % 16)
    text = f"{data[:-1]}{spaces}}}" if data.endswith("}") else data
    head = f"event: {name}\r\n" if name else ""
    return f"{head}data: {text}\r\n\r\n"


def _by_carriage_return(name: str | None, data: str, _: int) -> str:
    return _bare(name, data, 0).replace("\n", "\r")


def _split(name: str | None, data: str, _: int) -> str:
    """JSON over two lines of data, where the space between members may be a line."""
    first, comma, rest = data.partition(', "')
    lines = f'data: {first},\ndata: "{rest}' if comma else f"data: {data}"
    return f"event: {name}\n{lines}\n\n" if name else f"{lines}\n\n"


def members(change: Callable[[dict[str, Any], Ask], object]) -> Answerer:
    """Good answers of `/v1/complete`, streamed or not, with other members."""

    def alter(ask: Ask, reply: Reply) -> Reply | None:
        if reply.status != 200 or ask.path != COMPLETE:
            return None

        def one(text: str) -> str:
            data = json.loads(text)
            if "completion" in data:
                change(data, ask)
            return json.dumps(data)

        if not reply.is_stream:
            return Reply(200, reply.headers, [one(reply.body.decode()).encode()])
        blocks = reply.body.decode().split("\r\n\r\n")
        lines = [
            f"data: {one(line[6:])}" if line.startswith("data: {") else line
            for block in blocks
            for line in [*block.split("\r\n"), ""]
        ]
        return Reply(200, reply.headers, ["\n".join(lines[:-1]).encode()])

    return replied(alter)


def _undocumented_left_out(data: dict[str, Any], _: Ask) -> None:
    for name in ("stop", "log_id"):
        del data[name]


def _more_members(data: dict[str, Any], ask: Ask) -> None:
    data.update(usage={"tokens": 5}, metadata=None, x=[1.5])
    if ask.headers.get("anthropic-version") == OLD:
        data.update(truncated=False, exception=None)


QUESTION = "Describe a walk along a river in about fifty words."
LAST_TURN = {"role": "user", "content": QUESTION}


def _overloaded_in_the_middle(ask: Ask) -> Reply:
    """A stream that fails before it says why it ended."""
    reply = honest(ask)
    mine = ask.headers.get("anthropic-version") == NEW
    if not (reply.is_stream and mine and ask.get("max_tokens_to_sample") == 2):
        return reply
    error = {"type": "overloaded_error", "message": "Overloaded"}
    failure = json.dumps({"type": "error", "error": error})
    first, *_ = reply.chunks
    failed = f"event: error\ndata: {failure}\n\n".encode()
    return Reply(200, reply.headers, [first, failed])


def _blocks_that_begin_with_text(events: list[tuple[str | None, Any]]) -> Any:
    """The first piece of a message is in the block that it begins with."""
    for place, (name, data) in enumerate(events):
        if name == "content_block_delta":
            block = next(item for _, item in events if "content_block" in item)
            block["content_block"]["text"] = data["delta"]["text"]
            return [*events[:place], *events[place + 1 :]]
    return events


def _dated(data: dict[str, Any], _: Ask) -> None:
    data["model"] += "-20231121"


def _about(ask: Ask, subject: str) -> Ask:
    """The same request about something else, if it is a good one."""
    prompt, turns = ask.get("prompt"), ask.get("messages")
    if ask.path == COMPLETE and isinstance(prompt, str) and HUMAN in prompt:
        return _changed(ask, prompt=prompt.replace(HUMAN, f"{HUMAN} {subject}", 1))
    if ask.path == MESSAGES and turns == [LAST_TURN]:
        other = {**LAST_TURN, "content": f"{subject} {LAST_TURN['content']}"}
        return _changed(ask, messages=[other])
    return ask


def _by_chance(ask: Ask) -> Reply:
    """Another text every time."""
    return honest(_about(ask, str(random.random())))


def _by_body(ask: Ask) -> Reply:
    """Another text for each body, and always the same for one."""
    return honest(_about(ask, str(crc32(ask.body))))


def _id_of_logs(data: dict[str, Any], ask: Ask) -> None:
    if ask.get("stream") is True:
        del data["id"]


def _at_most(limit: int) -> Answerer:
    """Texts that end by themselves, after so many words."""

    def answer(ask: Ask) -> Reply:
        stops, asked_for = ask.get("stop_sequences"), ask.get("max_tokens_to_sample")
        reply = honest(ask)
        if ask.path != COMPLETE or reply.status != 200 or asked_for <= limit:
            return reply
        short = honest(_changed(ask, max_tokens_to_sample=max(limit, 1), stream=False))
        data = json.loads(short.body)
        if stops and data["stop_reason"] == "stop_sequence":
            return reply
        data |= {"stop_reason": "stop_sequence", "stop": HUMAN}
        if limit == 0:
            data["completion"] = ""
        return _in_form(ask, reply, data)

    return answer


def _interrupted(ask: Ask) -> Reply:
    """Four words and the person's turn, which a limit of five tokens cuts in two."""
    if ask.path != COMPLETE or ask.get("max_tokens_to_sample") != 5:
        return _at_most(4)(ask)
    reply = honest(ask)
    short = honest(_changed(ask, max_tokens_to_sample=4, stream=False))
    data = json.loads(short.body)
    if reply.status != 200 or data["stop_reason"] != "max_tokens":
        return reply
    return _in_form(ask, reply, {**data, "completion": data["completion"] + "\n\nHu"})


def _in_form(ask: Ask, reply: Reply, data: dict[str, Any]) -> Reply:
    if not reply.is_stream:
        answer = as_json(200, data)
        return Reply(200, reply.headers, answer.chunks)
    words = data["completion"].split(" ")[1:]
    texts = [*(f" {word}" for word in words), ""]
    old = ask.headers.get("anthropic-version") == OLD
    texts = list(itertools.accumulate(texts)) if old else texts
    chunks: list[bytes] = []
    for place, text in enumerate(texts):
        last = place == len(texts) - 1
        ends = {} if last else {"stop_reason": None, "stop": None}
        event = json.dumps({**data, "completion": text, **ends})
        name = "" if old else "event: completion\n"
        chunks.append(f"{name}data: {event}\n\n".encode())
    done = [b"data: [DONE]\n\n"] if old else []
    return Reply(200, reply.headers, [*chunks, *done])


def _changed(ask: Ask, **changes: Any) -> Ask:
    body = json.dumps({**ask.json, **changes}).encode()
    return Ask(ask.method, ask.path, ask.headers, body, ask.names)


def _unverified(ask: Ask) -> Reply:
    """The other choice in whatever is not verified."""
    body = ask.json
    if not isinstance(body, dict) or ask.path != COMPLETE:
        return honest(ask)
    old = ask.headers.get("anthropic-version") == OLD
    user = (
        (body.get("metadata") or {}) if isinstance(body.get("metadata"), dict) else {}
    )
    if isinstance(user.get("user_id"), str) and 256 < len(user["user_id"]) < 513:
        return _refuse("metadata")
    if old:
        # The sentinel of 2023.
        body = {k: v for k, v in body.items() if k not in {"top_p", "top_k"} or v != -1}
    # Keys given twice and halves of surrogate pairs are taken.
    text = json.dumps(body).encode("utf-8", "replace").replace(b"\\ud83d w", b" w")
    return honest(Ask(ask.method, ask.path, ask.headers, text, ask.names))


def _fields_first(ask: Ask) -> Reply:
    """Checks the body before the key and the version, and says so in its own words."""
    if ask.method == "POST" and ask.path == COMPLETE:
        try:
            body = ask.json
            if isinstance(body, dict):
                check_complete(body)
        except Exception as error:
            if getattr(error, "status", 0) == 400:
                return _refuse("Ungültige Anfrage")
    return honest(ask)


def _refuse(message: str) -> Reply:
    error = {"type": "invalid_request_error", "message": message, "details": None}
    reply = as_json(400, {"type": "error", "error": error})
    number = next(numbers)
    reply.headers |= {"request-id": f"req_{number}", "x-should-retry": "false"}
    return reply


def _dressed(_: Ask, reply: Reply) -> Reply:
    extra = {"Server": "other/1.0", "Via": "1.1 proxy", "X-Frame-Options": "DENY"}
    headers = {**extra, **{key.title(): reply.headers[key] for key in reply.headers}}
    if not reply.is_stream:
        headers["Content-Type"] = "application/json;charset=UTF-8"
    else:
        headers["Content-Type"] = "Text/Event-Stream"
        headers["Cache-Control"] = "no-cache, no-transform"
        return Streaming(reply.status, headers, reply.chunks)
    return Reply(reply.status, headers, reply.chunks)


class Streaming(Reply):
    """A stream, however its content type is spelled."""

    @property
    def is_stream(self) -> bool:
        return True


def _slowly(body: bytes) -> Iterator[bytes]:
    for part in body.split(b"\n\n"):
        time.sleep(0.001)
        yield part + b"\n\n" if part else b""


def _bytewise(body: bytes) -> Iterator[bytes]:
    for place in range(0, len(body), 7):
        yield body[place : place + 7]


def _nothing_but_complete(ask: Ask) -> Reply:
    if ask.path == MESSAGES:
        return honest(Ask(ask.method, "/v1/other", ask.headers, ask.body))
    return honest(ask)


def _with_more_events(body: bytes) -> Iterator[bytes]:
    yield b'\xef\xbb\xbfevent: hello\ndata: {"new": true}\n\n'
    yield b"event: ping\ndata:\n\n" * 0
    yield body


def _whole(body: bytes) -> Iterator[bytes]:
    yield body


def _no_405(ask: Ask) -> Reply:
    """Other methods find nothing."""
    return honest(ask) if ask.method == "POST" else instead(404, lambda _: True)(ask)


def _options(ask: Ask) -> Reply:
    if ask.method == "OPTIONS":
        headers = {"allow": "POST, OPTIONS", "request-id": f"req_{next(numbers)}"}
        return Reply(204, headers, [])
    return honest(ask)


def _by_accident() -> Answerer:
    """A 500 now and then, never twice in a row."""
    count = itertools.count(1)
    crash = instead(500, lambda _: True)
    return lambda ask: crash(ask) if next(count) % 9 == 0 else honest(ask)


def _limited() -> Answerer:
    """Three requests meet a limit, and are told not to come back."""
    left = iter(range(3))

    def answer(ask: Ask) -> Reply:
        if b'"top_k": 100000' not in ask.body or next(left, None) is None:
            return honest(ask)
        reply = as_json(
            429,
            {"type": "error", "error": {"type": "rate_limit_error", "message": "m"}},
        )
        number = next(numbers)
        reply.headers |= {"x-should-retry": "false", "request-id": f"req_{number}"}
        return reply

    return answer


def _with_limits(ask: Ask, reply: Reply) -> None:
    if reply.status == 200:
        reply.headers["retry-after"] = "7"
        if ask.path == MESSAGES:
            reply.headers |= {
                "anthropic-ratelimit-requests-remaining": "12",
                "anthropic-ratelimit-input-tokens-reset": "2025-08-17T12:00:00Z",
            }


def _any_turns(ask: Ask) -> None:
    """Takes turns in any order, as later servers do."""
    turns = ask.get("messages")
    if ask.path != MESSAGES or not isinstance(turns, list) or len(turns) < 2:
        return
    roles = [
        turn.get("role")
        for turn in turns
        if isinstance(turn, dict) and isinstance(turn.get("content"), str | list)
    ]
    if len(roles) == len(turns) and set(roles) <= {"user", "assistant", "system"}:
        ask.body = json.dumps({**ask.json, "messages": [LAST_TURN]}).encode()


# Streams that are written in other ways.
STREAMS: dict[str, Answerer] = {
    "line feeds, and no space after a colon": written(_bare),
    "carriage returns alone": written(_by_carriage_return),
    "carriage returns with line feeds, and padded data": written(_padded),
    "comments, ids, and pings everywhere": written(_rich),
    "data of more lines than one": written(_split),
    "a byte order mark and an unknown event": spoken(_with_more_events),
    "chunks of seven bytes": spoken(_bytewise),
    "all of a stream at once": spoken(_whole),
    "words that take their time": spoken(_slowly),
    "an id of logs alone in events": members(_id_of_logs),
    "a stream that fails": _overloaded_in_the_middle,
    "blocks that begin with text": streamed(
        _blocks_that_begin_with_text, path=MESSAGES
    ),
}
# Good responses that say something else.
TEXTS: dict[str, Answerer] = {
    "no undocumented members": members(_undocumented_left_out),
    "members of its own": members(_more_members),
    "another text every time": _by_chance,
    "another text for each body": _by_body,
    "no text at all": _at_most(0),
    "texts of one word": _at_most(1),
    "texts of nine words": _at_most(9),
    "a model of a day": members(_dated),
    "limits and pauses in good responses": replied(_with_limits),
    "the person's turn after five tokens": _interrupted,
}
# Other methods, paths and sizes, and the sections that they matter to.
REFUSALS: dict[str, tuple[tuple[str, ...], Answerer]] = {
    "no /v1/messages": (("errors", "methods", "messages"), _nothing_but_complete),
    "/v1/messages is not implemented": (
        ("errors", "methods", "messages"),
        instead(501, lambda ask: ask.path == MESSAGES, "api_error"),
    ),
    "a limit of the rate that forbids the retry": (
        ("errors", "request", "framing"),
        _limited(),
    ),
    "turns of one role in a row, and the assistant first": (
        ("messages",),
        asked(_any_turns),
    ),
    "other methods find nothing": (("methods", "errors"), _no_405),
    "OPTIONS is answered": (("methods", "errors"), _options),
    "bodies of any size": (
        ("errors", "prompts"),
        asked(
            lambda ask: (
                setattr(ask, "body", ask.body.replace(b"  ", b""))
                if len(ask.body) > 2**20
                else None
            )
        ),
    ),
}
# What may show anywhere.
EVERYWHERE: dict[str, Answerer] = {
    "headers of another spelling and order": replied(_dressed),
    "what is not verified, the other way": _unverified,
    "the body checked before the key": _fields_first,
    "an error by chance": _by_accident(),
}
OF_STREAMS = ("framing", "stream", "answer", "stop", "limits", "messages")
VARIANTS: dict[str, tuple[tuple[str, ...], Answerer]] = {
    **{name: (("headers", *OF_STREAMS), STREAMS[name]) for name in STREAMS},
    **{name: (("headers", "text", *OF_STREAMS), TEXTS[name]) for name in TEXTS},
    **{name: (("headers", *only), answer) for name, (only, answer) in REFUSALS.items()},
    **{name: ((), EVERYWHERE[name]) for name in EVERYWHERE},
}
