"""Deviating servers that were thought of from the contract alone, not its clauses."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

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
)
from stateful_twists import (
    Changing,
    Mixing,
    Remembering,
    Sticking,
    Trusting,
    as_listed,
    as_patterns,
    changed,
    clamping,
    counted,
    first_document,
    first_listed,
    for_messages,
    held_after_one,
    in_any_case,
    in_gzip,
    in_stream,
    in_two_bursts,
    is_old,
    message_member,
    message_turns,
    old_is_open,
    one_delta,
    other_delta,
    other_index,
    raw_controls,
    seeking,
    slow_and_held,
    stop_in_prompt,
    strangers,
    turn_ended,
    unescaped,
)
from twisting import (
    Events,
    altered,
    asked,
    body,
    each,
    header,
    instead,
    lax,
    replied,
    streamed,
    strict,
)
from twists import (
    always_error_stream,
    ask_method,
    at_limit,
    at_stop,
    crashes_body,
    drop,
    held_back,
    is_error,
    is_good,
    no_stops,
    on_last,
    put,
    with_body,
)


def version(test: Any) -> Answerer:
    """A server that takes other versions."""
    return asked(
        lambda a: (
            a.headers.update({"anthropic-version": NEW})
            if test(a.headers.get("anthropic-version", "")) and not is_known(a)
            else None
        )
    )


def is_known(ask: Any) -> bool:
    return ask.headers.get("anthropic-version") in {OLD, NEW}


def metadata(test: Any) -> Answerer:
    """A server that takes other metadata."""
    return body(
        lambda m: (
            m.pop("metadata")
            if isinstance(m.get("metadata"), dict) and test(m["metadata"])
            else None
        )
    )


def number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def body_when(version: str, change: Any) -> Answerer:
    """A server that reads another JSON body under one version."""

    def alter(ask: Any) -> None:
        members = ask.json
        mine = ask.headers.get("anthropic-version") == version
        if mine and isinstance(members, dict) and members.get("stream") is not True:
            change(members)
            ask.body = json.dumps(members).encode()

    return asked(alter)


def other_reason(events: Any) -> Any:
    for name, data in events:
        if name == "message_delta" and data["delta"]["stop_reason"] == "max_tokens":
            data["delta"]["stop_reason"] = "end_turn"
    return events


def large(ask: Any, size: int = 32 * 2**20) -> bool:
    return len(ask.body) > size


def no_type_when_old(ask: Any, reply: Reply) -> Reply | None:
    if ask.headers.get("anthropic-version") != OLD or reply.status != 200:
        return None
    if reply.is_stream or ask.path != COMPLETE:
        return None
    data = {k: v for k, v in json.loads(reply.body).items() if k != "type"}
    return Reply(200, reply.headers, as_json(200, data).chunks)


def named_done(_: Any, reply: Reply) -> Reply | None:
    if not reply.is_stream:
        return None
    named = b"event: done\r\ndata: [DONE]"
    chunks = [chunk.replace(b"data: [DONE]", named) for chunk in reply.chunks]
    return Reply(200, reply.headers, chunks)


def bad_in_stream(field: str) -> Any:
    return lambda m: m.pop(field, None) if m.get("stream") is True else None


def stream_404(ask: Any, reply: Reply) -> Reply | None:
    if reply.status != 404 or ask.get("stream") is not True:
        return None
    chunk = b"event: error\ndata: " + reply.body + b"\n\n"
    headers = {**reply.headers, "content-type": "text/event-stream"}
    return Reply(200, headers, [chunk])


def compressed(_: Any, reply: Reply) -> Reply | None:
    if reply.status != 200 or reply.is_stream:
        return None
    headers = {**reply.headers, "content-encoding": "gzip"}
    return Reply(200, headers, [gzip.compress(reply.body)])


def in_brotli(_: Any, reply: Reply) -> Reply:
    # The suite cannot decode it, so the bytes need not be those of brotli.
    headers = {**reply.headers, "content-encoding": "br"}
    return Reply(reply.status, headers, [b"\x0b\x02\x80"])


def in_deflate(_: Any, reply: Reply) -> Reply:
    headers = {**reply.headers, "content-encoding": "deflate"}
    return Reply(reply.status, headers, [zlib.compress(reply.body)])


def repeated(ask: Ask, reply: Reply) -> Reply | None:
    """A message begins with the text that it was to continue."""
    turns = ask.get("messages")
    if reply.status != 200 or reply.is_stream or not isinstance(turns, list):
        return None
    begun = turns[-1]["content"] if turns[-1]["role"] == "assistant" else ""
    data = json.loads(reply.body)
    data["content"][0]["text"] = begun + data["content"][0]["text"]
    return Reply(200, reply.headers, as_json(200, data).chunks)


def text_at_start(events: Events) -> Events:
    """A message has its text in `message_start`, and once more in deltas."""
    events[0][1]["message"]["content"] = [{"type": "text", "text": "A walk"}]
    return events


class After:
    """Refuses the request that follows another, as if it began with its body."""

    def __init__(self, test: Callable[[Ask], bool]) -> None:
        self.test = test
        self.is_next = False

    def __call__(self, ask: Ask) -> Reply:
        is_refused, self.is_next = self.is_next, self.test(ask)
        return instead(400, lambda _: is_refused)(ask)


def when_streamed(change: Callable[[dict[str, Any]], object]) -> Answerer:
    """A server that reads another body where a stream of a completion is asked for."""
    return body(lambda m: change(m) if m.get("stream") is True else None)


def stops(test: Callable[[list[Any]], object]) -> Callable[[dict[str, Any]], bool]:
    """Whether a body has a list of stop sequences like this."""

    def when(members: dict[str, Any]) -> bool:
        listed = members.get("stop_sequences")
        return isinstance(listed, list) and bool(test(listed))

    return when


def one_stop(members: dict[str, Any]) -> None:
    if stops(len)(members):
        members["stop_sequences"] = members["stop_sequences"][:1]


def short_stops(members: dict[str, Any]) -> None:
    if stops(lambda listed: all(isinstance(item, str) for item in listed))(members):
        listed = members["stop_sequences"]
        members["stop_sequences"] = [item for item in listed if item.count(" ") < 2]


def ended_when_old(ask: Ask, reply: Reply) -> Reply | None:
    is_old = ask.headers.get("anthropic-version") == OLD and ask.path == COMPLETE
    if not is_old or reply.status != 200 or reply.is_stream:
        return None
    data = {**json.loads(reply.body), **STREAM_ENDS}
    return Reply(200, reply.headers, as_json(200, data).chunks)


def without_end(ask: Ask, reply: Reply) -> Reply | None:
    """A stream that has no text has no events."""
    if not reply.is_stream or ask.path != COMPLETE or ask.get("stop_sequences") is None:
        return None
    is_empty = reply.body.count(b'completion": "') == 1
    return Reply(200, reply.headers, [b": nothing\r\n\r\n"]) if is_empty else None


def as_accepted(ask: Ask) -> None:
    """Answers with what is accepted, whatever was asked for."""
    accepted = ask.headers.get("accept", "*/*")
    if isinstance(ask.json, dict) and accepted != "*/*":
        wanted = accepted == "text/event-stream"
        ask.body = json.dumps({**ask.json, "stream": wanted}).encode()


def last_turn(members: dict[str, Any]) -> None:
    turns = members.get("messages")
    if isinstance(turns, list) and len(turns) > 1:
        members["messages"] = turns[-1:]


STREAM_ENDS = {"stop_reason": "stop_sequence", "stop": HUMAN}

ERROR_EVENT = {
    "type": "error",
    "error": {"type": "overloaded_error", "message": "Overloaded"},
}
FROM_CONTRACT: list[tuple[str, str, Answerer]] = [
    ("201 instead of 200", "answer/1", replied(
        lambda _, r: Reply(201, r.headers, r.chunks)
        if r.status == 200 and not r.is_stream else None)),
    ("the older version knows no type", "answer/2", replied(no_type_when_old)),
    ("no id at all", "answer/10", altered(put(id="", log_id=""))),
    ("messages share an id", "answer/10", altered(put(id="msg_1"), MESSAGES)),
    ("old streams name another model", "answer/11", streamed(
        each(lambda data, _: data.update(model="claude-1")), OLD)),
    ("old streams end without a reason", "answer/12", streamed(
        on_last(stop_reason=None), OLD)),
    ("a stop at the limit", "answer/12", altered(
        lambda m: m.update(stop="") if at_limit(m) else None)),
    ("overlapping requests are mixed up", "answer/13", Mixing("prompt", 3)),
    ("stop sequences are remembered", "answer/14", Remembering()),
    ("keys are asked for today only", "versions/5", asked(
        lambda a: a.headers.update({"x-api-key": "sk-x"})
        if a.headers.get("anthropic-version") == OLD else None)),
    ("the older version takes any member", "versions/5", old_is_open),
    ("any date is a version", "versions/2", version(
        lambda v: re.fullmatch(r"\d{4}-\d\d-\d\d", v))),
    ("2024 is a version", "versions/2", version(lambda v: v.startswith("2024"))),
    ("a short date is a version", "versions/2", version(lambda v: v == "2023-6-1")),
    ("a version may go on", "versions/2", version(lambda v: v.startswith(NEW))),
    ("user_id is counted in bytes", "request/14", instead(400, with_body(
        lambda m: isinstance(m.get("metadata"), dict)
        and len(str(m["metadata"].get("user_id")).encode()) > 300
        and len(str(m["metadata"].get("user_id"))) < 300))),
    ("an empty user_id is refused", "request/14", strict(
        "metadata", lambda v: isinstance(v, dict) and v.get("user_id") == "")),
    ("user_id may be an object", "request/15", metadata(
        lambda m: isinstance(m.get("user_id"), dict))),
    ("metadata may hold more", "request/15", metadata(lambda m: len(m) > 1)),
    *((f"{field} may be null", clause, lax(field, None)) for field, clause in {
        "temperature": "request/4", "top_p": "request/6", "top_k": "request/8",
        "stop_sequences": "request/13", "metadata": "request/15",
        "stream": "request/16"}.items()),
    ("8.0 tokens are refused", "request/21", strict(
        "max_tokens_to_sample", lambda v: isinstance(v, float))),
    ("4096 tokens at most", "request/21", strict(
        "max_tokens_to_sample", lambda v: number(v) and v > 4096)),
    ("100000 tokens at most", "request/21", strict(
        "max_tokens_to_sample", lambda v: number(v) and v > 100_000)),
    ("4 stop sequences at most", "request/12", strict(
        "stop_sequences", lambda v: isinstance(v, list) and len(v) > 4)),
    ("16 stop sequences at most", "request/12", strict(
        "stop_sequences", lambda v: isinstance(v, list) and len(v) > 16)),
    ("stop sequences are short", "request/12", strict(
        "stop_sequences",
        lambda v: isinstance(v, list) and any(len(str(item)) > 32 for item in v))),
    ("names in any letter case", "request/2", strangers(
        lambda name, _: name.lower() == "temperature")),
    ("unknown nulls", "request/2", strangers(lambda _, value: value is None)),
    ("private members", "request/2", strangers(lambda name, _: name[0] == "_")),
    ("a system prompt is passed over", "request/2", body(drop("system"))),
    ("unknown objects are passed over", "request/2", strangers(
        lambda _, value: isinstance(value, dict))),
    ("{} is a crash", "request/18", crashes_body(lambda b: b.strip() == b"{}")),
    ("a comma before the end", "request/18", asked(
        lambda a: setattr(a, "body", re.sub(rb",\s*}$", b"}", a.body)))),
    ("something after the end", "request/18", asked(first_document)),
    ("raw control characters", "request/18", asked(raw_controls)),
    ("comments", "request/18", asked(
        lambda a: setattr(a, "body", re.sub(rb"/\*.*?\*/", b"", a.body)))),
    ("single quotes", "request/18", asked(
        lambda a: setattr(a, "body", a.body.replace(b"'", b'"'))
        if a.body.startswith(b"{'") else None)),
    ("streams take any member", "errors/6", strangers(
        lambda *_: True, lambda m: m.get("stream") is True)),
    ("streams take any temperature", "errors/6", body(bad_in_stream("temperature"))),
    ("streams of no model begin", "errors/6", replied(stream_404)),
    ("too large is a bad request", "errors/9", instead(400, large)),
    ("too large is a crash", "errors/8", instead(500, large)),
    ("one megabyte at most", "errors/10", instead(
        413, lambda a: large(a, 2**20), "request_too_large")),
    ("no limit of size", "errors/11", asked(
        lambda a: setattr(a, "body", a.body.replace(b"  ", b""))
        if large(a) else None)),
    ("streams take prompts of no turns", "prompts/10", body(
        lambda m: m.update(prompt=f"{HUMAN} Hi\n\nAssistant:")
        if m.get("stream") is True and m.get("prompt") == "Hello, world" else None)),
    ("bodies in chunks are refused", "request/22", instead(
        400, lambda a: "transfer-encoding" in a.headers)),
    ("the version's name in lower case only", "versions/6", instead(
        400, lambda a: "Anthropic-Version" in a.names)),
    ("what was not read is a request", "errors/12", instead(
        400, lambda a: a.body.endswith(b" " * 2_000)
        and bool(a.headers.get("x-api-key"))
        and a.headers.get("content-type") == "application/json")),
    ("a byte order mark in a model is a crash", "text/9", instead(
        500, lambda a: "\ufeff" in str(a.get("model")))),
    ("a list of one body is a message", "messages/25", asked(
        lambda a: setattr(a, "body", json.dumps(a.json[0]).encode())
        if a.path == MESSAGES and isinstance(a.json, list) else None)),
    ("half a pair in a system prompt is a crash", "messages/24", instead(
        500, lambda a: a.path == MESSAGES and b'terse \\ud83d' in a.body)),
    ("TRACE is welcome", "methods/1", replied(
        lambda a, _: as_json(200, {}) if a.method == "TRACE" else None)),
    ("the older version knows no stop sequences", "stop/1", body_when(OLD, no_stops)),
    ("the older version knows no limit", "limits/6", body_when(
        OLD, lambda m: m.update(max_tokens_to_sample=64))),
    ("message streams end otherwise", "messages/20", streamed(
        other_reason, path=MESSAGES)),
    ("arrays nested deep are a crash", "text/10", crashes_body(
        lambda b: b.startswith(b"[[[["))),
    ("half a body of a stream is a crash", "errors/6", crashes_body(
        lambda b: b'"stream": true' in b and not b.endswith(b"}"))),
    ("2000 characters at most", "prompts/9", strict(
        "prompt", lambda v: isinstance(v, str) and len(v) > 2000)),
    ("HEAD is a crash", "methods/1", instead(500, ask_method("HEAD"))),
    ("OPTIONS is a crash", "methods/1", instead(500, ask_method("OPTIONS"))),
    ("PUT is POST", "methods/1", asked(
        lambda a: setattr(a, "method", "POST") if a.method == "PUT" else None)),
    ("a 405 without request-id", "methods/6", header(
        "request-id", None, is_error(405))),
    ("messages can be got", "methods/7", replied(
        lambda a, _: as_json(200, {})
        if a.method == "GET" and a.path == MESSAGES else None)),
    ("PATCH is POST", "methods/1", asked(
        lambda a: setattr(a, "method", "POST") if a.method == "PATCH" else None)),
    ("objects nested deep are a crash", "text/10", crashes_body(
        lambda b: b.count(b"{") > 500)),
    ("JSON of Latin-1, by its header", "text/1", header(
        "content-type", "application/json; charset=iso-8859-1",
        lambda r: not r.is_stream)),
    ("streams of Latin-1, by their header", "framing/4", header(
        "content-type", "text/event-stream; charset=iso-8859-1",
        lambda r: r.is_stream)),
    ("an older date is a version", "versions/4", version(lambda v: "" < v < OLD)),
    ("streams of no version", "versions/4", asked(
        lambda a: a.headers.setdefault("anthropic-version", NEW)
        if a.get("stream") is True else None)),
    ("a blank prompt is welcome", "prompts/1", body(
        lambda m: m.update(prompt=f"{HUMAN} Hi\n\nAssistant:")
        if isinstance(m.get("prompt"), str) and m["prompt"]
        and not m["prompt"].strip() else None)),
    ("UTF-16 is read", "text/11", asked(
        lambda a: setattr(a, "body", a.body.decode("utf-16").encode())
        if a.body[:2] == b"\xff\xfe" else None)),
    ("U+0000 is a crash", "text/9", crashes_body(lambda b: b"\\u0000" in b)),
    ("old streams change their id", "framing/10", streamed(
        each(lambda data, last: data.update(id=f"{data['id']}{last}")), OLD)),
    ("betas are refused", "headers/7", instead(
        400, lambda a: "anthropic-beta" in a.headers)),
    ("an error after the end", "framing/13", streamed(
        lambda events: [*events, ("error", ERROR_EVENT)])),
    ("an error after the message", "framing/13", streamed(
        lambda events: [*events, ("error", ERROR_EVENT)], path=MESSAGES)),
    ("compressed although it was asked not to", "headers/9", replied(compressed)),
    ("encoded as nobody asked", "headers/9", replied(in_brotli)),
    ("events wait for a block of gzip", "framing/14", in_gzip(zlib.Z_NO_FLUSH)),
    ("HEAD has a body", "methods/8", replied(
        lambda a, r: replace(r, is_sent_for_head=True) if a.method == "HEAD"
        else None)),
    ("the last stop sequence alone", "stop/3", seeking(lambda _, s: s[-1:])),
    ("the first stop sequence of a message", "messages/10", body(
        lambda m: m.update(stop_sequences=m["stop_sequences"][:1])
        if isinstance(m.get("stop_sequences"), list) else None, MESSAGES)),
    ("messages do not say what is allowed", "methods/7", replied(
        lambda a, r: r.headers.pop("allow", None) and None
        if a.path == MESSAGES else None)),
    ("a list of one where top_k is given", "answer/2", replied(
        lambda a, r: Reply(200, r.headers, [b"[" + r.body + b"]"])
        if r.status == 200 and not r.is_stream and a.path == COMPLETE
        and a.get("top_k") == 40 else None)),
    ("no text is null", "answer/2", altered(
        lambda m: m.update(completion=m["completion"] or None))),
    ("cold streams are none", "framing/12", body(
        lambda m: m.pop("stream", None) if m.get("temperature") == 0
        else None)),
    ("words wait for the last one", "framing/11", replied(
        lambda _, r: Reply(200, r.headers, slow_and_held(r)) if r.is_stream else None)),
    ("[DONE] has a name", "stream/2023-01-01/2", replied(named_done)),
    ("old streams end by themselves", "limits/4", streamed(
        on_last(**STREAM_ENDS), OLD)),
    ("old streams end otherwise", "stream/2023-01-01/6", streamed(
        on_last(stop_reason="max_tokens", stop=None), OLD)),
    ("sequences in any letter case", "stop/9", seeking(in_any_case)),
    ("sequences are patterns", "stop/9", seeking(as_patterns)),
    ("sequences are trimmed", "stop/9", seeking(lambda _, s: [i.strip() for i in s])),
    ("sequences in the prompt", "stop/9", stop_in_prompt),
    ("the first in the list", "stop/3", seeking(as_listed)),
    ("four sequences are enough", "stop/3", seeking(lambda _, s: s[:4])),
    ("the first in the list is named", "stop/3", replied(first_listed)),
    ("sequences of ASCII", "stop/10", seeking(
        lambda _, s: [item for item in s if item.isascii()])),
    ("sequences of some length", "stop/10", seeking(
        lambda _, s: [item for item in s if len(item) > 1])),
    ("sequences of no length", "stop/10", seeking(
        lambda _, s: [item for item in s if len(item) < 10])),
    ("sixteen tokens at most", "limits/5", body(
        lambda m: m.update(max_tokens_to_sample=16)
        if number(m.get("max_tokens_to_sample"))
        and m["max_tokens_to_sample"] > 16 else None)),
    ("messages for everybody", "messages/15", asked(
        lambda a: a.headers.update({"x-api-key": "sk-x"})
        if a.path == MESSAGES else None)),
    ("no key for messages is a bad request", "messages/15", instead(
        400, lambda a: a.path == MESSAGES and not a.headers.get("x-api-key"))),
    ("messages in any version", "messages/15", asked(
        lambda a: a.headers.update({"anthropic-version": NEW})
        if a.path == MESSAGES else None)),
    ("messages know no metadata", "messages/16", strict(
        "metadata", lambda _: True, MESSAGES)),
    ("messages know no top_k", "messages/16", strict(
        "top_k", lambda v: v != 0, MESSAGES)),
    ("messages of another model", "messages/17", altered(put(model="gpt-4"), MESSAGES)),
    ("messages without a name", "messages/17", altered(put(id=""), MESSAGES)),
    ("messages of no model are bad", "messages/18", replied(
        lambda a, r: Reply(400, r.headers, error_of("invalid_request_error"))
        if r.status == 404 and a.path == MESSAGES else None)),
    ("messages fail within the stream", "messages/19", always_error_stream),
    ("message streams go on", "messages/20", in_stream(no_stops)),
    ("message streams know no limit", "messages/20", in_stream(put(max_tokens=64))),
    ("deltas of another block", "messages/21", streamed(other_index, path=MESSAGES)),
    ("deltas of another type", "messages/21", streamed(other_delta, path=MESSAGES)),
    ("one delta for all", "messages/22", streamed(one_delta, path=MESSAGES)),
    ("tokens are not counted", "messages/23", altered(
        put(usage={"input_tokens": 9, "output_tokens": 0}), MESSAGES)),
    ("a number is a model", "messages/4", message_member("model", number)),
    ("messages with any metadata", "messages/4", message_member(
        "metadata", lambda v: isinstance(v, dict) and set(v) - {"user_id"})),
    ("a number is a user", "messages/4", message_member(
        "metadata", lambda v: isinstance(v, dict) and number(v.get("user_id")))),
    ("a number is a system prompt", "messages/4", message_member("system", number)),
    ("an object is a system prompt", "messages/4", message_member(
        "system", lambda v: isinstance(v, dict))),
    ("content of null", "messages/5", message_turns(
        lambda turns: any("content" in t and t["content"] is None for t in turns))),
    ("content of a number", "messages/5", message_turns(
        lambda turns: any(number(t.get("content")) for t in turns))),
    ("turns without a role", "messages/5", message_turns(
        lambda turns: any("role" not in t for t in turns))),
    ("blocks without a type", "messages/5", message_turns(
        lambda turns: any("type" not in block for t in turns
                          if isinstance(t.get("content"), list)
                          for block in t["content"]))),
    ("a key beyond ASCII is a crash", "auth/7", instead(
        500, lambda a: not a.headers.get("x-api-key", "").isascii())),
    ("old streams need no key", "versions/5", asked(
        lambda a: a.headers.update({"x-api-key": "sk-x"})
        if a.headers.get("anthropic-version") == OLD and a.get("stream") is True
        else None)),
    ("message streams need no key", "messages/15", asked(
        lambda a: a.headers.update({"x-api-key": "sk-x"})
        if a.path == MESSAGES and a.get("stream") is True else None)),
    ("message streams need no version", "messages/15", asked(
        lambda a: a.headers.setdefault("anthropic-version", NEW)
        if a.path == MESSAGES and a.get("stream") is True else None)),
    ("message streams may be hot", "messages/4", in_stream(
        lambda m: m.pop("temperature")
        if number(m.get("temperature")) and m["temperature"] > 1 else None)),
    ("message streams of no model begin", "messages/19", replied(stream_404)),
    ("no content type is a crash", "request/19", instead(
        500, lambda a: a.method == "POST" and "content-type" not in a.headers)),
    ("the content type is compared by its beginning", "request/19", asked(
        lambda a: a.headers.update({"content-type": "application/json"})
        if a.headers.get("content-type", "").startswith("application/json")
        else None)),
    ("quotes around a charset are refused", "request/20", instead(
        400, lambda a: '"' in a.headers.get("content-type", ""))),
    ("members of another service are passed over", "request/2", strangers(
        lambda name, _: name in {"stop", "n", "logprobs", "echo"})),
    ("numbers are rounded before they are compared", "request/6", body(
        lambda m: m.update(top_p=round(m["top_p"], 2))
        if number(m.get("top_p")) else None)),
    ("a number for a body is a crash", "request/18", crashes_body(bytes.isdigit)),
    ("a limit of 60 digits is a crash", "text/8", crashes_body(
        lambda b: b'"max_tokens_to_sample": 999999999' in b)),
    ("an infinite limit is a crash", "text/8", crashes_body(
        lambda b: b'"max_tokens_to_sample": 1e400' in b)),
    ("turns in any letter case", "prompts/1", body(
        lambda m: m.update(prompt=f"{HUMAN} Hi\n\nAssistant:")
        if str(m.get("prompt")).startswith("\n\nhuman:") else None)),
    ("a start of one line alone", "prompts/7", strict(
        "prompt", lambda v: "\n" in str(v).rpartition("\n\nAssistant:")[2])),
    ("every page is the start page", "errors/4", replied(
        lambda a, r: as_json(200, {}) if a.method == "GET" and r.status == 404
        else None)),
    ("paths are compared by their beginning", "errors/4", asked(
        lambda a: setattr(a, "path", COMPLETE) if a.path.startswith(COMPLETE)
        else None)),
    ("the next request after PUT is refused", "errors/12", After(
        lambda a: a.method == "PUT" and a.body.endswith(b"  "))),
    ("the next request after a lost one is refused", "errors/12", After(
        lambda a: "no-such" in a.path and a.body.endswith(b"  "))),
    ("messages cannot be asked about", "methods/7", instead(
        500, lambda a: a.path == MESSAGES and a.method == "OPTIONS")),
    ("messages can be put", "methods/7", asked(
        lambda a: setattr(a, "method", "POST")
        if a.path == MESSAGES and a.method == "PUT" else None)),
    ("broken JSON of messages is a crash", "messages/25", instead(
        500, lambda a: a.path == MESSAGES and a.body and a.json is None)),
    ("messages take NaN", "messages/25", asked(
        lambda a: setattr(a, "body", a.body.replace(b"NaN", b"1"))
        if a.path == MESSAGES else None)),
    ("messages take text/plain", "messages/27", asked(
        lambda a: a.headers.update({"content-type": "application/json"})
        if a.path == MESSAGES else None)),
    ("messages know no betas", "messages/26", instead(
        400, lambda a: a.path == MESSAGES and "anthropic-beta" in a.headers)),
    ("the assistant's blocks are a crash", "messages/8", instead(
        500, with_body(lambda m: isinstance(m.get("messages"), list) and any(
            isinstance(t, dict) and t.get("role") == "assistant"
            and isinstance(t.get("content"), list) for t in m["messages"]), MESSAGES))),
    ("old events are held back", "framing/9", replied(
        lambda a, r: Reply(200, r.headers, held_back(r))
        if r.is_stream and a.headers.get("anthropic-version") == OLD else None)),
    ("events of messages are held back", "messages/28", replied(
        lambda a, r: Reply(200, r.headers, held_back(r))
        if r.is_stream and a.path == MESSAGES else None)),
    ("overlapping messages are mixed up", "messages/29", Mixing("messages", 2)),
    ("the text is at the start, too", "messages/14", streamed(
        text_at_start, path=MESSAGES)),
    ("streams have a length and chunks", "headers/10", header(
        "content-length", "9999", lambda r: r.is_stream)),
    ("a message repeats how it begins", "messages/9", replied(repeated)),
    ("a connection is trusted", "auth/2", Trusting()),
    ("a limit of 8.0 is none", "limits/6", body(
        lambda m: m.update(max_tokens_to_sample=64)
        if isinstance(m.get("max_tokens_to_sample"), float) else None)),
    ("old responses end by themselves", "limits/4", replied(ended_when_old)),
    ("old streams name the built-in", "stop/4", streamed(
        each(lambda data, _: data.update(stop=HUMAN) if at_stop(data) else None),
        OLD)),
    ("streams look for the first sequence", "stop/2", when_streamed(one_stop)),
    ("streams look at two words", "stop/10", when_streamed(short_stops)),
    ("message streams look for the first sequence", "messages/20", in_stream(one_stop)),
    ("a message is always one token", "messages/23", altered(
        put(usage={"input_tokens": 9, "output_tokens": 1}), MESSAGES)),
    ("a message has more tokens than its limit", "messages/23", altered(
        put(usage={"input_tokens": 9, "output_tokens": 4096}), MESSAGES)),
    ("a sequence twice is refused", "request/12", strict(
        "stop_sequences",
        lambda v: isinstance(v, list) and len(v) > len(set(map(str, v))))),
    ("an empty sequence is a crash", "text/9", instead(
        500, with_body(stops(lambda listed: "" in listed)))),
    ("messages can be deleted", "methods/7", asked(
        lambda a: setattr(a, "method", "POST")
        if a.path == MESSAGES and a.method == "DELETE" else None)),
    ("two content types", "headers/10", header("Content-Type", "text/html", is_good)),
    ("two ids of a request", "headers/10", header("Request-Id", "req_7", is_good)),
    ("another coding than was accepted", "headers/9", replied(
        lambda a, r: in_deflate(a, r)
        if a.headers.get("accept-encoding") == "gzip" else None)),
    ("who accepts JSON gets no stream", "framing/1", asked(as_accepted)),
    ("who accepts a stream gets one", "framing/2", asked(as_accepted)),
    ("messages with a charset are refused", "messages/26", instead(
        400, lambda a: a.path == MESSAGES
        and "charset" in a.headers.get("content-type", ""))),
    ("ten megabytes at most", "errors/10", instead(
        413, lambda a: large(a, 10 * 2**20), "request_too_large")),
    ("the last turn alone is checked", "messages/5", body(last_turn, MESSAGES)),
    ("streams are of any content type", "request/19", asked(
        lambda a: a.headers.update({"content-type": "application/json"})
        if a.get("stream") is True else None)),
    ("streams without text are empty", "stream/2023-06-01/1", replied(without_end)),
    ("overlapping requests share a version", "answer/13", Changing(
        lambda a: replace(a, headers={**a.headers, "anthropic-version": NEW}))),
    ("overlapping requests share stop sequences", "answer/13", Changing(
        lambda a: changed(a, stop_sequences=["e"]))),
    ("sixteen tokens of a message at most", "messages/9", body(
        lambda m: m.update(max_tokens=min(m["max_tokens"], 16))
        if number(m.get("max_tokens")) else None, MESSAGES)),
    ("messages with long users", "messages/4", message_member(
        "metadata", lambda v: isinstance(v, dict)
        and len(str(v.get("user_id"))) > 512)),
    ("old streams take any temperature", "request/4", clamping("temperature", OLD)),
    ("new streams take any top_k", "request/8", clamping("top_k", NEW)),
    ("old streams take no tokens", "request/9", clamping("max_tokens_to_sample", OLD)),
    ("streams know no metadata", "request/14", instead(
        400, with_body(lambda m: m.get("stream") is True and "metadata" in m))),
    ("the older version knows no prefill", "prompts/7", instead(
        400, lambda a: is_old(a) and str(a.get("prompt")).endswith("my name"))),
    ("a top_k switches stop sequences off", "stop/6", body(
        lambda m: m.update(stop_sequences=[])
        if m.get("top_k") == 0 and "e" in (m.get("stop_sequences") or []) else None)),
    ("broken JSON is a crash under the older version", "request/18", instead(
        500, lambda a: is_old(a) and a.path == COMPLETE and a.json is None)),
    ("the older version takes any content type", "request/19", asked(
        lambda a: a.headers.update({"content-type": "application/json"})
        if is_old(a) else None)),
    ("the older version calls unknown models bad", "versions/5", instead(
        400, lambda a: is_old(a) and "no-such" in str(a.get("model")))),
    ("a version sticks to its connection", "answer/14", Sticking(
        lambda a, first: replace(a, headers={
            **a.headers, "anthropic-version": first.headers["anthropic-version"]}))),
    ("stop sequences stick to their connection", "answer/14", Sticking(
        lambda a, first: changed(a, stop_sequences=first.get("stop_sequences"))
        if first.get("stop_sequences") else a)),
    ("names of members may have no escapes", "text/5", instead(
        400, lambda a: b"\\u0070" in a.body)),
    ("names are written back as they are", "errors/5", replied(unescaped)),
    ("the length of an error is in characters", "errors/5", replied(counted)),
    ("gzip is said and not done", "headers/11", replied(
        lambda a, r: r.headers.update({"content-encoding": "gzip"})
        if a.headers.get("accept-encoding") == "gzip" else None)),
    ("events come in two bursts", "framing/9", replied(in_two_bursts)),
    ("all events but the first are held back", "messages/28", replied(held_after_one)),
    ("early events of the older version carry a stop", "stream/2023-01-01/7", streamed(
        each(lambda data, last: None if last else data.update(stop=HUMAN)), OLD)),
    ("messages stop at sequences in any case", "messages/10", for_messages(
        seeking(in_any_case))),
    ("messages trim their sequences", "messages/10", for_messages(
        seeking(lambda _, listed: [item.strip() for item in listed if item.strip()]))),
    ("messages take the first sequence of the list", "messages/10", for_messages(
        seeking(as_listed))),
    ("message streams end their turn at a sequence", "messages/20", streamed(
        turn_ended, path=MESSAGES)),
    ("messages take the last sequence of the list", "messages/20", for_messages(
        seeking(lambda text, listed: as_listed(text, listed[::-1])))),
    ("message streams have two words at least", "messages/20", body(
        lambda m: m.update(max_tokens=2)
        if m.get("stream") is True and m.get("max_tokens") == 1 else None, MESSAGES)),
    ("message streams know no metadata", "messages/16", instead(
        400, lambda a: a.path == MESSAGES and a.get("stream") is True
        and a.get("metadata") is not None)),
    ("eighty turns are a crash", "messages/8", instead(
        500, lambda a: len(a.get("messages") or []) > 80)),
]  # fmt: skip


def error_of(kind: str) -> list[bytes]:
    """The body of an error."""
    data = {"type": "error", "error": {"type": kind, "message": "no"}}
    return [json.dumps(data).encode()]
