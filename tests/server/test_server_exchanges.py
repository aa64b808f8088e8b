"""What `on_exchange` is told."""

from __future__ import annotations

import queue
import socket

import httpx
import pytest

from text_completions_server import Backend, Finish, MockServer


@pytest.fixture
def told(open_door):
    exchanges = []
    return open_door(on_exchange=exchanges.append), exchanges


def test_every_request_is_logged_once(told):
    door, exchanges = told
    door.complete(max_tokens_to_sample=5)
    door.complete(max_tokens_to_sample=5, stream=True)
    door.message(max_tokens=5, stream=True)
    door.complete(model="none")
    door.send("GET", "/a b/ü?key=sk-hidden")
    facts = [(each.method, each.path, each.status, each.events) for each in exchanges]
    assert facts == [
        ("POST", "/v1/complete", 200, 0),
        ("POST", "/v1/complete", 200, 6),
        ("POST", "/v1/messages", 200, 11),
        ("POST", "/v1/complete", 404, 0),
        ("GET", "/a%20b/%C3%BC", 404, 0),
    ]
    assert all(0 < each.milliseconds < 10_000 for each in exchanges)


def test_an_exchange_reads_as_a_line(told):
    door, exchanges = told
    door.complete(max_tokens_to_sample=5, stream=True)
    (exchange,) = exchanges
    line = f"POST /v1/complete 200 6 events {exchange.milliseconds:.1f} ms"
    assert str(exchange) == line


def test_a_client_that_leaves_before_its_response_is_logged_too():
    exchanges = queue.SimpleQueue()
    with MockServer(on_exchange=exchanges.put) as server:
        url = httpx.URL(server.url)
        with socket.create_connection((url.host, url.port)) as leaving:
            leaving.sendall(b"POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\n")
        exchange = exchanges.get(timeout=10)
        (record,) = server.requests
        statuses = server.requests.statuses
    assert (exchange.method, exchange.path, exchange.status) == ("POST", "/a", 499)
    assert str(exchange).startswith("POST /a 499 0 events ")
    assert record.status == 499
    assert statuses == {499: 1}


def test_a_client_that_leaves_during_its_answer_was_answered(connect):
    exchanges = queue.SimpleQueue()
    body = {
        "model": "claude-2",
        "max_tokens_to_sample": 9,
        "stream": True,
        "prompt": "\n\nHuman: a\n\nAssistant:",
    }
    with MockServer(on_exchange=exchanges.put) as server:
        with connect(server, body, "hang; after=2") as leaving:
            assert leaving.recv(12) == b"HTTP/1.1 200"
        exchange = exchanges.get(timeout=10)
        statuses = server.requests.statuses
    assert exchange.status == 200
    assert statuses == {200: 1}


@pytest.mark.parametrize("text", ["", " a"])
def test_a_stream_of_few_events_is_counted_too(open_door, text):
    class Short(Backend):
        async def generate(self, *_):
            yield Finish("max_tokens", text=text)

    exchanges = []
    open_door(backend=Short(), on_exchange=exchanges.append).complete(stream=True)
    assert [each.events for each in exchanges] == [1]
