"""Deviating servers, at least one per clause: each must turn its clause red.

Every line is a name, the id of the clause, and the server.
"""

from __future__ import annotations

import json

from honest_server import ASSISTANT, HUMAN, MESSAGES, OLD, Answerer, Reply
from more_deviations import MORE
from twisting import (
    asked,
    body,
    each,
    error,
    header,
    instead,
    lax,
    raw_stream,
    replied,
    said,
    streamed,
    strict,
    welcome,
)
from twists import (
    always_error_stream,
    any_stop_ends,
    ask_method,
    at_limit,
    at_stop,
    broken,
    by_length,
    capped,
    crashes_body,
    cumulated,
    cut_late,
    drop,
    escapes_differ,
    head_welcome,
    held_back,
    incremented,
    is_error,
    is_good,
    is_stream,
    key,
    last_stop_only,
    latin,
    latin_stream,
    longer,
    message_open,
    message_order,
    message_types,
    message_upper,
    more_words,
    no_newline_turn,
    no_stops,
    numbers_stop,
    on_early,
    on_last,
    one_burst,
    options,
    plain_405,
    plain_text,
    prompt_test,
    put,
    rate_limited,
    reason_when,
    refuses_body,
    renamed,
    same_answer,
    shift_ids,
    shout,
    spaced_differ,
    tail_event,
    takes_body,
    twice,
    with_body,
    without_last,
    wrong_key,
)

