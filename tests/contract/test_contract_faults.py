"""A run ends with the right verdict on servers that hang, break off or go away."""

from __future__ import annotations

import itertools
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from calling import failed
from honest_server import Ask, Reply, Server, as_stream, frame, honest, serving

from text_completions_contract import Settings, Verdict, run
from text_completions_contract.requests.exchange import Request
from text_completions_contract.requests.wire import open_wire

SHORT = Settings(timeout=0.3)
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
Talk = Callable[[Any, threading.Event], None]


@contextmanager
def raw_server(talk: Talk, scheme: str = "http") -> Iterator[str]:
    """A server that reads a first piece of each request and then does as it likes."""
    over = threading.Event()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            try:
                self.request.recv(65536)
                talk(self.request, over)
            except OSError:
                pass

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}"
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def drips_headers(connection: Any, over: threading.Event) -> None:
    connection.sendall(HEAD)
    for number in itertools.count():
        if over.wait(0.05):
            return
        connection.sendall(b"x-%d: y\r\n" % number)


def drips_a_status_line(connection: Any, over: threading.Event) -> None:
    for byte in itertools.cycle(HEAD[:9]):
        if over.wait(0.05):
            return
        connection.sendall(bytes([byte]))


def hangs(_: Any, over: threading.Event) -> None:
    over.wait(30)


def hangs_up(connection: Any, _: threading.Event) -> None:
    connection.close()


def talks_nonsense(connection: Any, _: threading.Event) -> None:
    connection.sendall(b"220 mail.example.com ESMTP\r\n")


def breaks_off_in_headers(connection: Any, _: threading.Event) -> None:
    connection.sendall(HEAD)


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (drips_headers, "does not respond"),
        (drips_a_status_line, "does not respond"),
        (hangs, "does not respond"),
        (hangs_up, "cannot be read"),
        (talks_nonsense, "cannot be read"),
        (breaks_off_in_headers, "cannot be read"),
    ],
)
def test_a_server_that_gives_no_answer_is_not_judged(talk: Talk, reason: str) -> None:
    with raw_server(talk) as url:
        report = run(url, SHORT)
    assert report.exit_code == 2
    assert reason in (report.obstacle or "")
    assert len(report.of(Verdict.NOT_JUDGED)) == len(report.results)
    assert report.requests == 1


@pytest.mark.parametrize("talk", [hangs, hangs_up, talks_nonsense])
def test_a_server_that_fails_at_tls_is_not_judged(talk: Talk) -> None:
    with raw_server(talk, "https") as url:
        report = run(url, SHORT)
    assert report.exit_code == 2
    assert report.obstacle is not None
    assert report.requests == 1


def drip_body(connection: Any, over: threading.Event) -> None:
    connection.sendall(HEAD + b"\r\n")
    while not over.wait(0.05):
        connection.sendall(b" ")


def test_a_byte_now_and_then_does_not_keep_a_run_waiting() -> None:
    with raw_server(drip_body) as url:
        report = run(url, replace(SHORT, only=("answer",)))
    assert report.exit_code == 1
    assert "answer/1" in failed(report)
    # A few requests hang until the timeout, and then no more are sent.
    assert report.requests <= 4


def test_a_response_to_head_that_never_ends_does_not_keep_a_run_waiting() -> None:
    head = Request(method="HEAD", path="/v1/complete")
    with raw_server(drips_a_status_line) as url, open_wire(url, SHORT) as wire:
        fault = wire.send_unparsed(head).fault
    assert fault is not None
    assert fault.kind == "silent"


def test_streams_that_never_end_are_given_up(server: Server) -> None:
    over = threading.Event()

    def forever(reply: Reply) -> Iterator[bytes]:
        yield reply.body
        while not over.wait(0.05):
            yield frame("ping", {"type": "ping"})

    def answer(ask: Ask) -> Reply:
        reply = honest(ask)
        return as_stream(forever(reply)) if reply.is_stream else reply

    server.answer = answer
    report = run(server.url, replace(SHORT, timeout=1))
    over.set()
    assert report.exit_code == 1
    notes = {result.note for result in report.of(Verdict.NOT_JUDGED)}
    assert "requests of this kind hang and were given up" in notes


def test_a_server_that_goes_away_leaves_the_rest_unjudged() -> None:
    with serving() as server:
        left = itertools.count(40, -1)

        def answer(ask: Ask) -> Reply:
            if next(left) == 0:
                threading.Thread(target=server.http.shutdown).start()
                server.http.socket.close()
            return honest(ask)

        server.answer = answer
        report = run(server.url, Settings(timeout=1))
    assert report.exit_code == 2
    assert report.obstacle == "the server could no longer be reached"
    assert report.of(Verdict.PASSED)
    assert report.of(Verdict.NOT_JUDGED)
