"""What goes over the connection, and the ways into the application."""

from __future__ import annotations

import asyncio
import json
import re
import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from text_completions_server import MockServer, create_app

CLOSE = b"host: mock\r\nconnection: close"
BODY = {
    "model": "claude-2.1",
    "prompt": "\n\nHuman: Hello\n\nAssistant:",
    "max_tokens_to_sample": 30,
}


def request(**changes: object) -> bytes:
    body = json.dumps(BODY | changes).encode()
    return (
        b"POST /v1/complete HTTP/1.1\r\nhost: mock\r\nx-api-key: sk-test\r\n"
        b"anthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n"
        b"content-length: %d\r\n\r\n%b" % (len(body), body)
    )


def everything(server, sent: bytes) -> bytes:
    """All that comes back until the server closes the connection."""
    url = httpx.URL(server.url)
    with socket.create_connection((url.host, url.port), timeout=10) as connection:
        connection.sendall(sent)
        parts = iter(lambda: connection.recv(65536), b"")
        return b"".join(parts)


def test_requests_sent_together_are_answered_in_their_order(server):
    last = request(top_k=-5).replace(b"host: mock", b"host: mock\r\nconnection: close")
    streamed = request(stream=True)
    came = everything(server, request() + streamed + request() + streamed + last)
    assert re.findall(rb"HTTP/1.1 (\d+)", came) == [b"200"] * 4 + [b"400"]
    assert came.count(b"event: completion") == 60
    assert came.endswith(b"}")


def test_an_answer_before_the_connection_closes_is_whole(server):
    last = request().replace(b"host: mock", b"host: mock\r\nconnection: close")
    head, _, body = everything(server, last).partition(b"\r\n\r\n")
    assert b"\r\ncontent-length: %d" % len(body) in head
    assert json.loads(body)["type"] == "completion"


def test_an_application_that_is_mounted_below_a_path_answers_there():
    outer = Starlette(routes=[Mount("/mock", create_app())])

    async def ask(path: str) -> int:
        transport = httpx.ASGITransport(outer)
        async with httpx.AsyncClient(transport=transport, base_url="http://a") as http:
            answer = await http.post(
                path,
                json=BODY,
                headers={"x-api-key": "sk-test", "anthropic-version": "2023-06-01"},
            )
        return answer.status_code

    assert asyncio.run(ask("/mock/v1/complete")) == 200
    assert asyncio.run(ask("/mock/v1/other")) == 404


@pytest.mark.parametrize(
    "malformed",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nhost: a\r\n\r\n",
        b"\x16\x03\x01 is not HTTP\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nx\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n",
    ],
)
@pytest.mark.parametrize("before", [b"", request()], ids=["first", "after another"])
def test_a_malformed_request_is_a_json_400(server, before, malformed, capfd, caplog):
    answer = everything(server, before + malformed)
    statuses = re.findall(rb"HTTP/1.1 (\d+)", answer)
    assert statuses == [b"400"] or (before and statuses == [b"200", b"400"])
    error = json.loads(answer.rpartition(b"\r\n\r\n")[2])
    assert error["error"]["type"] == "invalid_request_error"
    assert capfd.readouterr().err == ""
    assert caplog.records == []


def test_headers_without_end_are_refused(server):
    endless = b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 20_000
    answer = everything(server, endless)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"the headers are larger than 65536 bytes" in answer
    large = b"host: mock\r\nconnection: close\r\nx-large: " + b"a" * 30_000
    answer = everything(server, request().replace(b"host: mock", large))
    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(("size", "status"), [(64_000, 200), (65_600, 400)])
def test_headers_that_come_at_once_have_the_same_limit(server, size, status):
    with httpx.Client() as client:
        answer = client.post(
            f"{server.url}/v1/complete",
            json=BODY,
            headers={
                "x-api-key": "sk-test",
                "anthropic-version": "2023-06-01",
                "x-large": "a" * size,
            },
        )
    assert answer.status_code == status
    if status == 400:
        error = answer.json()["error"]
        assert error["message"] == "the headers are larger than 65536 bytes"


def test_a_target_may_be_a_whole_url_whose_host_counts(server):
    target = f"POST http://evil.example@{httpx.URL(server.url).netloc.decode()}"
    sent = request().replace(b"POST ", target.encode()).replace(b"host: mock", CLOSE)
    assert everything(server, sent).startswith(b"HTTP/1.1 200 ")
    assert server.requests[-1].headers["host"] == httpx.URL(server.url).netloc.decode()


@pytest.mark.parametrize(
    ("hosts", "message"),
    [
        (b"connection: close", b"host: header is required"),
        (b"host: a\r\n" + CLOSE, b"host: header is sent more than once"),
    ],
)
def test_a_request_has_exactly_one_host(server, hosts, message):
    answer = everything(server, request().replace(b"host: mock", hosts))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert message in answer


def test_a_client_of_http_1_0_gets_neither_chunks_nor_100_continue(server):
    asked = request(stream=True).replace(b"HTTP/1.1", b"HTTP/1.0")
    asked = asked.replace(b"host: mock", b"host: mock\r\nexpect: 100-continue")
    head, _, body = everything(server, asked).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"transfer-encoding" not in head
    assert body.startswith(b"event: completion\r\n")
    assert body.endswith(b"}\r\n\r\n")
    whole = everything(server, request().replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert json.loads(whole.partition(b"\r\n\r\n")[2])["type"] == "completion"


def test_a_header_of_several_lines_is_one_list(server):
    lines = CLOSE + b"\r\nanthropic-version: 2023-01-01"
    answer = everything(server, request().replace(b"host: mock", lines))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'\\"2023-01-01, 2023-06-01\\" is not a valid version' in answer
    again = CLOSE + b"\r\nanthropic-version: 2023-06-01"
    answer = everything(server, request().replace(b"host: mock", again))
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_request_may_offer_another_protocol(server):
    # curl --http2 and Java's client do so with every request.
    offer = b"host: mock\r\nconnection: upgrade, close\r\nupgrade: h2c"
    answer = everything(server, request().replace(b"host: mock", offer))
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_connection_whose_request_is_cut_by_a_fault_is_closed(server):
    server.fail("disconnect")
    assert everything(server, request() + request()) == b""


@pytest.mark.parametrize("fault", ["disconnect", "cut_mid_event"])
def test_a_server_stops_although_more_requests_wait_behind_a_broken_one(fault, caplog):
    with MockServer() as mock:
        mock.fail(fault)
        everything(mock, request() + request())
    assert caplog.records == []


def test_a_client_that_leaves_is_noticed_although_more_of_its_requests_wait(
    caplog, wait_until
):
    with MockServer() as mock:
        mock.fail("hang")
        url = httpx.URL(mock.url)
        with socket.create_connection((url.host, url.port), timeout=20) as connection:
            connection.sendall(request() + request())
            wait_until(lambda: mock.requests)
        first = mock.requests[0]
        wait_until(lambda: first.milliseconds is not None)
    assert first.status == 499
    assert caplog.records == []
