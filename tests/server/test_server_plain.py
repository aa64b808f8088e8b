"""Plain requests are read without h11, and nobody can tell."""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import h11
import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from text_completions_server.http.plain import read_head
from text_completions_server.http.serving import Server, listen, url_of

BODY = {
    "model": "claude-2.1",
    "prompt": "\n\nHuman: Hello\n\nAssistant:",
    "max_tokens_to_sample": 30,
}
PLAIN = b"GET / HTTP/1.1\r\nhost: mock\r\n\r\n"
ODD = b"x-odd: caf\xe9\r\n"
"""A header that is not ASCII, which is left to h11."""


def request(method: str, path: str, body: bytes = b"", more: bytes = b"") -> bytes:
    length = b"content-length: %d\r\n" % len(body) if body else b""
    return (
        b"%b %b HTTP/1.1\r\nHost: mock\r\nx-api-key: sk-test\r\n"
        b"anthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n"
        b"%b%b\r\n%b" % (method.encode(), path.encode(), length, more, body)
    )


def complete(more: bytes = b"", **changes: object) -> bytes:
    return request("POST", "/v1/complete", json.dumps(BODY | changes).encode(), more)


@contextmanager
def connected(url: str) -> Iterator[socket.socket]:
    address = httpx.URL(url)
    with socket.create_connection((address.host, address.port), timeout=10) as made:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield made


def answer(connection: socket.socket, method: str = "POST") -> bytes:
    """One answer, read as long as its own head says it is."""
    reader = h11.Connection(h11.CLIENT)
    reader.send(h11.Request(method=method, target="/", headers=[("host", "mock")]))
    reader.send(h11.EndOfMessage())
    got = b""
    while True:
        event = reader.next_event()
        if event is h11.NEED_DATA:
            part = connection.recv(1)  # not a byte of the answer after it
            assert part, got
            got += part
            reader.receive_data(part)
        elif isinstance(event, h11.EndOfMessage):
            return got


def comparable(answer: bytes) -> bytes:
    """An answer without what may differ."""
    answer = answer.replace(b"Transfer-Encoding", b"transfer-encoding")
    answer = re.sub(rb"date: [^\r]*", b"date", answer)
    return re.sub(rb"(req|compl|mock)_01\w{22}", b"name", answer)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("POST", "/v1/complete", BODY, id="whole"),
        pytest.param("POST", "/v1/complete", BODY | {"top_k": -5}, id="wrong"),
        pytest.param("POST", "/v1/complete?a=%20b&c", BODY, id="with a query"),
        pytest.param("POST", "/v1/%63omplete", BODY, id="with escapes in its path"),
        pytest.param("POST", "/v1/nowhere", BODY, id="to no path"),
        pytest.param("GET", "/v1/complete", None, id="of no method"),
        pytest.param("POST", "/__mock__/reset", None, id="without content"),
        pytest.param("GET", "/__mock__/openapi.json", None, id="to the admin"),
    ],
)
def test_a_plain_request_is_answered_as_h11_answers_it(server, method, path, body):
    content = b"" if body is None else json.dumps(body).encode()
    with connected(server.url) as connection:
        connection.sendall(request(method, path, content))
        plain = answer(connection, method)
        connection.sendall(request(method, path, content, ODD))
        assert comparable(plain) == comparable(answer(connection, method))


def test_a_plain_stream_is_what_h11_writes(server):
    server.reset()  # events are padded for their names, which begin anew
    with connected(server.url) as connection:
        connection.sendall(complete(stream=True))
        plain = answer(connection)
        assert plain.count(b"event: completion") == 30
        server.reset()
        connection.sendall(complete(ODD, stream=True))
        assert comparable(plain) == comparable(answer(connection))


@pytest.mark.parametrize("size", [1, 7, 200])
def test_a_body_may_come_in_pieces_after_its_head(server, size):
    head, _, body = complete().partition(b"\r\n\r\n")
    with connected(server.url) as connection:
        connection.sendall(head + b"\r\n\r\n" + body[:size])
        for at in range(size, len(body), 97):
            connection.sendall(body[at : at + 97])
        assert answer(connection).startswith(b"HTTP/1.1 200 ")
    assert server.requests[-1].body == BODY


@pytest.mark.parametrize("more", [b"", ODD], ids=["plain", "odd"])
@pytest.mark.parametrize("cut", [10, 250])
def test_a_request_that_comes_early_waits_for_the_answer_before_it(server, cut, more):
    server.fail("slow_headers", seconds=0.05)
    second = complete(more, top_k=-5)
    with connected(server.url) as connection:
        connection.sendall(complete() + second[:cut])
        connection.sendall(second[cut:])
        assert answer(connection).startswith(b"HTTP/1.1 200 ")
        assert answer(connection).startswith(b"HTTP/1.1 400 ")


def test_a_plain_client_that_leaves_is_noticed(server):
    server.fail("hang")
    with connected(server.url) as connection:
        connection.sendall(complete())
    server.drop_connections()
    assert server.requests[-1].status == 499


@contextmanager
def serving(app) -> Iterator[str]:
    listener, ready = listen("127.0.0.1", 0), threading.Event()
    server = Server(app, on_ready=ready.set, grace=0)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        assert ready.wait(10)
        yield url_of(listener)
    finally:
        server.should_exit = True
        thread.join()


