"""Streams whose backend is silent: a late 200, pings, and clients that leave."""

from __future__ import annotations

import asyncio
import json
import threading

import httpx
import pytest
from starlette.responses import JSONResponse

from text_completions_server import (
    ApiError,
    Backend,
    Finish,
    FrontSettings,
    MockServer,
    Ping,
)
from text_completions_server.http.heartbeat import Heartbeat

FOR_EVER = 600.0


class Scripted(Backend):
    """Yields its items; a `threading.Event` among them is waited for."""

    def __init__(self, *items, **settings):
        self.front = FrontSettings(**settings)
        self.items = items
        self.ended = threading.Event()

    async def generate(self, *_):
        try:
            for item in self.items:
                if isinstance(item, threading.Event):
                    await asyncio.to_thread(item.wait, 20)
                elif isinstance(item, Exception):
                    raise item
                else:
                    yield item
        finally:
            self.ended.set()


class Stream:
    """A streamed request, its events read one by one."""

    def __init__(self, server, path="/v1/complete", version="2023-06-01"):
        body = {"model": "claude-2.1", "stream": True}
        if path == "/v1/complete":
            body |= {"prompt": "\n\nHuman: a\n\nAssistant:", "max_tokens_to_sample": 9}
        else:
            body |= {"messages": [{"role": "user", "content": "a"}], "max_tokens": 9}
        self._client = httpx.Client(
            headers={"x-api-key": "a", "anthropic-version": version}, timeout=20
        )
        self._context = self._client.stream("POST", f"{server.url}{path}", json=body)

    def __enter__(self):
        self.response = self._context.__enter__()
        self._lines = self.response.iter_lines()
        return self

    def __exit__(self, *exception):
        self._context.__exit__(*exception)
        self._client.close()

    def event(self):
        """Return the lines of the next event; none at the end."""
        lines = []
        for line in self._lines:
            if not line:
                break
            lines.append(line)
        return lines

    def until(self, marker):
        """Read to the event that contains the text; return how many pings came."""
        pings = 0
        while event := self.event():
            if any(marker in line for line in event):
                return pings
            pings += event == PING
        raise AssertionError(f"no event contains {marker!r}")


PING = ["event: ping", 'data: {"type": "ping"}']


@pytest.mark.parametrize(
    ("path", "version", "last"),
    [
        ("/v1/complete", "2023-06-01", '"stop_reason":"stop_sequence"'),
        ("/v1/complete", "2023-01-01", "[DONE]"),
        ("/v1/messages", "2023-06-01", "event: message_stop"),
    ],
)
def test_a_stream_begins_with_pings_if_its_first_piece_is_late(path, version, last):
    go_on = threading.Event()
    backend = Scripted(
        go_on, " a", Finish("end_turn"), first_ping=0.02, ping_interval=0.02
    )
    with MockServer(backend=backend) as server, Stream(server, path, version) as stream:
        assert stream.response.status_code == 200
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        request_id = stream.response.headers["request-id"]
        assert [stream.event() for _ in range(3)] == [PING] * 3
        go_on.set()
        stream.until(" a")
        stream.until(last)
        assert stream.event() == []
        assert stream.response.headers.get_list("request-id") == [request_id]


def test_an_error_of_the_time_before_the_first_ping_keeps_its_status():
    backend = Scripted(ApiError(529), first_ping=FOR_EVER, ping_interval=0.001)
    with MockServer(backend=backend) as server, Stream(server) as stream:
        assert stream.response.status_code == 529
        assert stream.response.headers["content-type"] == "application/json"
        assert json.loads(stream.response.read())["error"]["type"] == "overloaded_error"


@pytest.mark.parametrize("path", ["/v1/complete", "/v1/messages"])
@pytest.mark.parametrize(
    ("error", "type"),
    [(ApiError(504, "late"), "timeout_error"), (ValueError("a bug"), "api_error")],
)
def test_an_error_after_the_first_ping_is_an_event(path, error, type, caplog):
    go_on = threading.Event()
    backend = Scripted(go_on, error, first_ping=0)
    with MockServer(backend=backend) as server, Stream(server, path) as stream:
        assert stream.response.status_code == 200
        assert stream.event() == PING
        go_on.set()
        name, data = stream.event()
        assert name == "event: error"
        assert json.loads(data[6:])["error"]["type"] == type
        assert stream.event() == []
    assert ("a bug" in caplog.text) == isinstance(error, ValueError)


def test_a_stream_waits_for_ever_for_its_first_piece_unless_a_ping_is_asked_for():
    go_on = threading.Event()
    backend = Scripted(go_on, ApiError(429), ping_interval=0.001)
    threading.Timer(0.05, go_on.set).start()
    with MockServer(backend=backend) as server, Stream(server) as stream:
        assert stream.response.status_code == 429