DEVIATIONS: list[tuple[str, str, Answerer]] = [
    ("no key is welcome", "auth/1", welcome(key(""))),
    ("no key is forbidden", "auth/1", instead(403, key(""), "permission_error")),
    ("any key is welcome", "auth/2", welcome(wrong_key)),
    (
        "the key's name in lower case only",
        "auth/3",
        instead(401, lambda a: "X-API-KEY" in a.names),
    ),
    ("a wrong key fails within the stream", "auth/4", always_error_stream),
    ("an empty key is welcome", "auth/5", welcome(key(""))),
    (
        "errors without request-id",
        "headers/1",
        header("request-id", None, is_error(400)),
    ),
    ("streams without request-id", "headers/1", header("request-id", None, is_stream)),
    ("request-id is a uuid", "headers/2", header("request-id", "7-7", is_good)),
    ("request-id never changes", "headers/3", replied(same_answer)),
    (
        "a 401 may be retried",
        "headers/4",
        header("x-should-retry", "true", is_error(401)),
    ),
    ("a 400 does not say", "headers/4", header("x-should-retry", None, is_error(400))),
    ("a 429 forbids the retry", "headers/5", rate_limited),
    (
        "rate limits are told",
        "headers/6",
        header("anthropic-ratelimit-requests-limit", "9", is_good),
    ),
    (
        "max_tokens_to_sample has a default",
        "request/1",
        body(lambda m: m.setdefault("max_tokens_to_sample", 9)),
    ),
    (
        "model has a default",
        "request/1",
        body(lambda m: m.setdefault("model", "claude-2.1")),
    ),
    ("best_of is passed over", "request/2", body(drop("best_of"))),
    ("temperature 0 is refused", "request/3", strict("temperature", lambda v: v == 0)),
    ("temperature 1 is refused", "request/3", strict("temperature", lambda v: v == 1)),
    ("temperature may be hot", "request/4", lax("temperature", 1.01)),
    ("temperature may be cold", "request/4", lax("temperature", -0.01)),
    ("temperature may be text", "request/4", lax("temperature", "0.7")),
    ("temperature may be true", "request/4", lax("temperature", True)),
    ("top_p 1 is refused", "request/5", strict("top_p", lambda v: v == 1)),
    ("top_p may be high", "request/6", lax("top_p", 1.01)),
    ("top_p may be low", "request/6", lax("top_p", -0.01)),
    ("top_k 0 is refused", "request/7", strict("top_k", lambda v: v == 0)),
    (
        "top_k 4.0 is refused",
        "request/7",
        strict("top_k", lambda v: isinstance(v, float)),
    ),
    ("top_k may be -1", "request/8", lax("top_k", -1)),
    ("top_k may be half", "request/8", lax("top_k", 1.5)),
    ("no tokens at all", "request/9", lax("max_tokens_to_sample", 0, good=1)),
    ("tokens as text", "request/9", lax("max_tokens_to_sample", "8", good=8)),
    ("tokens as truth", "request/9", lax("max_tokens_to_sample", True, good=1)),
    ("an empty prompt", "request/10", takes_body(lambda b: b'"prompt": ""' in b)),
    ("a prompt in a list", "request/10", takes_body(lambda b: b'"prompt": [' in b)),
    ("a model of null", "request/11", lax("model", None, good="claude-2.1")),
    (
        "no stop sequences are refused",
        "request/12",
        strict("stop_sequences", lambda v: v == []),
    ),
    ("one stop sequence bare", "request/13", lax("stop_sequences", "###")),
    ("a stop sequence of 5", "request/13", body(numbers_stop)),
    (
        "user_id null is refused",
        "request/14",
        strict("metadata", lambda v: v == {"user_id": None}),
    ),
    ("metadata is open", "request/15", lax("metadata", {"session": "a"})),
    ("user_id has no end", "request/15", lax("metadata", {"user_id": "u" * 513})),
    ("stream may be text", "request/16", lax("stream", "true")),
    ("stream may be 1", "request/16", lax("stream", 1)),
    (
        "temperature excludes top_p",
        "request/17",
        instead(400, with_body(lambda m: "top_p" in m and "temperature" in m)),
    ),
    ("an empty body is welcome", "request/18", takes_body(lambda b: b == b"")),
    ("a list is welcome", "request/18", takes_body(lambda b: b[:1] == b"[")),
    (
        "text/plain is welcome",
        "request/19",
        asked(lambda a: a.headers.update({"content-type": "application/json"})),
    ),
    (
        "a form crashes it",
        "request/19",
        instead(500, lambda a: "form" in a.headers.get("content-type", "")),
    ),
    (
        "a charset is refused",
        "request/20",
        instead(400, lambda a: "charset" in a.headers.get("content-type", "")),
    ),
    ("errors as text", "errors/1", replied(plain_text)),
    ("errors without outer type", "errors/1", error(lambda _, m: m.pop("type"))),
    (
        "errors without message",
        "errors/1",
        error(lambda _, m: m["error"].pop("message")),
    ),
    (
        "404 is an invalid request",
        "errors/2",
        error(lambda _, m: m["error"].update(type="invalid_request_error")),
    ),
    (
        "request_id is another",
        "errors/3",
        error(lambda _, m: m.update(request_id="req_x")),
    ),
    ("unknown paths are 400", "errors/4", instead(400, lambda a: "no-such" in a.path)),
    (
        "unknown models are 400",
        "errors/5",
        instead(400, with_body(lambda m: str(m.get("model")).startswith("no-such"))),
    ),
    ("errors are streamed", "errors/6", always_error_stream),
    (
        "errors name nothing",
        "errors/7",
        error(lambda _, m: m["error"].update(message="no")),
    ),
    (
        "a crash at top_k 40",
        "errors/8",
        instead(500, with_body(lambda m: m.get("top_k") == 40)),
    ),
    (
        "a completion is text/plain",
        "answer/1",
        header(
            "content-type", "text/plain", lambda r: r.status == 200 and not r.is_stream
        ),
    ),
    ("a completion has no type", "answer/2", said(drop("type"))),
    ("a completion has no id", "answer/2", said(drop("id"))),
    ("a completion has no model", "answer/2", said(drop("model"))),
    ("the id is a number", "answer/2", said(put(id=5, log_id=5))),
    ("stop_reason is null", "answer/3", said(put(stop_reason=None))),
    ("stop is told at the limit", "answer/4", said(put(stop=HUMAN))),
    ("stop is never told", "answer/4", said(put(stop=None))),
    ("log_id is another", "answer/5", said(put(log_id="compl_2"))),
    ("all ids are the same", "answer/6", said(put(id="compl_1", log_id="compl_1"))),
    ("the model is another", "answer/7", said(put(model="claude-2.0"))),
    (
        "no stop and no log_id",
        "answer/8",
        said(lambda m: (m.pop("stop"), m.pop("log_id"))),
    ),
    (
        "no space at first",
        "answer/9",
        said(lambda m: m.update(completion=m["completion"].strip())),
    ),
    (
        "streams are octets",
        "framing/1",
        header("content-type", "application/octet-stream; event-stream", is_stream),
    ),
    ("everything is streamed", "framing/2", body(put(stream=True))),
    ("streams may be cached", "framing/3", header("cache-control", None, is_stream)),
    ("streams in Latin-1", "framing/4", raw_stream(latin_stream)),
    (
        "the last blank line lacks",
        "framing/5",
        raw_stream(lambda d: d.removesuffix(b"\r\n")),
    ),
    (
        "events without a model",
        "framing/6",
        streamed(each(lambda d, _: d.pop("model"))),
    ),
    (
        "pings without data of theirs",
        "framing/6",
        streamed(lambda es: [(n, {} if n == "ping" else d) for n, d in es]),
    ),
    (
        "NaN in an event",
        "framing/7",
        streamed(each(lambda d, _: d.update(score=float("nan")))),
    ),
    (
        "a stream breaks off",
        "framing/8",
        replied(lambda _, r: Reply(200, r.headers, broken(r)) if r.is_stream else None),
    ),
    (
        "events are held back",
        "framing/9",
        replied(
            lambda _, r: Reply(200, r.headers, held_back(r)) if r.is_stream else None
        ),
    ),
    (
        "completions are called message",
        "stream/2023-06-01/1",
        streamed(renamed("message")),
    ),
    ("completions have no name", "stream/2023-06-01/1", streamed(renamed(None))),
    (
        "[DONE] in the new version",
        "stream/2023-06-01/2",
        streamed(lambda es: [*es, (None, "[DONE]")]),
    ),
    ("the new version cumulates", "stream/2023-06-01/3", streamed(cumulated)),
    (
        "no event has a reason",
        "stream/2023-06-01/4",
        streamed(on_last(stop_reason=None)),
    ),
    (
        "every event has a reason",
        "stream/2023-06-01/4",
        streamed(on_early(stop_reason="max_tokens")),
    ),
    ("ids change", "stream/2023-06-01/5", streamed(each(shift_ids))),
    ("the model changes", "stream/2023-06-01/5", streamed(on_last(model="claude-2.0"))),
    ("one burst", "stream/2023-06-01/6", streamed(one_burst)),
    ("the stop sequence has no event", "stream/2023-06-01/7", streamed(without_last)),
    ("the limit has an event of its own", "stream/2023-06-01/7", streamed(tail_event)),
    ("stop in every event", "stream/2023-06-01/8", streamed(on_early(stop=HUMAN))),
    ("stop is null at the end", "stream/2023-06-01/8", streamed(on_last(stop=None))),
    ("the stream shouts", "stream/2023-06-01/9", streamed(each(shout))),
    (
        "old completions have a name",
        "stream/2023-01-01/1",
        streamed(renamed("completion"), OLD),
    ),
    (
        "no [DONE] in the old version",
        "stream/2023-01-01/2",
        streamed(lambda es: es[:-1], OLD),
    ),
    ("[DONE] twice", "stream/2023-01-01/2", streamed(lambda es: [*es, es[-1]], OLD)),
    ("the old version increments", "stream/2023-01-01/3", streamed(incremented, OLD)),
    (
        "the old version has no reason",
        "stream/2023-01-01/4",
        streamed(on_last(stop_reason=None), OLD),
    ),
    ("the old version shouts", "stream/2023-01-01/5", streamed(each(shout), OLD)),
    ("stop sequences are passed over", "stop/1", body(no_stops)),
    ("the stop sequence stays in", "stop/1", said(cut_late)),
    (
        "streams pass over stop sequences",
        "stop/2",
        body(lambda m: no_stops(m) if m.get("stream") is True else None),
    ),
    ("the last stop sequence is lost", "stop/3", body(last_stop_only)),
    ("the reason is max_tokens", "stop/4", said(reason_when(at_stop, "max_tokens"))),
    (
        "stop is always the built-in",
        "stop/4",
        said(lambda m: m.update(stop=HUMAN) if at_stop(m) else None),
    ),
    ("any stop sequence ends", "stop/5", any_stop_ends),
    ("the stop sequence is told", "stop/6", said(cut_late)),
    (
        "it goes on as the human",
        "stop/7",
        said(lambda m: m.update(completion=m["completion"] + HUMAN)),
    ),
    (
        "stop is unheard of",
        "stop/8",
        said(lambda m: m.update(stop="END") if at_stop(m) else None),
    ),
    ("one word more", "limits/1", longer(lambda n: n + 1)),
    (
        "streams have no limit",
        "limits/2",
        body(
            lambda m: (
                m.update(max_tokens_to_sample=64)
                if m.get("stream") is True and m.get("max_tokens_to_sample") == 2
                else None
            )
        ),
    ),
    ("a text per limit", "limits/3", by_length),
    ("the limit is a stop", "limits/4", said(reason_when(at_limit, "stop_sequence"))),
    ("five words are enough", "limits/5", capped),
    ("words beyond the limit", "limits/6", said(more_words)),
    (
        "no version is welcome",
        "versions/1",
        asked(lambda a: a.headers.setdefault("anthropic-version", OLD)),
    ),
    (
        "any version is welcome",
        "versions/2",
        asked(
            lambda a: (
                a.headers.update({"anthropic-version": "2023-06-01"})
                if "anthropic-version" in a.headers
                else None
            )
        ),
    ),
    (
        "the old version is gone",
        "versions/3",
        instead(400, lambda a: a.headers.get("anthropic-version") == OLD),
    ),
    ("versions fail within the stream", "versions/4", always_error_stream),
    ("GET is welcome", "methods/1", welcome(ask_method("GET"))),
    ("PUT crashes it", "methods/1", instead(500, ask_method("PUT"))),
    ("405 without Allow", "methods/2", header("allow", None, is_error(405))),
    (
        "405 allows what it refuses",
        "methods/2",
        header("allow", "GET, POST", is_error(405)),
    ),
    ("HEAD is welcome", "methods/3", head_welcome),
    ("OPTIONS lists GET", "methods/4", options),
    ("405 as text", "methods/5", replied(plain_405)),
    ("answers in Latin-1", "text/1", replied(latin)),
    ("a key twice in an answer", "text/2", replied(twice)),
    ("NaN in an answer", "text/2", said(put(score=float("nan")))),
    ("ASCII only", "text/3", refuses_body(lambda b: not b.isascii())),
    ("escapes mean something else", "text/4", escapes_differ),
    ("white space means something", "text/5", spaced_differ),
    ("Latin-1 is welcome", "text/6", takes_body(lambda b: b"\xff" in b)),
    ("NaN is welcome", "text/7", takes_body(lambda b: b"NaN" in b)),
    ("1e400 is welcome", "text/8", takes_body(lambda b: b"1e400" in b)),
    ("60 digits crash it", "text/8", crashes_body(lambda b: b"9" * 60 in b)),
    ("surrogates crash it", "text/9", crashes_body(lambda b: b"\\ud83d walk" in b)),
    (
        "a key twice crashes it",
        "text/9",
        crashes_body(lambda b: b.count(b'"model"') == 2),
    ),
    ("depth crashes it", "text/10", crashes_body(lambda b: b.count(b"[") > 999)),
    (
        "no turns are needed",
        "prompts/1",
        welcome(prompt_test(lambda p: "Human:" not in p)),
    ),
    (
        "the assistant may begin",
        "prompts/2",
        welcome(prompt_test(lambda p: p.startswith(ASSISTANT))),
    ),
    (
        "the human may end",
        "prompts/3",
        welcome(prompt_test(lambda p: p.rfind(HUMAN) > p.rfind(ASSISTANT))),
    ),
    ("one line end is enough", "prompts/4", asked(no_newline_turn)),
    (
        "nothing is mended",
        "prompts/5",
        instead(400, prompt_test(lambda p: p.startswith("Human:"))),
    ),
    (
        "no system prompts",
        "prompts/6",
        instead(400, prompt_test(lambda p: p.startswith("You are"))),
    ),
    (
        "no prefill",
        "prompts/7",
        instead(400, prompt_test(lambda p: p.endswith("my name"))),
    ),
    (
        "no long dialogues",
        "prompts/8",
        instead(400, prompt_test(lambda p: p.count(HUMAN) > 2)),
    ),
    ("messages without id", "messages/1", said(drop("id"), MESSAGES)),
    ("messages without role", "messages/1", said(drop("role"), MESSAGES)),
    ("messages without reason", "messages/2", said(put(stop_reason=None), MESSAGES)),
    ("messages name a sequence", "messages/2", said(put(stop_sequence="x"), MESSAGES)),
    (
        "max_tokens has a default",
        "messages/3",
        body(lambda m: m.setdefault("max_tokens", 9), MESSAGES),
    ),
    ("messages may be hot", "messages/4", lax("temperature", 1.01, path=MESSAGES)),
    ("messages are open", "messages/4", lax("max_tokens_to_sample", 8, path=MESSAGES)),
    (
        "{string} is content",
        "messages/5",
        body(
            lambda m: (
                m.update(messages=[{"role": "user", "content": "Hi"}])
                if "string" in json.dumps(m.get("messages"))
                else None
            ),
            MESSAGES,
        ),
    ),
    (
        "the assistant may begin messages",
        "messages/6",
        body(
            lambda m: (
                m["messages"].pop(0)
                if len(m.get("messages") or "") == 2
                and m["messages"][0]["role"] == "assistant"
                else None
            ),
            MESSAGES,
        ),
    ),
    (
        "the user may go on",
        "messages/7",
        body(
            lambda m: (
                m["messages"].pop()
                if len(m.get("messages") or "") == 2
                and m["messages"][0]["role"] == "user"
                else None
            ),
            MESSAGES,
        ),
    ),
    ("system is unknown", "messages/8", strict("system", lambda _: True, MESSAGES)),
    ("messages know no limit", "messages/9", longer(lambda _: 64, MESSAGES)),
    ("messages pass over stops", "messages/10", body(no_stops, MESSAGES)),
    ("blocks never stop", "messages/11", streamed(message_order, path=MESSAGES)),
    ("types are other names", "messages/12", streamed(message_types, path=MESSAGES)),
    ("message streams shout", "messages/13", streamed(message_upper, path=MESSAGES)),
    ("the end is told at first", "messages/14", streamed(message_open, path=MESSAGES)),
    *MORE,
]
