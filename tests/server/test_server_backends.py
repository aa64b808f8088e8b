"""Another backend behind the front: pieces as they are made, failures as they come."""

from __future__ import annotations

import asyncio
import json
import threading

import httpx
import pytest

from text_completions_server import (
    ApiError,
    Backend,
    CompletionRequest,
    Finish,
    MessageRequest,
    MockServer,
    Ping,
    Turn,
    Usage,
    create_app,
)
from text_completions_server.api.pieces import begin_events
from text_completions_server.http.disconnect import Lifetime

BODY = {
    "model": "claude-2",
    "prompt": "\n\nHuman: Hello\n\nAssistant:",
    "max_tokens_to_sample": 5,
}
HEADERS = {"x-api-key": "sk-a", "anthropic-version": "2023-06-01"}


class Saying(Backend):
    """Yields these items, and raises those that are exceptions."""

    def __init__(self, *items):
        self.items = items
        self.requests = []
        self.callers = []

    async def generate(self, request, caller, /):
        self.requests.append(request)
        self.callers.append(caller)
        for item in self.items:
            if isinstance(item, BaseException):
                raise item
            yield item


def data(answer):
    lines = answer.text.splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith("data: {")]


def test_a_backend_gets_what_the_request_asks_for(open_door):
    backend = Saying(Finish("end_turn"))
    open_door(backend=backend).complete(
        prompt="Human: Hi\n\nAssistant: ",
        model="claude-2",
        max_tokens_to_sample=7.0,
        stop_sequences=["###"],
        temperature=1,
        top_p=0.5,
        top_k=3,
        metadata={"user_id": "u"},
        stream=True,
    )
    assert backend.requests == [
        CompletionRequest(
            requested_model="claude-2",
            model="claude-2.1",
            prompt="\n\nHuman: Hi\n\nAssistant:",
            max_tokens=7,
            stop_sequences=("###", "\n\nHuman:"),
            temperature=1.0,
            top_p=0.5,
            top_k=3,
            user_id="u",
            stream=True,
        )
    ]


def test_a_backend_gets_what_a_message_asks_for(open_door):
    backend = Saying(Finish("end_turn"))
    blocks = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    open_door(backend=backend).message(
        messages=[{"role": "user", "content": blocks}], system="s"
    )
    assert backend.requests == [
        MessageRequest(
            requested_model="claude-2.1",
            model="claude-2.1",
            turns=(Turn("user", "ab"),),
            system="s",
            max_tokens=500,
        )
    ]


@pytest.mark.parametrize(
    ("finish", "reason", "stop"),
    [
        (Finish("end_turn"), "stop_sequence", "\n\nHuman:"),
        (Finish("stop_sequence", "###"), "stop_sequence", "###"),
        (Finish("max_tokens"), "max_tokens", None),
    ],
)
def test_the_end_of_a_turn_becomes_a_stop_reason_of_the_api(
    open_door, finish, reason, stop
):
    door = open_door(backend=Saying(" a", " b", finish))
    whole = door.complete().json()
    assert (whole["completion"], whole["stop_reason"]) == (" a b", reason)
    assert whole["stop"] == stop
    *_, last = data(door.complete(stream=True))
    assert (last["completion"], last["stop_reason"]) == ("", reason)
    assert last["stop"] == stop


@pytest.mark.parametrize("status", [400, 401, 404])
def test_an_error_without_a_message_does_not_borrow_one(open_door, status):
    error = open_door(backend=Saying(ApiError(status))).complete().json()["error"]
    for specific in ("anthropic-version", "x-api-key", "claude"):
        assert specific not in error["message"]
    assert error["message"]


def test_an_event_is_written_before_the_next_piece_is_made():
    class Waiting(Backend):
        def __init__(self):
            self.go_on = threading.Event()

        async def generate(self, *_):
            yield " a"
            await asyncio.to_thread(self.go_on.wait, 10)
            yield Finish("max_tokens", text=" b")

    backend = Waiting()
    with (
        MockServer(backend=backend) as server,
        httpx.stream(
            "POST",
            f"{server.url}/v1/complete",
            json=BODY | {"stream": True},
            headers=HEADERS,
        ) as answer,
    ):
        lines = answer.iter_lines()
        assert next(lines) == "event: completion"
        assert '" a"' in next(lines)
        backend.go_on.set()
        assert '" b"' in "".join(lines)