def test_a_silent_stream_gets_pings_between_its_pieces():
    first, second = threading.Event(), threading.Event()
    items = (" a", first, " b", second, Finish("end_turn"))
    with (
        MockServer(backend=Scripted(*items, ping_interval=0.01)) as server,
        Stream(server) as stream,
    ):
        for text, event in ((" a", first), (" b", second)):
            stream.until(text)
            assert [stream.event() for _ in range(3)] == [PING] * 3
            event.set()
        stream.until('"stop_sequence"')
        assert stream.event() == []


def test_a_stream_that_is_not_silent_gets_no_pings():
    backend = Scripted(*[" a"] * 100, Finish("end_turn"), ping_interval=FOR_EVER)
    with MockServer(backend=backend) as server, Stream(server) as stream:
        assert stream.until('"stop_sequence"') == 1  # the third event, as ever


def test_pings_of_the_backend_are_written_as_well():
    backend = Scripted(Ping(), " a", Finish("end_turn"), ping_interval=FOR_EVER)
    with MockServer(backend=backend) as server, Stream(server) as stream:
        assert stream.event() == PING


def test_whole_responses_wait_without_pings():
    go_on = threading.Event()
    backend = Scripted(go_on, Finish("end_turn", text=" a"), first_ping=0)
    threading.Timer(0.05, go_on.set).start()
    with MockServer(backend=backend) as server:
        answer = httpx.post(
            f"{server.url}/v1/complete",
            json={
                "model": "claude-2.1",
                "prompt": "\n\nHuman: a\n\nAssistant:",
                "max_tokens_to_sample": 9,
            },
            headers={"x-api-key": "a", "anthropic-version": "2023-06-01"},
        )
    assert answer.json()["completion"] == " a"


@pytest.mark.parametrize("before", [[], [" a"]], ids=["before", "in the middle"])
def test_a_client_that_leaves_between_pings_cancels_the_backend(before):
    class Hanging(Backend):
        front = FrontSettings(first_ping=0, ping_interval=0.01)

        def __init__(self):
            self.ended = threading.Event()

        async def generate(self, *_):
            try:
                for piece in before:
                    yield piece
                await asyncio.Event().wait()
            finally:
                self.ended.set()

    backend = Hanging()
    with MockServer(backend=backend) as server:
        with Stream(server) as stream:
            stream.until("ping")
        assert backend.ended.wait(10)


def test_a_client_that_leaves_while_cancellation_is_ignored_ends_the_request(
    wait_until,
):
    class Stubborn(Backend):
        front = FrontSettings(first_ping=0, ping_interval=0.01)

        def __init__(self):
            self.cancelled = asyncio.Event()
            self.may_end = asyncio.Event()

        async def generate(self, *_):
            self.loop = asyncio.get_running_loop()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled.set()
                await self.may_end.wait()
            yield Finish("end_turn")

    backend = Stubborn()
    with MockServer(backend=backend) as server:
        with Stream(server) as stream:
            assert stream.event() == PING
        wait_until(backend.cancelled.is_set)
        assert server.requests[0].milliseconds is None
        backend.loop.call_soon_threadsafe(backend.may_end.set)
        wait_until(lambda: server.requests[0].milliseconds is not None)


def test_a_client_that_does_not_read_holds_up_the_backend():
    class Large(Backend):
        front = FrontSettings(ping_interval=0.001)

        def __init__(self):
            self.made = 0

        async def generate(self, *_):
            for _ in range(COUNT):
                self.made += 1
                yield "a" * 65536
            yield Finish("end_turn")

    COUNT = 1000  # 64 MB, more than the buffers on the way hold
    backend = Large()
    with (
        MockServer(backend=backend) as server,
        Stream(server) as stream,
        httpx.Client() as other,
    ):
        before, turns = None, 0
        while turns < 50:  # the server had 50 turns, and neither text nor pings came
            other.get(f"{server.url}/none")
            now = backend.made, server.requests[0].event_count
            before, turns = now, turns + 1 if now == before else 0
        assert backend.made < COUNT
        stream.until('"stop_sequence"')
        assert backend.made == COUNT


@pytest.mark.parametrize("turns", range(6))
def test_a_failure_while_the_first_ping_is_due_is_one_kind_of_response(turns):
    sent = []

    async def send(message):
        sent.append(message)

    async def fail():
        heartbeat = Heartbeat(send, first=0, interval=None)
        heartbeat.expect_stream("req", None, b"\r\n")
        for _ in range(turns):
            await asyncio.sleep(0)
        response = heartbeat.rest_of_failed({"type": "error"}) or JSONResponse({}, 529)
        await response({"type": "http"}, None, heartbeat.send)
        heartbeat.stop()

    asyncio.run(fail())
    start, *parts = sent
    content = b"".join(part["body"] for part in parts)
    if start["status"] == 529:
        assert content == b"{}"
    else:
        error = b'event: error\r\ndata: {"type":"error"'
        assert content.startswith(b"event: ping\r\n")
        assert error in content
    assert [part.get("more_body", False) for part in parts][-1] is False
