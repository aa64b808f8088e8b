"""Another backend behind the front: pieces as they are made, failures as they come."""

from __future__ import annotations

import asyncio
import json
import threading

import httpx
import pytest

from text_completions_server import (
    ApiError,
    CompletionRequest,
    Finish,
    MessageRequest,
    MockServer,
    Turn,
)

BODY = {
    "model": "claude-2",
    "prompt": "\n\nHuman: Hello\n\nAssistant:",
    "max_tokens_to_sample": 5,
}
HEADERS = {"x-api-key": "sk-a", "anthropic-version": "2023-06-01"}


class Saying:
    """Yields these items, and raises those that are exceptions."""

    def __init__(self, *items):
        self.items = items
        self.requests = []

    async def generate(self, request, /):
        self.requests.append(request)
        for item in self.items:
            if isinstance(item, Exception):
                raise item
            yield item


def data(answer):
    lines = answer.text.splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith("data: {")]


def test_a_backend_is_told_what_the_request_asks_for(open_door):
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


def test_a_backend_is_told_what_a_message_asks_for(open_door):
    backend = Saying(Finish("end_turn"))
    blocks = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    open_door(backend=backend).message(
        messages=[{"role": "user", "content": blocks}], system="s"
    )
    assert backend.requests == [
        MessageRequest(
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
def test_the_end_of_a_turn_is_told_in_the_words_of_the_api(
    open_door, finish, reason, stop
):
    door = open_door(backend=Saying(" a", " b", finish))
    whole = door.complete().json()
    assert (whole["completion"], whole["stop_reason"]) == (" a b", reason)
    assert whole["stop"] == stop
    *_, last = data(door.complete(stream=True))
    assert (last["completion"], last["stop_reason"]) == ("", reason)
    assert last["stop"] == stop


@pytest.mark.parametrize("operation", ["complete", "message"])
def test_a_failure_before_the_first_piece_is_an_error_response(open_door, operation):
    door = open_door(backend=Saying(ApiError(529)))
    answer = getattr(door, operation)(stream=True)
    assert answer.status_code == 529
    assert answer.json()["error"]["message"] == "Overloaded"


@pytest.mark.parametrize("operation", ["complete", "message"])
def test_a_failure_between_pieces_is_an_event_that_ends_the_stream(
    open_door, operation
):
    door = open_door(backend=Saying(" a", ApiError(529), " b"))
    answer = getattr(door, operation)(stream=True)
    assert answer.status_code == 200
    *_, last = data(answer)
    assert last == {
        "type": "error",
        "error": {"type": "overloaded_error", "message": "Overloaded"},
    }
    assert "event: error" in answer.text
    whole = getattr(door, operation)()
    assert whole.status_code == 529


def test_an_event_is_written_before_the_next_piece_is_made():
    class Waiting:
        def __init__(self):
            self.go_on = threading.Event()

        async def generate(self, _, /):
            yield " a"
            await asyncio.to_thread(self.go_on.wait)
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


def test_a_client_that_leaves_ends_the_work_for_it():
    class Endless:
        def __init__(self):
            self.ended = threading.Event()

        async def generate(self, _, /):
            try:
                while True:
                    yield " a"
                    await asyncio.sleep(0)
            finally:
                self.ended.set()

    backend = Endless()
    with MockServer(backend=backend) as server:
        with httpx.stream(
            "POST",
            f"{server.url}/v1/complete",
            json=BODY | {"stream": True},
            headers=HEADERS,
        ) as answer:
            next(answer.iter_lines())
        assert backend.ended.wait(10)


def test_a_client_that_leaves_ends_work_that_never_waits():
    class Hasty:
        def __init__(self):
            self.ended = threading.Event()
            self.made = 0

        async def generate(self, _, /):
            try:
                while self.made < 300_000:
                    self.made += 1
                    yield " a"
                yield Finish("max_tokens")
            finally:
                self.ended.set()

    backend = Hasty()
    with MockServer(backend=backend) as server:
        with httpx.stream(
            "POST",
            f"{server.url}/v1/complete",
            json=BODY | {"stream": True},
            headers=HEADERS,
        ) as answer:
            next(answer.iter_lines())
        assert backend.ended.wait(20)
    assert backend.made < 300_000


def test_a_server_stops_with_streams_open(capfd, caplog):
    class Hanging:
        def __init__(self):
            self.ended = threading.Event()

        async def generate(self, _, /):
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


def test_a_failure_of_ours_is_an_api_error_and_is_logged(caplog):
    with MockServer(backend=Saying(ValueError("a bug"))) as server:
        answer = httpx.post(f"{server.url}/v1/complete", json=BODY, headers=HEADERS)
    assert answer.status_code == 500
    assert answer.json()["error"]["type"] == "api_error"
    assert answer.json()["request_id"] == answer.headers["request-id"]
    assert "a bug" in caplog.text


def test_a_backend_that_never_finishes_is_a_bug(caplog):
    with MockServer(backend=Saying(" a")) as server:
        url = f"{server.url}/v1/complete"
        assert httpx.post(url, json=BODY, headers=HEADERS).status_code == 500
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.post(url, json=BODY | {"stream": True}, headers=HEADERS)
    assert caplog.text.count("RuntimeError: the backend ended without a Finish") == 2


def test_nothing_is_said_after_the_finish(open_door):
    door = open_door(backend=Saying(" a", Finish("max_tokens", text=" b"), " c"))
    assert door.complete().json()["completion"] == " a b"
    pieces = [each["completion"] for each in data(door.complete(stream=True))]
    assert pieces == [" a", " b"]