def leave_a_stream(server):
    """Open a stream, and leave when its first event is there."""
    url, body = f"{server.url}/v1/complete", BODY | {"stream": True}
    with httpx.stream("POST", url, json=body, headers=HEADERS) as answer:
        next(answer.iter_lines())


def test_a_stream_that_is_left_at_its_first_event_closes_the_backend():
    class Opening:
        line_end = b"\n"

        def begin(self):
            yield b"event: message_start"

    closed = []

    async def pieces():
        try:
            yield " a"
        finally:
            closed.append(True)

    async def leave():
        events = await begin_events(pieces(), Opening(), Lifetime(), None, "req")
        await anext(events)
        await events.aclose()
        return list(closed)

    assert asyncio.run(leave()) == [True]


def test_a_client_that_leaves_ends_work_that_never_waits():
    class Hasty(Backend):
        def __init__(self):
            self.ended = threading.Event()
            self.made = 0

        async def generate(self, *_):
            try:
                while self.made < 300_000:
                    self.made += 1
                    yield " a"
                yield Finish("max_tokens")
            finally:
                self.ended.set()

    backend = Hasty()
    with MockServer(backend=backend) as server:
        leave_a_stream(server)
        assert backend.ended.wait(20)
    assert backend.made < 300_000


def test_a_server_stops_with_streams_open(capfd, caplog):
    class Hanging(Backend):
        def __init__(self):
            self.ended = threading.Event()

        async def generate(self, *_):
            try:
                yield " a"
                await asyncio.Event().wait()
            finally:
                self.ended.set()

    backend = Hanging()
    with httpx.Client(headers=HEADERS) as client:
        with MockServer(backend=backend) as server:
            request = client.build_request(
                "POST", f"{server.url}/v1/complete", json=BODY | {"stream": True}
            )
            answer = client.send(request, stream=True)
            lines = answer.iter_lines()
            next(lines)
        assert backend.ended.wait(10)
        with pytest.raises(httpx.HTTPError):
            list(lines)
        answer.close()
    assert capfd.readouterr().err == ""
    assert caplog.records == []


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("pieces", [[], [" a"]], ids=["before", "after"])
def test_a_client_that_leaves_cancels_the_backend(connect, stream, pieces):
    class Waiting(Backend):
        def __init__(self):
            self.waits = threading.Event()
            self.ended = threading.Event()

        async def generate(self, *_):
            try:
                for piece in pieces:
                    yield piece
                self.waits.set()
                await asyncio.Event().wait()
            finally:
                self.ended.set()

    backend = Waiting()
    with MockServer(backend=backend) as server:
        with connect(server, BODY | {"stream": stream}):
            assert backend.waits.wait(10)
        assert backend.ended.wait(10)


def test_a_slow_caller_slows_the_backend():
    made, go_on = [], asyncio.Event()

    class Hasty(Backend):
        async def generate(self, *_):
            for number in range(1000):
                made.append(number)
                yield " a"
            yield Finish("end_turn")

    async def send(message):
        if message.get("body"):
            await go_on.wait()

    async def ask():
        answer = asyncio.create_task(create_app(backend=Hasty())(scope, receive, send))
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(made) == 1
        go_on.set()
        await answer
        assert len(made) == 1000

    received = []
    receive_body = json.dumps(BODY | {"stream": True}).encode()

    async def receive():
        if received:
            await asyncio.Event().wait()
        received.append(True)
        return {"type": "http.request", "body": receive_body}

    headers = {**HEADERS, "content-type": "application/json"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/complete",
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
    }
    asyncio.run(ask())


