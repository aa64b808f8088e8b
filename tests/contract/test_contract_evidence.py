"""The printed command sends the same bytes again, and shows no key."""

from __future__ import annotations

import base64
import html
import json
import os
import shutil
import subprocess
from typing import Any
from urllib.parse import quote

import pytest
from honest_server import Ask, Reply, Server, as_json, honest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from text_completions_contract import Settings, Verdict, run
from text_completions_contract.requests.evidence import (
    FRAGMENT,
    EvidenceFormatter,
    Mask,
)
from text_completions_contract.requests.exchange import Exchange, Request
from text_completions_contract.requests.wire import open_wire

KEY = 'sk-ant-"api"/03-$HOME`id`\'\\-secret<&>of-the-test'
NAME = "ANTHROPIC_API_KEY"
HEADERS = (("x-api-key", KEY), ("content-type", "application/json"))
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
no_proxy = {key: value for key, value in os.environ.items() if "proxy" not in key}


def in_bash(command: str, **variables: str) -> bytes:
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        env={**no_proxy, **variables},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def evidence_of(url: str, key: str = KEY, **settings: Any) -> EvidenceFormatter:
    return EvidenceFormatter(url, Settings(api_key=key, key_name=NAME, **settings))


def heard_twice(server: Server, request: Request, key: str = KEY) -> tuple[Ask, Ask]:
    """What the server is asked by the suite, and by the printed command."""
    server.asked.clear()
    server.answer = lambda ask: as_json(200, {"heard": len(ask.body)})
    with open_wire(server.url, Settings()) as wire:
        wire.send(request)
    command = evidence_of(server.url, key).sent(request)
    assert key not in command
    in_bash(command, **{NAME: key})
    suite, curl = server.asked
    return suite, curl


def assert_same(one: Ask, two: Ask) -> None:
    assert (one.method, one.path, one.body) == (two.method, two.path, two.body)
    for name in (
        "x-api-key",
        "X-API-KEY",
        "content-type",
        "content-length",
        "x-odd",
        "x-raw",
    ):
        assert one.headers.get(name) == two.headers.get(name), name


@needs_curl
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=st.one_of(st.binary(max_size=300), st.text(max_size=100).map(str.encode)))
@example(body=b"@/etc/hostname")
@example(body=b"--version")
@example(body=b"%s%d%%\0")
@example(body=b"")
@example(body=bytes(range(256)) * 12)
@example(body=json.dumps({"prompt": "it's 5 > 4 & $HOME `id` \\ 100%"}).encode())
def test_the_command_sends_the_same_bytes_whatever_they_are(
    server: Server, body: bytes
) -> None:
    request = Request(method="POST", path="/v1/complete", headers=HEADERS, body=body)
    suite, curl = heard_twice(server, request)
    assert suite.body == body
    assert_same(suite, curl)


@needs_curl
@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(Request(method="GET", path="/v1/complete"), id="GET"),
        pytest.param(Request(method="HEAD", path="/v1/complete"), id="HEAD"),
        pytest.param(Request(method="OPTIONS", path="/v1/complete"), id="OPTIONS"),
        pytest.param(Request(method="DELETE", path="/a", body=b"{}"), id="DELETE"),
        pytest.param(Request(method="POST", path="/v1/complete"), id="no body"),
        pytest.param(
            Request(method="POST", path="/a/../b/./[c]{d}?x=1&y=%20", body=b"{}"),
            id="path",
        ),
        pytest.param(
            Request(method="POST", path="/a", headers=(("x-api-key", KEY),), body=b"1"),
            id="no content type",
        ),
        pytest.param(
            Request(
                method="POST",
                path="/a",
                headers=(
                    ("X-API-KEY", ""),
                    ("content-type", "text/plain; a='b'"),
                    ("x-odd", f'Bearer "{KEY}" $HOME'),
                    ("x-raw", "'\xe9' $HOME"),
                ),
                body=b"1",
            ),
            id="headers",
        ),
    ],
)
def test_the_command_sends_the_same_request(server: Server, request_: Request) -> None:
    assert_same(*heard_twice(server, request_))


@needs_curl
def test_the_command_of_a_failure_gets_the_failing_answer(server: Server) -> None:
    def answer(ask: Ask) -> Reply:
        reply = honest(ask)
        return as_json(200, {"no": "error"}) if reply.status == 400 else reply

    server.answer = answer
    report = run(server.url, Settings(only=("request", "text"), api_key="sk-'of' mine"))
    failed = report.of(Verdict.FAILED)
    assert len(failed) > 10
    for result in failed:
        came_back = in_bash(result.sent, **{NAME: "sk-'of' mine"})
        assert came_back.startswith(b"HTTP/1.1 200")
        assert came_back.endswith(b'{"no": "error"}'), result.sent