def replying(*messages: dict[str, object]):
    async def app(_: object, __: object, send) -> None:
        for message in messages:
            await send(message)

    return app


def begin(status: int, *headers: tuple[bytes, bytes]) -> dict[str, object]:
    return {"type": "http.response.start", "status": status, "headers": headers}


def body(content: bytes, *, more: bool = False) -> dict[str, object]:
    return {"type": "http.response.body", "body": content, "more_body": more}


def test_a_header_cannot_end_the_head_of_an_answer():
    with serving(replying(begin(200, (b"a", b"b\r\n\r\n<html>")), body(b""))) as url:
        assert httpx.get(url).status_code == 500


def test_an_answer_that_is_out_of_order_is_an_error():
    with serving(replying(body(b"early"))) as url:
        assert httpx.get(url).status_code == 500


def test_nothing_follows_the_head_where_a_status_has_no_body():
    app = replying(begin(204), body(b"", more=True), body(b"lost"))
    with serving(app) as url, httpx.Client() as http:
        for _ in range(2):
            answered = http.get(url)
            assert answered.status_code == 204
            assert "transfer-encoding" not in answered.headers
            assert answered.content == b""


def test_an_application_may_end_the_connection():
    headers = (b"content-length", b"2"), (b"connection", b"close")
    with (
        serving(replying(begin(200, *headers), body(b"ok"))) as url,
        connected(url) as connection,
    ):
        connection.sendall(PLAIN)
        assert answer(connection, "GET").endswith(b"\r\n\r\nok")
        assert connection.recv(1) == b""


def test_what_comes_of_a_body_after_its_answer_is_dropped():
    app = replying(begin(204), body(b""))
    large = request("POST", "/", b" " * 200_000)
    head, _, content = large.partition(b"\r\n\r\n")
    with serving(app) as url, connected(url) as connection:
        for _ in range(2):
            connection.sendall(head + b"\r\n\r\n")
            assert answer(connection).startswith(b"HTTP/1.1 204 ")
            connection.sendall(content)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(PLAIN[:-1], id="cut off"),
        pytest.param(PLAIN.replace(b"1.1", b"1.0"), id="of an older version"),
        pytest.param(PLAIN.replace(b"GET", b"HEAD"), id="without a body"),
        pytest.param(PLAIN.replace(b"GET", b"BREW"), id="of no known method"),
        pytest.param(PLAIN.replace(b" / ", b" * "), id="for no path"),
        pytest.param(PLAIN.replace(b"host", b"toast"), id="without a host"),
        pytest.param(PLAIN.replace(b"\r\n", b"\n"), id="with bare line feeds"),
        *(
            pytest.param(PLAIN.replace(b"\r\n\r\n", b"\r\n%b\r\n\r\n" % more), id=id)
            for more, id in [
                (b"Host: other", "with two hosts"),
                (b"connection: close", "that is the last one"),
                (b"connection: upgrade", "for another protocol"),
                (b"transfer-encoding: chunked", "in chunks"),
                (b"Expect: 100-continue", "that waits"),
                (b"content-length: 1, 1", "of two lengths"),
                (b"content-length: +1", "of a strange length"),
                (b"content-length: 1" + b"0" * 10, "of a huge length"),
                (b"a: b\r\n c", "with a folded line"),
                (b"a : b", "with a space after a name"),
                (b"a: \x01", "with a control character"),
                (b"a", "with no colon"),
                (b"a: " + b"b" * 8192, "that is long"),
            ]
        ),
    ],
)
def test_a_request_is_left_to_h11(head):
    assert read_head(PLAIN) is not None
    assert read_head(head) is None


HEADERS = [
    b"Host: a",
    b"host:b",
    b"content-length: 3",
    b"Content-Length:  03",
    b"connection: Keep-Alive",
    b"connection: close",
    b"Transfer-Encoding: chunked",
    b"expect: 100-continue",
    b"A: b c  d ",
    b"A:",
    b"e: \tf",
    b": g",
    b"h i: j",
    b"k: \xff",
    b" folded",
    b"",
]
PARTS = st.tuples(
    st.sampled_from([b"GET /a?b", b"POST /%zz", b"PUT *", b"HEAD /", b"get /", b"GET"]),
    st.sampled_from([b" HTTP/1.1", b" HTTP/1.0", b" HTTP/2", b"  HTTP/1.1", b""]),
    st.lists(st.one_of(st.sampled_from(HEADERS), st.binary(max_size=6)), max_size=5),
    st.sampled_from([b"\r\n", b"\r\n", b"\r\n", b"\n"]),
)


@given(PARTS)
@example((b"GET /a?b", b" HTTP/1.1", [HEADERS[0], HEADERS[2]], b"\r\n"))
def test_h11_reads_the_same_in_whatever_is_taken_as_plain(parts):
    target, version, headers, line_end = parts
    data = line_end.join([target + version, *headers, b"", b"abc"])
    head = read_head(data)
    if head is None:
        return
    reader = h11.Connection(h11.SERVER)
    reader.receive_data(data[: head.size])
    event = reader.next_event()
    assert isinstance(event, h11.Request)
    assert event.method == head.method.encode()
    assert event.target == head.target
    assert [(name.lower(), value) for name, value in event.headers] == head.headers
    assert isinstance(reader.next_event(), h11.EndOfMessage) == (head.length == 0)
    assert not reader.they_are_waiting_for_100_continue
