"""Which servers are judged, how far, and how the key and headers reach them."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from calling import call, failed
from honest_server import (
    COMPLETE,
    MESSAGES,
    Answerer,
    Ask,
    Reply,
    Server,
    as_json,
    honest,
)
from stateful_twists import in_gzip
from twisting import altered, body, instead, welcome

from text_completions_cli._command import CommandError
from text_completions_contract import Settings, SetupError, Verdict, run
from text_completions_contract.requests.exchange import Request
from text_completions_contract.requests.wire import open_wire


def without(path: str) -> Answerer:
    def answer(ask: Ask) -> Reply:
        return honest(replace(ask, path="/gone") if ask.path == path else ask)

    return answer


def test_a_server_with_messages_alone_is_judged_on_them(server: Server) -> None:
    server.answer = without(COMPLETE)
    report = run(server.url, Settings(strict=True))
    assert failed(report) == {}
    assert (report.exit_code, report.obstacle) == (0, None)
    passed = {item.clause.section for item in report.of(Verdict.PASSED)}
    assert {"messages", "headers", "errors"} <= passed
    notes = {item.clause.id: item.note for item in report.results}
    assert notes["stop/1"] == "the server has no /v1/complete"


def test_a_server_with_messages_alone_is_found_out(server: Server) -> None:
    server.answer = lambda ask: (
        altered(lambda members: members.pop("id"), MESSAGES)(ask)
        if ask.path == MESSAGES
        else as_json(404, {"detail": "Not Found"})
    )
    report = run(server.url, Settings(only=("messages",)))
    assert "messages/1" in failed(report)
    assert (report.exit_code, report.obstacle) == (1, None)


def test_a_server_without_both_is_not_blamed_and_its_base_url_asked_for(
    server: Server,
) -> None:
    server.answer = lambda _: as_json(404, {"detail": "Not Found"})
    report = run(server.url)
    assert (report.exit_code, failed(report)) == (2, {})
    assert "give the base URL that stands before /v1" in (report.obstacle or "")


@pytest.mark.parametrize("path", ["/v1/complete", "/v1/messages/", "/v1"])
def test_a_url_with_the_endpoint_in_it_is_refused(path: str) -> None:
    with pytest.raises(SetupError, match=r"the base URL is 'http://a\.example'"):
        run(f"http://a.example{path}")


def test_a_server_that_redirects_is_not_judged(server: Server) -> None:
    server.answer = lambda _: Reply(308, {"location": "https://a.example/v1"})
    report = run(server.url)
    assert (report.exit_code, failed(report)) == (2, {})
    assert "redirects to https://a.example/v1" in (report.obstacle or "")


def test_an_error_by_chance_is_asked_again(server: Server) -> None:
    crashes = iter(range(1, 4000))

    def answer(ask: Ask) -> Reply:
        if next(crashes) % 7:
            return honest(ask)
        return instead(500, lambda _: True)(ask)

    server.answer = answer
    report = run(server.url, Settings(only=("answer", "errors/8", "stop")))
    assert failed(report) == {}
    assert report.exit_code == 0


def test_the_key_can_be_sent_as_a_bearer_token(server: Server) -> None:
    def answer(ask: Ask) -> Reply:
        scheme, _, key = ask.headers.pop("authorization", "").partition(" ")
        assert "x-api-key" not in ask.headers
        if scheme == "Bearer":
            ask.headers["x-api-key"] = key
        return honest(replace(ask, names=()))

    server.answer = answer
    only = ("auth", "answer", "messages/15")
    report = run(server.url, Settings(only=only, auth="bearer", api_key="sk-of-mine"))
    assert failed(report) == {}
    assert report.exit_code == 0
    assert "sk-of-mine" not in repr(report)


def test_the_value_of_a_plain_header_is_hidden_in_its_own_option_alone(
    server: Server,
) -> None:
    server.answer = lambda _: as_json(200, {"model": "claude-2.1"})
    settings = Settings(headers=(("x-tenant", "1"),), only=("auth/1",))
    (result,) = run(server.url, settings).results
    assert '-H "x-tenant: $X_TENANT"' in result.sent
    assert server.url in result.sent
    assert "claude-2.1" in result.received


def test_a_compressed_response_is_one_finding(server: Server) -> None:
    def answer(ask: Ask) -> Reply:
        reply = honest(ask)
        headers = {**reply.headers, "content-encoding": "gzip"}
        return Reply(reply.status, headers, [gzip.compress(reply.body)])

    server.answer = answer
    report = run(server.url)
    assert list(failed(report)) == ["headers/9"]


def test_a_coding_that_cannot_be_decoded_is_one_finding(server: Server) -> None:
    def answer(ask: Ask) -> Reply:
        reply = honest(ask)
        headers = {**reply.headers, "content-encoding": "br"}
        return Reply(reply.status, headers, [b"\x0b\x02\x80"])

    server.answer = answer
    report = run(server.url)
    assert list(failed(report)) == ["headers/9"]
    unread = [result.note for result in report.of(Verdict.NOT_JUDGED)]
    assert "the response is encoded as br, which was not asked for" in unread
    (finding,) = report.deviations
    assert "content-encoding: br" in finding.received


def test_a_compressed_stream_that_flows_is_as_good_as_a_plain_one(
    server: Server,
) -> None:
    server.answer = in_gzip(zlib.Z_SYNC_FLUSH)
    (result,) = run(server.url, Settings(only=("framing/14",))).results
    assert result.verdict is Verdict.PASSED


def test_a_body_after_head_is_shown(server: Server) -> None:
    server.answer = lambda ask: replace(honest(ask), is_sent_for_head=True)
    report = run(server.url, Settings(only=("methods",)))
    assert list(failed(report)) == ["methods/8"]
    (finding,) = report.deviations
    assert "bytes follow the headers" in finding.note
    assert "Method Not Allowed" in finding.received
    assert "--head" in finding.sent


@pytest.mark.parametrize("received", [b"", b"hello\r\n\r\n"])
def test_an_invalid_response_to_head_is_named(received: bytes) -> None:
    def answer(listening: socket.socket) -> None:
        client, _ = listening.accept()
        with client:
            client.recv(65536)
            client.sendall(received)

    head = Request(method="HEAD", path=COMPLETE)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, args=(listening,))
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with open_wire(url, Settings()) as wire:
            fault = wire.send_unparsed(head).fault
        thread.join()
    assert fault is not None
    assert "does not begin with the status line" in fault.message


def test_a_wrongly_accepted_request_is_held_against_one_clause(
    server: Server,
) -> None:
    """What a server says to a request that it should refuse has no form."""
    strange = as_json(200, {"strange": True})

    def answer(ask: Ask) -> Reply:
        is_cold = ask.get("temperature") == -0.0001
        is_no_prompt = ask.get("prompt") == ""
        is_no_turn = ask.get("prompt") == "Hello, world\n\nAssistant:"
        is_wrong = is_cold or is_no_prompt or is_no_turn or "no-such" in ask.path
        return strange if is_wrong else honest(ask)

    server.answer = answer
    only = ("headers", "request", "errors", "answer", "framing", "prompts/1")
    report = run(server.url, Settings(only=only))
    wrong = ["request/4", "request/10", "errors/4", "prompts/1"]
    assert list(failed(report)) == wrong


def test_refusals_are_judged_by_their_status_and_errors_by_their_form(
    server: Server,
) -> None:
    def answer(ask: Ask) -> Reply:
        reply = honest(ask)
        if reply.status != 400:
            return reply
        return Reply(400, reply.headers, as_json(400, {"detail": "no"}).chunks)

    server.answer = answer
    report = run(server.url, Settings(only=("request", "errors/1")))
    assert list(failed(report)) == ["errors/1"]


def test_versions_are_compared_with_each_other(server: Server) -> None:
    """A server that takes a wrong body under both versions treats them alike."""
    server.answer = welcome(lambda ask: ask.get("temperature") == 1.0001)
    report = run(server.url, Settings(only=("versions/5",)))
    assert failed(report) == {}


def test_events_in_bursts_turn_framing_red(server: Server) -> None:
    def bursts(reply: Reply) -> Iterator[bytes]:
        chunks = list(reply.chunks)
        for start in range(0, len(chunks), 16):
            # A proxy that buffers sends when its buffer is full.
            time.sleep(0.2)
            yield b"".join(chunks[start : start + 16])

    def answer(ask: Ask) -> Reply:
        reply = honest(ask)
        if not reply.is_stream:
            return reply
        return Reply(reply.status, reply.headers, bursts(reply))

    server.answer = answer
    report = run(server.url, Settings(only=("framing/9",)))
    assert "bursts" in failed(report)["framing/9"]


@pytest.mark.parametrize("field", ["top_k", "top_p"])
@pytest.mark.parametrize("taken", [True, False])
def test_minus_one_is_not_judged(server: Server, field: str, taken: bool) -> None:
    def read(members: dict[str, object]) -> None:
        if taken and members.get(field) == -1:
            del members[field]

    server.answer = body(read)
    report = run(server.url, Settings(only=("request/6", "request/8")))
    assert failed(report) == {}


def test_certificates_that_cannot_be_read_are_named() -> None:
    with pytest.raises(CommandError, match=r"certificates in absent\.pem cannot"):
        call("https://127.0.0.1:9", "--ca", "absent.pem")