@pytest.mark.parametrize("operation", ["complete", "message"])
@pytest.mark.parametrize(
    ("error", "status", "type"),
    [
        pytest.param(ApiError(529), 529, "overloaded_error", id="a usual status"),
        pytest.param(ApiError(520), 520, "api_error", id="an unusual status"),
        pytest.param(ApiError(418), 418, "invalid_request_error", id="a 4xx"),
        pytest.param(ValueError("a bug"), 500, "api_error", id="an exception"),
        pytest.param(ConnectionResetError("cut"), 500, "api_error", id="a cut"),
    ],
)
def test_every_failure_is_a_json_error_or_an_error_event(
    open_door, operation, error, status, type
):
    answer = getattr(open_door(backend=Saying(error)), operation)(stream=True)
    assert answer.status_code == status
    assert answer.json()["error"]["type"] == type
    assert answer.json()["request_id"] == answer.headers["request-id"]

    answer = getattr(open_door(backend=Saying(" a", error)), operation)(stream=True)
    assert answer.status_code == 200
    assert "event: error" in answer.text
    assert data(answer)[-1]["type"] == "error"
    assert data(answer)[-1]["error"]["type"] == type

    answer = getattr(open_door(backend=Saying(" a", error)), operation)()
    assert answer.status_code == status


def test_a_failure_that_is_not_an_api_error_is_logged_with_its_id(open_door, caplog):
    for stream in (False, True):
        said = [" a", ValueError("a bug")] if stream else [ValueError("a bug")]
        caplog.clear()
        answer = open_door(backend=Saying(*said)).complete(stream=stream)
        assert "ValueError: a bug" in caplog.text
        assert answer.headers["request-id"] in caplog.text


@pytest.mark.parametrize("stream", [False, True])
def test_a_backend_that_never_finishes_fails(open_door, stream, caplog):
    answer = open_door(backend=Saying(" a")).complete(stream=stream)
    assert answer.status_code == (200 if stream else 500)
    assert "api_error" in answer.text
    assert "RuntimeError: the backend ended without a Finish" in caplog.text


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("said", [[], [" a"]])
def test_a_backend_whose_own_task_was_cancelled_fails(open_door, said, stream, caplog):
    backend = Saying(*said, asyncio.CancelledError())
    answer = open_door(backend=backend).complete(stream=stream)
    assert answer.status_code == (200 if stream and said else 500)
    assert "api_error" in answer.text
    assert "CancelledError" in caplog.text


@pytest.mark.parametrize("stream", [False, True])
def test_a_backend_that_yields_something_else_fails(open_door, stream, caplog):
    backend = Saying(" a", b" b", Finish("end_turn"))
    answer = open_door(backend=backend).complete(stream=stream)
    assert answer.status_code == (200 if stream else 500)
    assert "api_error" in answer.text
    assert "TypeError: the backend yielded bytes, not a str" in caplog.text


@pytest.mark.parametrize(
    ("status", "headers"), [(200, {}), (600, {}), (529, {"retry-after": "1\r\nx: y"})]
)
def test_an_error_that_cannot_be_sent_is_refused_when_it_is_made(status, headers):
    with pytest.raises(ValueError, match=r"use 400 to 599|printable"):
        ApiError(status, headers=headers)


def test_the_headers_of_an_error_are_sent(open_door):
    error = ApiError(429, "Slow down.", headers={"Retry-After": "7"})
    answer = open_door(backend=Saying(error)).complete()
    assert answer.headers["retry-after"] == "7"
    assert answer.json()["error"]["message"] == "Slow down."


def test_a_backend_sees_who_calls(open_door):
    backend = Saying(Finish("end_turn"))
    answer = open_door(backend=backend).post(
        json.dumps(BODY).encode(), x_api_key="sk-secret", anthropic_beta="b"
    )
    (caller,) = backend.callers
    assert caller.key == "sk-secret"
    assert caller.headers["anthropic-beta"] == "b"
    assert caller.request_id == answer.headers["request-id"]
    assert "sk-secret" not in repr(caller)


