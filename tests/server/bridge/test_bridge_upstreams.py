"""The bridge in front of upstreams that do what real ones do."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from scripted_upstream import (
    BODY,
    END,
    KEY,
    PING,
    START,
    STOP,
    bridge_to,
    complete,
    delta,
    events_of,
    message,
    post,
    streaming,
)

from text_completions_server import MockServer
from text_completions_server.backends.bridge import Bridge, BridgeSettings

STATUS_OF_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
LLAMA = {"id": "chatcmpl-x", "model": "model.gguf"}


def answering(status, body, **headers):
    return lambda exchange: exchange.answer(status, body, **headers)


def sending(*payloads):
    """Send these events and end the stream."""

    def script(exchange):
        exchange.start_stream()
        for payload in payloads:
            exchange.event(payload)
        exchange.end_stream()

    return script


def types_of(events):
    return [each["type"] for each in events]


# Keys and headers


def test_the_upstream_gets_documented_headers_alone(upstream, bridge):
    more = {"anthropic-beta": "a,b", "cookie": "a=b", "x-custom": "1", "referer": "r"}
    assert complete(bridge, KEY | more).status_code == 200
    sent = {
        name.lower(): value for name, value in upstream.exchanges[0].headers.items()
    }
    assert set(sent) == {
        "host",
        "accept",
        "accept-encoding",
        "connection",
        "user-agent",
        "content-type",
        "content-length",
        "anthropic-version",
        "anthropic-beta",
        "x-api-key",
    }
    assert sent["anthropic-beta"] == "a,b"
    assert sent["anthropic-version"] == "2023-06-01"


@pytest.mark.parametrize(
    "key",
    [
        {"x-api-key": "anything at all"},
        {"authorization": "Bearer eyJ.of.mine"},
    ],
    ids=["x-api-key", "bearer"],
)
def test_the_key_of_the_caller_passes_as_it_came(upstream, bridge, key, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-of-the-environment")
    headers = {"anthropic-version": "2023-06-01"} | key
    assert complete(bridge, headers).status_code == 200
    sent = upstream.exchanges[0].headers
    found = {name: sent[name] for name in ("x-api-key", "authorization") if sent[name]}
    assert found == key


@pytest.mark.parametrize("stream", [False, True])
def test_nothing_of_the_environment_goes_upstream(
    upstream, open_bridge, stream, monkeypatch
):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-of-the-environment")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-of-the-environment")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "x-of-the-environment: 1")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
    assert complete(open_bridge(), stream=stream).status_code == 200
    assert "environment" not in str(upstream.exchanges[0].headers)


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ("x-api-key", "x-api-key", "sk-own"),
        ("bearer", "authorization", "Bearer sk-own"),
    ],
)
def test_a_key_of_the_bridge_replaces_that_of_the_caller(
    upstream, open_bridge, auth, header, value
):
    settings = {"upstream_auth": auth, "upstream_version": "2026-10-21"}
    bridge = open_bridge(upstream_key="sk-own", **settings)
    assert complete(bridge).status_code == 200
    sent = upstream.exchanges[0].headers
    assert sent[header] == value
    assert sent["anthropic-version"] == "2026-10-21"
    assert "sk-caller" not in str(sent)


def test_a_page_of_another_site_cannot_spend_the_key_of_the_bridge(
    upstream, open_bridge
):
    # Its host name may be resolved to this machine, so that `Host` has it as well.
    page = {"origin": "http://evil.example", "host": "evil.example"}
    own = open_bridge(upstream_key="sk-own")
    assert complete(own, KEY | page).status_code == 403
    assert upstream.exchanges == []
    assert complete(own, KEY | {"origin": own.url}).status_code == 200
    assert complete(open_bridge(), KEY | page).status_code == 200  # the caller pays
    settings = BridgeSettings(
        upstream=upstream.url, default_model="m", upstream_key="sk-own"
    )
    with MockServer(backend=Bridge(settings), api_keys=["sk-caller"]) as closed:
        assert complete(closed, KEY | page).status_code == 200


def test_a_key_that_no_header_can_carry_is_refused(upstream, bridge):
    headers = KEY | {"x-api-key": "sk-\u00fc".encode("latin-1")}
    assert complete(bridge, headers).status_code == 401
    assert upstream.exchanges == []


def test_a_beta_that_no_header_can_carry_is_refused(upstream, bridge):
    answer = complete(bridge, KEY | {"anthropic-beta": "\u00fc".encode("latin-1")})
    assert (answer.status_code, upstream.exchanges) == (400, [])
    assert answer.json()["error"]["message"].startswith("anthropic-beta: must be")


def test_cookies_of_the_upstream_are_not_kept(upstream, bridge):
    cookie = {"set_cookie": "session=of-somebody; Path=/"}
    upstream.script = answering(200, message(), **cookie)
    assert "set-cookie" not in complete(bridge).headers
    complete(bridge)
    assert "cookie" not in upstream.exchanges[1].headers


# Redirects


def test_a_redirect_on_the_same_host_is_followed(upstream, bridge):
    def script(exchange):
        if exchange.path == "/v1/messages":
            exchange.answer(307, "", location="/v1/messages/")
        else:
            exchange.answer_message()

    upstream.script = script
    assert complete(bridge).json()["completion"] == " Hi"
    assert [each.path for each in upstream.exchanges] == [
        "/v1/messages",
        "/v1/messages/",
    ]


@pytest.mark.parametrize("status", [301, 303, 307])
@pytest.mark.parametrize("stream", [False, True])
def test_a_redirect_to_another_host_is_not_followed(
    upstream, bridge, status, stream, caplog
):
    target = upstream.url.replace("127.0.0.1", "localhost")
    upstream.script = answering(status, "", location=f"{target}/v1/messages")
    answer = complete(bridge, stream=stream)
    assert (answer.status_code, len(upstream.exchanges)) == (500, 1)
    assert "localhost" not in answer.text
    assert "redirect" in caplog.text


def test_redirects_in_a_circle_are_not_worth_another_attempt(upstream, bridge, caplog):
    upstream.script = answering(307, "", location="/v1/messages")
    answer = complete(bridge)
    assert answer.status_code == 500
    assert "x-should-retry" not in answer.headers
    assert "too many redirects" in caplog.text


def test_a_body_that_cannot_be_unpacked_is_not_a_message(upstream, bridge, caplog):
    upstream.script = answering(200, message(), content_encoding="gzip")
    assert complete(bridge).status_code == 500
    assert "cannot be used" in caplog.text
    kind = "text/event-stream"
    upstream.script = answering(
        200, message(), content_encoding="gzip", content_type=kind
    )
    assert complete(bridge, stream=True).status_code == 500


# Errors


@pytest.mark.parametrize(
    ("error", "status"),
    [
        *(({"type": kind}, status) for kind, status in STATUS_OF_TYPE.items()),
        *[({"code": 429}, 429), ({"code": "x"}, 500)],
    ],
    ids=str,
)
def test_an_error_with_the_status_200_is_an_error(upstream, bridge, error, status):
    body = {"type": "error", "error": {**error, "message": "why"}}
    upstream.script = answering(200, body)
    assert complete(bridge).status_code == status


@pytest.mark.parametrize(
    ("status", "body", "ours", "text"),
    [
        (400, {"error": {"message": "no"}}, 400, "no"),
        (400, {"detail": "no"}, 400, "no"),
        (400, {"error": "no"}, 400, "no"),
        (400, {"message": "no"}, 400, "no"),
        (400, {}, 400, "The upstream refused the request without saying why."),
        (400, "<html>no</html>", 400, "without saying why"),
        (422, {"detail": [{"msg": "no"}]}, 400, "without saying why"),
        (409, {"error": {"message": "no"}}, 400, "no"),
        (401, {"error": {"message": "bad key sk-caller"}}, 401, "bad key ***"),
        (403, {"error": {"message": "no"}}, 403, "no"),
        (401, "<html>", 401, "refused the API key"),
        (402, {"error": {"message": "pay"}}, 402, "pay"),
        (402, {}, 402, "billing"),
        (403, "", 403, "refused access"),
        (429, {}, 429, "rate of requests"),
        (404, {"error": {"message": "The model `x` does not exist"}}, 404, "model: cl"),
        (404, {"detail": "Not Found"}, 500, "Internal server error"),
        (404, "<html>", 500, "Internal server error"),
        (408, {}, 504, "did not respond in time"),
        (413, "<html>", 413, "maximum size"),
        (500, {"error": {"message": "oops"}}, 500, "oops"),
        (501, "<html>", 500, "Internal server error"),
        (502, "<html>", 529, "Overloaded"),
        (503, {"error": {"code": 503, "message": "Loading model"}}, 529, "Loading"),
        (504, "<html>", 504, "did not respond in time"),
        (529, {"error": {"message": "busy"}}, 529, "busy"),
        (599, {}, 500, "Internal server error"),
        (200, "<html>", 500, "Internal server error"),
        (200, {"choices": []}, 500, "Internal server error"),
        (204, "", 500, "Internal server error"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_status_of_the_upstream_becomes_one_of_the_contract(
    upstream, bridge, status, body, ours, text, stream
):
    upstream.script = answering(status, body)
    answer = complete(bridge, stream=stream)
    assert answer.status_code == ours
    assert text in answer.json()["error"]["message"]
    assert answer.headers["content-type"] == "application/json"
    assert bridge.requests[-1].notes["upstream_status"] == status


def test_a_long_prompt_is_refused_in_the_words_of_the_service(upstream, bridge):
    error = {
        "code": 400,
        "message": "the request exceeds the available context size",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 9000,
        "n_ctx": 4096,
    }
    upstream.script = answering(400, {"error": error})
    answer = complete(bridge)
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "type": "invalid_request_error",
        "message": "prompt is too long: 9000 tokens > 4096 maximum",
    }


def test_the_headers_of_a_rate_limit_come_back(upstream, bridge):
    headers = {
        "retry_after": "7",
        "anthropic_ratelimit_requests_limit": "50",
        "x_secret": "1",
        "request_id": "req_of_the_upstream",
    }
    upstream.script = answering(429, {"error": {"message": "slow down"}}, **headers)
    answer = complete(bridge)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.headers["anthropic-ratelimit-requests-limit"] == "50"
    assert "x-secret" not in answer.headers
    assert answer.headers["request-id"] != "req_of_the_upstream"


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_of_the_bridge_s_own_key_is_not_the_fault_of_the_caller(
    upstream, open_bridge, status, caplog
):
    bridge = open_bridge(upstream_key="sk-own")
    upstream.script = answering(status, {"error": {"message": "bad key: sk-own"}})
    answer = complete(bridge)
    assert answer.status_code == 500
    assert "sk-own" not in answer.text + caplog.text
    assert "the bridge's own key" in caplog.text


def test_an_upstream_that_is_not_there_is_overloaded(open_bridge):
    answer = complete(open_bridge(upstream="http://127.0.0.1:1"))
    assert (answer.status_code, answer.headers["x-should-retry"]) == (529, "true")


def test_no_prompt_and_no_key_is_logged(upstream, bridge, caplog):
    caplog.set_level(logging.DEBUG)
    upstream.script = answering(400, {"error": {"message": "bad: Hello sk-caller"}})
    complete(bridge)
    upstream.script = sending(START, delta("the text"), {"type": "error"})
    complete(bridge, stream=True)
    ours = [each for each in caplog.records if each.name.startswith("text_completions")]
    assert ours
    logged = "\n".join(map(logging.Formatter().format, ours))  # with tracebacks
    for secret in ("Hello", "sk-caller", "the text"):
        assert secret not in logged


def test_bytes_of_the_upstream_that_are_not_http_are_not_logged(
    upstream, bridge, caplog
):
    def script(exchange):
        exchange.start_stream()
        exchange.event(delta("Hi"))
        exchange.wfile.write(b"the text in place of a length\r\n")

    upstream.script = script
    *_, last = events_of(complete(bridge, stream=True))
    assert last["error"]["type"] == "overloaded_error"
    assert "illegal chunk header" in caplog.text
    assert "the text" not in caplog.text


# Retries and time


@pytest.mark.parametrize("stream", [False, True])
def test_nobody_waits_for_a_retry_that_would_come_after_the_deadline(
    upstream, open_bridge, stream
):
    upstream.script = answering(429, {"error": {"message": "slow"}}, retry_after="50")
    answer = complete(open_bridge(max_retries=2, deadline=40), stream=stream)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "50")
    assert answer.json()["error"]["message"] == "slow"
    assert len(upstream.exchanges) == 1


def test_retries_end_at_the_deadline_with_the_error_of_the_upstream(
    upstream, open_bridge
):
    bridge = open_bridge(max_retries=9, deadline=0.7)
    upstream.script = answering(529, {}, retry_after="0.2")
    for stream in (False, True):
        assert complete(bridge, stream=stream).status_code == 529


@pytest.mark.parametrize("stream", [False, True])
def test_a_silent_upstream_is_given_up_at_the_deadline(upstream, open_bridge, stream):
    left = threading.Event()
    upstream.script = lambda exchange: exchange.wait_until_left() and left.set()
    answer = complete(open_bridge(deadline=0.2), stream=stream)
    assert (answer.status_code, answer.headers["x-should-retry"]) == (504, "true")
    assert left.wait(20)


def test_a_stream_without_text_is_given_up_at_the_first_token_timeout(
    upstream, open_bridge
):
    left = threading.Event()

    def script(exchange):
        exchange.start_stream()
        exchange.event(START)
        exchange.event(PING)
        exchange.wait_until_left()
        left.set()

    upstream.script = script
    answer = complete(open_bridge(first_token_timeout=0.2), stream=True)
    assert answer.status_code == 504
    assert left.wait(20)


def test_a_stream_that_falls_silent_ends_with_an_error(upstream, open_bridge):
    def script(exchange):
        exchange.start_stream()
        exchange.event(delta("Hi"))
        exchange.wait_until_left()

    upstream.script = script
    *_, last = events_of(complete(open_bridge(idle_timeout=0.2), stream=True))
    assert last["error"]["type"] == "timeout_error"


def test_a_long_stream_outlives_the_deadline(upstream, open_bridge):
    bridge = open_bridge(deadline=1, idle_timeout=None)
    go_on = threading.Event()

    def script(exchange):
        exchange.start_stream()
        exchange.event(delta("Hi"))
        go_on.wait(20)
        for event in (delta(" there"), END, STOP):
            exchange.event(event)
        exchange.end_stream()

    upstream.script = script
    with streaming(bridge) as answer:
        lines = answer.iter_lines()
        assert any("Hi" in line for line in lines)
        threading.Timer(1.1, go_on.set).start()
        assert any(" there" in line for line in lines)


# Streams


def test_each_delta_is_an_event_at_once_and_pings_pass(upstream, bridge):
    seen = threading.Semaphore(0)

    def script(exchange):
        exchange.start_stream()
        exchange.event(START)
        for event in (delta("a"), PING, delta("b"), END, STOP):
            exchange.event(event)
            assert seen.acquire(timeout=20) or event in (END, STOP)
        exchange.end_stream()

    upstream.script = script
    texts = []
    with streaming(bridge) as answer:
        for line in answer.iter_lines():
            if not line.startswith("data: "):
                continue
            event = json.loads(line[6:])
            texts.append(event.get("completion", event["type"]))
            if event.get("stop_reason") is None:
                seen.release()
            if texts == [" a", "ping", "b"]:
                seen.release(2)
    assert texts[:3] == [" a", "ping", "b"]
    assert texts[-1] == ""


def test_a_ping_before_the_first_text_does_not_begin_the_response(upstream, bridge):
    overloaded = {"type": "overloaded_error", "message": "busy"}
    upstream.script = sending(START, PING, {"type": "error", "error": overloaded})
    answer = complete(bridge, stream=True)
    assert (answer.status_code, answer.json()["error"]) == (529, overloaded)


def test_an_error_after_text_is_an_event(upstream, bridge):
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}}
    upstream.script = sending(START, delta("a"), error)
    assert events_of(complete(bridge, stream=True))[-1] == error


@pytest.mark.parametrize("events", [[], [START], [START, PING]])
def test_a_stream_that_ends_without_text_is_an_error(upstream, bridge, events):
    upstream.script = sending(*events)
    assert complete(bridge, stream=True).status_code == 500


@pytest.mark.parametrize("events", [[delta("a")], [delta("a"), END]])
def test_a_stream_without_its_last_event_ends_with_an_error(upstream, bridge, events):
    upstream.script = sending(START, *events)
    got = events_of(complete(bridge, stream=True))
    assert types_of(got)[-1] == "error"
    assert not any(each.get("stop_reason") for each in got)


def test_an_empty_message_is_an_empty_completion(upstream, bridge):
    upstream.script = sending(START, END, STOP)
    (last,) = events_of(complete(bridge, stream=True))
    assert (last["completion"], last["stop_reason"]) == ("", "stop_sequence")


def test_nothing_after_a_stop_sequence_leaves_and_the_upstream_is_left(
    upstream, bridge
):
    left = threading.Event()

    def script(exchange):
        exchange.start_stream()
        for text in ("one E", "N", "D two"):
            exchange.event(delta(text))
        exchange.wait_until_left()
        left.set()

    upstream.script = script
    events = events_of(complete(bridge, stream=True, stop_sequences=["END"]))
    assert "".join(each["completion"] for each in events) == " one "
    assert (events[-1]["stop_reason"], events[-1]["stop"]) == ("stop_sequence", "END")
    assert left.wait(20)


def test_halves_of_a_character_in_two_events_arrive_as_one(upstream, bridge):
    upstream.script = sending(START, delta("a\ud83d"), delta("\ude00"), END, STOP)
    answer = complete(bridge, stream=True)
    assert "".join(each.get("completion", "") for each in events_of(answer)) == " a😀"


def test_the_type_of_a_stream_may_be_in_capitals(upstream, bridge):
    def script(exchange):
        exchange.send_response(200)
        exchange.send_header("content-type", "Text/Event-Stream")
        exchange.send_header("transfer-encoding", "chunked")
        exchange.end_headers()
        for event in (delta("Hi"), END, STOP):
            exchange.event(event)
        exchange.end_stream()

    upstream.script = script
    assert complete(bridge, stream=True).status_code == 200


def test_events_without_names_are_read_by_their_type(upstream, bridge):
    def script(exchange):
        exchange.start_stream()
        for event in (START, delta("a"), END, STOP):
            exchange.event(event, "")
        exchange.chunk(b"data: [DONE]\n\n")
        exchange.end_stream()

    upstream.script = script
    assert events_of(complete(bridge, stream=True))[0]["completion"] == " a"


@pytest.mark.parametrize("reason", ["refusal", "tool_use", "pause_turn"])
def test_a_reason_that_the_contract_does_not_have_is_in_a_header(
    upstream, bridge, reason
):
    upstream.script = answering(200, message(stop_reason=reason))
    answer = complete(bridge)
    assert answer.headers["x-upstream-stop-reason"] == reason
    assert answer.json()["stop_reason"] == "stop_sequence"
    assert answer.json()["stop"] is None
    assert bridge.requests[-1].notes["upstream_stop_reason"] == reason


def test_an_upstream_may_have_a_path(upstream, open_bridge):
    bridge = open_bridge(upstream=f"{upstream.url}/behind/a/")
    assert complete(bridge).status_code == 200
    assert upstream.exchanges[0].path == "/behind/a/v1/messages"


def test_an_upstream_is_asked_through_the_proxy_of_the_environment(
    upstream, open_bridge, monkeypatch
):
    monkeypatch.setenv("HTTP_PROXY", upstream.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # for the caller of the bridge
    bridge = open_bridge(upstream="http://upstream.example")
    assert complete(bridge).status_code == 200
    assert upstream.exchanges[0].path == "http://upstream.example/v1/messages"


FIRST_REQUEST = """
import asyncio, sys
from text_completions_server.backends.base import Caller
from text_completions_server import MockServer
from text_completions_server.backends.bridge import Bridge, BridgeSettings
from text_completions_server.backends.requests import CompletionRequest
from text_completions_server.errors import ApiError

