"""`text-completions request`: any request, and its answer as it came."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from text_completions_cli import main
from text_completions_server import MockServer

KEY = "sk-test-of-a-key"
BODY = {
    "model": "claude-2.1",
    "max_tokens_to_sample": 5,
    "prompt": "\n\nHuman: Grüße\n\nAssistant:",
}
DATA = json.dumps(BODY)
COMPLETE = ["request", "POST", "/v1/complete"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockServer]:
    with MockServer() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
        yield server


def environment(server: MockServer) -> dict[str, str]:
    return {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": KEY}


def lines_of(text: str) -> tuple[list[str], str]:
    head, _, body = text.partition("\r\n\r\n")
    return head.split("\r\n"), body


def test_the_body_is_written_as_it_came(
    server: MockServer, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main([*COMPLETE, "--data", DATA]) == 0
    told = capfdbinary.readouterr()
    (request,) = server.requests

    assert json.loads(told.out)["type"] == "completion"
    assert b"\n" not in told.out
    assert told.err == b""
    assert (request.method, request.path) == ("POST", "/v1/complete")
    assert request.body == BODY
    assert request.headers["content-type"] == "application/json"


@pytest.mark.usefixtures("server")
def test_a_stream_is_written_event_by_event(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main([*COMPLETE, "-d", json.dumps(BODY | {"stream": True})]) == 0
    text = capfd.readouterr().out
    assert text.startswith("event: completion\r\ndata: {")
    assert text.endswith("\r\n\r\n")


def test_a_stream_is_written_as_it_arrives(server: MockServer) -> None:
    server.fail("hang", after=1)
    command = [sys.executable, "-m", "text_completions_cli", *COMPLETE, "-d"]
    with subprocess.Popen(
        [*command, json.dumps(BODY | {"stream": True})],
        env=environment(server),
        stdout=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith(b"event: ")
        assert running.poll() is None
        running.terminate()


@pytest.mark.parametrize("name", ["file", "input"])
def test_the_body_may_be_read_from_elsewhere(
    name: str, server: MockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "body.json"
    file.write_text(DATA, encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(DATA.encode())))
    assert main([*COMPLETE, "--data", f"@{file}" if name == "file" else "-"]) == 0
    assert server.requests[0].body == BODY


def test_headers_are_added_replaced_and_left_out(
    server: MockServer, capfd: pytest.CaptureFixture[str]
) -> None:
    given = ["-H", "X-Said: a: b", "--header", "accept:text/plain", "-H", "x-api-key:"]
    assert main([*COMPLETE, *given, "--data", DATA]) == 1
    sent = server.requests[0].headers
    assert (sent["x-said"], sent["accept"]) == ("a: b", "text/plain")
    assert "x-api-key" not in sent
    assert "401" in capfd.readouterr().err


@pytest.mark.usefixtures("server")
def test_status_and_headers_are_written_when_asked_for(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main([*COMPLETE, "-i", "--data", DATA]) == 0
    head, body = lines_of(capfd.readouterr().out)
    assert head[0] == "HTTP/1.1 200 OK"
    assert any(line.startswith("request-id: req_") for line in head[1:])
    assert json.loads(body)["type"] == "completion"


def test_an_error_is_written_and_told(
    server: MockServer, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([*COMPLETE, "--include", "--data", "{"]) == 1
    told = capfd.readouterr()
    head, body = lines_of(told.out)
    assert head[0].startswith("HTTP/1.1 400")
    assert json.loads(body)["error"]["type"] == "invalid_request_error"
    assert told.err.startswith("text-completions request: 400: ")
    assert told.err.count("\n") == 1
    assert server.requests[0].body == "{"


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["GET", "ftp://127.0.0.1/x"], 1, "no URL of HTTP"),
        (["GE T", "/x"], 1, "no HTTP method"),
        (["GET", "/x", "-H", "a b: c"], 1, "a name that no header can have"),
        (["GET", "/x", "--data", "@/no/such/file"], 2, "No such file"),
        (["GET", "/x", "--base-url", "nonsense"], 2, "base_url must be"),
        (["GET", "/x", "--base-url", "http://127.0.0.1:1"], 1, "Connection error"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_told_in_one_line(
    arguments: list[str],
    status: int,
    words: str,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("text_completions_runtime._retry._FIRST_DELAY", 0.0)
    assert main(["request", *arguments]) == status
    told = capfd.readouterr()
    assert told.out == ""
    assert words in told.err
    assert told.err.count("\n") == 1
    assert KEY not in told.err


def test_a_header_without_a_colon_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["request", "GET", "/x", "-H", "nonsense"])
    assert ended.value.code == 2
    assert "not of the form 'Name: value': 'nonsense'" in capsys.readouterr().err


def test_to_another_origin_no_key_goes(server: MockServer) -> None:
    with MockServer() as other:
        assert main(["request", "GET", f"{other.url}/v1/complete"]) == 1
        assert KEY not in str(other.requests[0].headers)
    assert len(server.requests) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there are no terminals")
@pytest.mark.parametrize("good", [True, False])
def test_on_a_terminal_json_is_indented(good: bool, server: MockServer) -> None:
    import pty

    ours, theirs = pty.openpty()
    data = DATA if good else "{"
    done: Any = subprocess.run(
        [sys.executable, "-m", "text_completions_cli", *COMPLETE, "--data", data],
        env=environment(server),
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    os.close(theirs)
    text = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.returncode == (0 if good else 1)
    assert text.startswith('{\r\n  "type": ')
    assert text.endswith("}\r\n")