def test_a_backend_judges_keys_itself_unless_some_are_listed(open_door):
    backend = Saying(Finish("end_turn"))
    body = json.dumps(BODY).encode()
    assert open_door(backend=backend).post(body, x_api_key="any").status_code == 200
    assert open_door(backend=backend).post(body, x_api_key=None).status_code == 401
    bearer = {"x_api_key": None, "authorization": "Bearer any form"}
    assert open_door(backend=backend).post(body, **bearer).status_code == 200
    assert [caller.key for caller in backend.callers] == ["any", "any form"]
    listed = open_door(backend=backend, api_keys=["one"])
    assert listed.post(body, x_api_key="any").status_code == 401


def test_notes_of_a_backend_are_in_the_access_line(open_door):
    class Noting(Backend):
        async def generate(self, _, caller):
            caller.notes["upstream_status"] = 200
            yield Finish("end_turn")

    told = []
    open_door(backend=Noting(), on_exchange=told.append).complete()
    assert told[0].notes["upstream_status"] == 200
    assert " upstream_status=200" in str(told[0])


def test_headers_of_a_finish_are_on_whole_responses(open_door):
    finish = Finish("refusal", headers={"x-upstream-stop-reason": "refusal"})
    door = open_door(backend=Saying(" a", finish))
    for operation in (door.complete, door.message):
        assert operation().headers["x-upstream-stop-reason"] == "refusal"
        assert "x-upstream-stop-reason" not in operation(stream=True).headers


@pytest.mark.parametrize(
    ("finish", "reason", "stop"),
    [
        (Finish("model_context_window_exceeded"), "max_tokens", None),
        (Finish("refusal"), "stop_sequence", None),
        (Finish("tool_use"), "stop_sequence", None),
    ],
)
def test_other_stop_reasons_are_translated_for_completions_alone(
    open_door, finish, reason, stop
):
    door = open_door(backend=Saying(" a", finish))
    whole = door.complete().json()
    assert (whole["stop_reason"], whole["stop"]) == (reason, stop)
    assert data(door.complete(stream=True))[-1]["stop_reason"] == reason
    assert door.message().json()["stop_reason"] == finish.reason
    assert data(door.message(stream=True))[-2]["delta"]["stop_reason"] == finish.reason


def test_the_usage_of_a_backend_is_passed_on(open_door):
    usage = Usage(input_tokens=31, output_tokens=7)
    door = open_door(backend=Saying(" a", Finish("end_turn", usage=usage)))
    whole = door.message().json()["usage"]
    assert whole == {"input_tokens": 31, "output_tokens": 7}
    assert data(door.message(stream=True))[-2]["usage"] == {"output_tokens": 7}


def test_pings_begin_the_response_and_are_left_out_of_whole_ones(open_door):
    door = open_door(backend=Saying(Ping(), " a", Ping(), Finish("end_turn")))
    assert door.complete().json()["completion"] == " a"
    assert door.complete(stream=True).text.startswith("event: ping\r\n")
    assert door.message(stream=True).text.count("event: ping\n") == 3


def test_a_backend_is_started_before_the_first_request_and_closed_at_the_end():
    class Recording(Backend):
        def __init__(self):
            self.calls = []

        async def start(self):
            self.calls.append("start")

        async def generate(self, *_):
            self.calls.append("generate")
            yield Finish("end_turn")

        async def close(self):
            self.calls.append("close")

    backend = Recording()
    with MockServer(backend=backend) as server:
        httpx.post(f"{server.url}/v1/complete", json=BODY, headers=HEADERS)
    assert backend.calls == ["start", "generate", "close"]


def test_a_backend_that_does_not_start_is_an_error_of_the_server(capfd):
    class Broken(Backend):
        async def start(self):
            raise OSError("no upstream")

    server = MockServer(backend=Broken())
    with pytest.raises(OSError, match="no upstream"), server:
        pass
    assert capfd.readouterr().err == ""


def test_nothing_is_sent_after_the_finish(open_door):
    door = open_door(backend=Saying(" a", Finish("max_tokens", text=" b"), " c"))
    assert door.complete().json()["completion"] == " a b"
    pieces = [each["completion"] for each in data(door.complete(stream=True))]
    assert pieces == [" a", " b"]