async def main():
    bridge = Bridge(BridgeSettings(upstream=sys.argv[1], any_model=True))
    await bridge.start()
    before = set(sys.modules)
    prompt = "\\n\\nHuman: Hi\\n\\nAssistant:"
    request = CompletionRequest(
        requested_model="m", model="m", prompt=prompt, max_tokens=1
    )
    caller = Caller({"x-api-key": "k"}, "k", "req")
    print([each.reason async for each in bridge.generate(request, caller)])
    print(sorted(set(sys.modules) - before))
    await bridge.close()

asyncio.run(main())
"""


def test_the_first_request_finds_everything_loaded(upstream):
    command = [sys.executable, "-c", FIRST_REQUEST, upstream.url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["['end_turn']", "[]"]


def test_a_bridge_works_where_nobody_starts_it(upstream, open_door):
    door = open_door(backend=Bridge(BridgeSettings(upstream=upstream.url, any_model=1)))
    for _ in range(2):  # each request has an event loop of its own
        assert door.complete().json()["completion"] == " Hi"


# llama.cpp


def test_a_stop_sequence_is_believed_more_than_its_reason(upstream, bridge):
    whole = message(**LLAMA, stop_reason="end_turn", stop_sequence="###")
    upstream.script = answering(200, whole)
    answer = complete(bridge, stop_sequences=["###"]).json()
    assert (answer["stop_reason"], answer["stop"]) == ("stop_sequence", "###")


def test_an_echoed_prefill_is_cut(upstream, bridge):
    upstream.script = answering(200, message("The sky is blue", **LLAMA))
    prompt = "\n\nHuman: Sky?\n\nAssistant: The sky is"
    assert complete(bridge, prompt=prompt).json()["completion"] == " blue"
    assert upstream.exchanges[0].body["messages"][-1] == {
        "role": "assistant",
        "content": "The sky is",
    }


def test_an_error_event_without_an_outer_type_is_an_error(upstream, bridge):
    error = {"error": {"code": 500, "message": "failed", "type": "server_error"}}

    def script(exchange):
        exchange.start_stream()
        exchange.event(delta("a"))
        exchange.event(error, "error")
        exchange.end_stream()

    upstream.script = script
    last = events_of(complete(bridge, stream=True))[-1]
    assert last["error"] == {"type": "api_error", "message": "failed"}


# Callers who leave, and slow ones


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("started", [False, True])
def test_a_caller_who_leaves_ends_the_call_upstream(
    upstream, bridge, connect, stream, started
):
    asked, left = threading.Event(), threading.Event()

    def script(exchange):
        if started and stream:
            exchange.start_stream()
            exchange.event(delta("Hi"))
        asked.set()
        exchange.wait_until_left()
        left.set()

    upstream.script = script
    connection = connect(bridge, BODY | {"stream": stream})
    assert asked.wait(20)
    assert not left.is_set()
    connection.close()
    assert left.wait(20)


def test_a_caller_who_leaves_before_the_upstream_answers_again_ends_the_retries(
    upstream, open_bridge, connect, wait_until
):
    bridge = open_bridge(max_retries=2)
    answered = threading.Event()

    def script(exchange):
        exchange.answer(529, {}, retry_after="30")
        answered.set()

    upstream.script = script
    connection = connect(bridge, BODY)
    assert answered.wait(20)
    connection.close()
    wait_until(lambda: bridge.requests.statuses.get(499))
    assert len(upstream.exchanges) == 1


def test_a_caller_who_does_not_read_slows_the_upstream(upstream, bridge, connect):
    blocked = threading.Event()

    def script(exchange):
        exchange.start_stream()
        exchange.connection.settimeout(1)
        try:
            for _ in range(64):  # MiB; far more than all buffers between hold
                for _ in range(16):
                    exchange.event(delta("x" * 65536))
        except TimeoutError:
            blocked.set()

    upstream.script = script
    with connect(bridge, BODY | {"stream": True}):
        assert blocked.wait(60)


def test_many_callers_are_served_at_once(upstream, bridge):
    everyone = threading.Barrier(150)

    def script(exchange):
        everyone.wait(60)
        exchange.answer_message()

    upstream.script = script
    with ThreadPoolExecutor(150) as pool:
        answers = [pool.submit(complete, bridge) for _ in range(150)]
        assert {each.result().status_code for each in answers} == {200}


# Messages passed through


def post_message(bridge, body, **headers):
    return post(bridge, "/v1/messages", body, KEY | headers)


@pytest.fixture(scope="module")
def running_passing(running_upstream):
    with bridge_to(
        running_upstream, pass_messages=True, model_map={"mine": "real"}
    ) as server:
        yield server


@pytest.fixture
def passing(upstream, running_passing):
    del upstream  # only reset
    return running_passing


ASKED = {"model": "mine", "messages": [{"role": "new"}], "max_tokens": 1, "new": 1.5}


def test_a_message_passes_with_its_model_mapped(upstream, passing):
    upstream.script = lambda exchange: exchange.answer(200, '{"id":  "msg", "ü": 1}')
    version = {"anthropic-version": "2026-10-21"}
    answer = post_message(passing, ASKED, **version)
    assert answer.content == '{"id":  "msg", "ü": 1}'.encode()
    assert answer.headers["request-id"].startswith("req_")
    assert upstream.exchanges[0].body == ASKED | {"model": "real"}
    assert upstream.exchanges[0].headers["anthropic-version"] == "2026-10-21"
    assert passing.requests[-1].notes["upstream_model"] == "real"


def test_a_model_that_is_not_mapped_passes_as_it_is(upstream, passing):
    assert post_message(passing, ASKED | {"model": "other"}).status_code == 200
    assert upstream.exchanges[0].body["model"] == "other"


@pytest.mark.parametrize("stream", [False, True])
def test_the_query_of_a_message_passes_and_that_of_a_completion_does_not(
    upstream, passing, stream
):
    body = ASKED | {"stream": stream}
    assert post(passing, "/v1/messages?beta=true&x=%2F", body).status_code == 200
    assert post(passing, "/v1/complete?beta=true", BODY).status_code == 200
    paths = [exchange.path for exchange in upstream.exchanges]
    assert paths == ["/v1/messages?beta=true&x=%2F", "/v1/messages"]


@pytest.mark.parametrize("body", ["<html>secret</html>", "[1]", ""])
def test_what_is_not_a_message_does_not_pass(upstream, passing, body):
    upstream.script = answering(200, body)
    answer = post_message(passing, ASKED)
    assert (answer.status_code, "secret" in answer.text) == (500, False)


@pytest.mark.parametrize("number", ["NaN", "1e999"])
def test_a_message_that_cannot_be_written_as_json_again_is_refused(passing, number):
    body = f'{{"model": "mine", "temperature": {number}}}'
    url = f"{passing.url}/v1/messages"
    answer = httpx.post(url, content=body, headers=KEY, verify=False)
    assert answer.status_code == 400
    assert "not valid JSON" in answer.json()["error"]["message"]


def test_the_events_of_a_message_pass_byte_for_byte(upstream, passing):
    events = b"event: a\r\ndata:  {}\r\n\r\n: comment\n\nhalf an ev"

    def script(exchange):
        exchange.start_stream()
        exchange.chunk(events)
        exchange.end_stream()

    upstream.script = script
    answer = post_message(passing, ASKED | {"stream": True})
    assert answer.content == events
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_a_stream_of_a_message_that_breaks_is_cut(upstream, passing, wait_until):
    def script(exchange):
        exchange.start_stream()
        exchange.event(START)
        exchange.connection.close()

    upstream.script = script
    with pytest.raises(httpx.RemoteProtocolError):
        post_message(passing, ASKED | {"stream": True})
    notes = passing.requests[-1].notes
    wait_until(lambda: notes.get("error_status") == 529)


@pytest.mark.parametrize("stream", [False, True])
def test_a_failure_of_a_message_is_one_of_the_contract(upstream, passing, stream):
    upstream.script = answering(404, {"error": {"message": "model: real"}})
    answer = post_message(passing, ASKED | {"stream": stream})
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "model: mine"


@pytest.mark.parametrize("body", [[], "text", {}, {"model": 1}], ids=str)
def test_a_message_without_a_model_is_refused(upstream, passing, body):
    answer = post_message(passing, body)
    assert (answer.status_code, upstream.exchanges) == (400, [])


def test_a_message_in_another_content_type_is_refused(upstream, passing):
    answer = post_message(passing, ASKED, **{"content-type": "text/plain"})
    assert (answer.status_code, upstream.exchanges) == (400, [])
    charset = {"content-type": "Application/JSON; charset=utf-8"}
    assert post_message(passing, ASKED, **charset).status_code == 200


def test_a_message_needs_a_key(upstream, passing):
    answer = post(passing, "/v1/messages", ASKED, {})
    assert (answer.status_code, upstream.exchanges) == (401, [])


def test_a_caller_who_leaves_a_message_ends_the_call_upstream(
    upstream, passing, wait_until
):
    asked, left = threading.Event(), threading.Event()

    def script(exchange):
        exchange.start_stream()
        exchange.event(START)
        asked.set()
        exchange.wait_until_left()
        left.set()

    upstream.script = script
    request = httpx.Request(
        "POST", f"{passing.url}/v1/messages", json=ASKED | {"stream": True}, headers=KEY
    )
    with httpx.Client(timeout=20) as client:
        answer = client.send(request, stream=True)
        assert asked.wait(20)
        answer.close()
        assert left.wait(20)
    notes = passing.requests[-1].notes
    wait_until(lambda: notes.get("cancelled"))