@needs_curl
def test_without_a_key_the_command_works_as_it_is(server: Server) -> None:
    def answer(ask: Ask) -> Reply:
        reply = honest(ask)
        return as_json(200, {"no": "error"}) if reply.status == 400 else reply

    server.answer = answer
    (result,) = run(server.url, Settings(only=("versions",))).of(Verdict.FAILED)[:1]
    assert in_bash(result.sent, **{NAME: ""}).endswith(b'{"no": "error"}')
    assert in_bash(result.sent, **{NAME: "sk-other"}).endswith(b'{"no": "error"}')
    refused = in_bash(result.sent, **{NAME: "invalid"})
    assert refused.startswith(b"HTTP/1.1 401")


@needs_curl
def test_the_value_of_an_added_header_is_not_shown(server: Server) -> None:
    added = (("x-gateway-token", "Basic c2VjcmV0OnNlY3JldA=="),)
    request = Request(method="GET", path="/a", headers=added)
    evidence = evidence_of(server.url, headers=added)
    server.answer = lambda ask: as_json(200, {"you": ask.headers["x-gateway-token"]})
    command = evidence.sent(request)
    assert '"x-gateway-token: $X_GATEWAY_TOKEN"' in command
    in_bash(command, X_GATEWAY_TOKEN=added[0][1])
    assert server.asked[0].headers["x-gateway-token"] == added[0][1]
    with open_wire(server.url, Settings()) as wire:
        shown = evidence.received(wire.send(request))
    assert '{"you": "$X_GATEWAY_TOKEN"}' in shown


def test_a_long_body_is_shown_by_its_size() -> None:
    request = Request(method="POST", path="/", body=b"x" * 33_554_433)
    command = evidence_of("http://a").sent(request)
    assert command.endswith("--data-binary @FILE  # body: 33554433 bytes")


WRITTEN = {
    "as it is": KEY,
    "in another letter case": KEY.upper(),
    "in JSON": json.dumps(KEY)[1:-1],
    "in JSON with slashes": json.dumps(KEY)[1:-1].replace("/", "\\/"),
    "in HTML": html.escape(KEY),
    "in a URL": quote(KEY, safe=""),
    "in base64": base64.b64encode(KEY.encode()).decode(),
}


@pytest.mark.parametrize("way", WRITTEN)
def test_the_key_is_masked_however_it_is_written(way: str) -> None:
    masked = Mask(KEY, "$K")(f"before {WRITTEN[way]} after")
    assert masked == "before $K after"


@given(
    before=st.text("xyz ", max_size=20),
    start=st.integers(0, len(KEY) - FRAGMENT),
    size=st.integers(FRAGMENT, len(KEY)),
)
def test_a_piece_of_the_key_is_masked_too(before: str, start: int, size: int) -> None:
    piece = KEY[start : start + size]
    assert Mask(KEY, "$K")(f"{before}{piece}{before}") == f"{before}$K{before}"


def test_a_short_key_is_masked_where_it_stands_alone() -> None:
    assert Mask("test", "$K")("a test, testing: test") == "a $K, testing: $K"


def test_a_key_at_the_cut_of_a_long_body_does_not_show() -> None:
    request = Request(method="POST", path="/")
    for place in range(250, 350):
        body = b"x" * place + KEY.encode() + b"y" * 2000
        exchange = Exchange(request=request, status=200, body=body)
        shown = evidence_of("http://a").received(exchange)
        assert not any(KEY[at : at + 4] in shown for at in range(len(KEY) - 4))


def test_what_a_server_says_cannot_steer_the_terminal(server: Server) -> None:
    evil = "\x1b]0;owned\x07\x9b31m\u202e\r\b"

    error = {"type": "error", "error": {"type": "x", "message": evil}}
    server.answer = lambda _: as_json(400, error)
    report = run(server.url, Settings(only=("auth",)))
    shown = [report.obstacle or ""]
    shown += [f"{r.note} {r.sent} {r.received}" for r in report.results]
    assert "owned" in shown[0]
    assert not set("".join(shown)) & set(
        evil.replace("]0;owned", "").replace("31m", "")
    )
