"""`text-completions request`: any request, and its response as it came."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from text_completions_cli import main
from text_completions_server import MockServer

KEY = "sk-mock"
BODY = {
    "model": "claude-2.1",
    "max_tokens_to_sample": 5,
    "prompt": "\n\nHuman: Grüße\n\nAssistant:",
}
DATA = json.dumps(BODY)
COMPLETE = ["request", "POST", "/v1/complete"]


def lines_of(text: str) -> tuple[list[str], str]:
    head, _, body = text.partition("\r\n\r\n")
    return head.split("\r\n"), body


def test_the_body_is_written_as_it_came(
    server: MockServer, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main([*COMPLETE, "--data", DATA]) == 0
    printed = capfdbinary.readouterr()
    (request,) = server.requests

    assert json.loads(printed.out)["type"] == "completion"
    assert b"\n" not in printed.out
    assert printed.err == b""
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


def test_a_stream_is_written_as_it_arrives(
    server: MockServer, program: list[str]
) -> None:
    server.fail("hang", after=1)
    data = json.dumps(BODY | {"stream": True})
    with subprocess.Popen(
        [*program, *COMPLETE, "-d", data],
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
    options = [
        "-H",
        "X-A: a: b",
        "--header",
        "accept:text/plain",
        "-H",
        "x-api-key:",
    ]
    assert main([*COMPLETE, *options, "--data", DATA]) == 1
    sent = server.requests[0].headers
    assert (sent["x-a"], sent["accept"]) == ("a: b", "text/plain")
    assert "x-api-key" not in sent
    assert "401" in capfd.readouterr().err


def test_a_header_that_is_given_twice_has_both_values(server: MockServer) -> None:
    options = ["-H", "anthropic-beta: a", "-H", "Anthropic-Beta: b"]
    assert main([*COMPLETE, *options, "--data", DATA]) == 0
    assert server.requests[0].headers["anthropic-beta"] == "a, b"


@pytest.mark.usefixtures("server")
def test_status_and_headers_are_written_when_asked_for(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main([*COMPLETE, "-i", "--data", DATA]) == 0
    head, body = lines_of(capfd.readouterr().out)
    assert head[0] == "HTTP/1.1 200 OK"
    assert any(line.startswith("request-id: req_") for line in head[1:])
    assert json.loads(body)["type"] == "completion"


def test_the_body_of_an_error_is_written_too(
    server: MockServer, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([*COMPLETE, "--include", "--data", "{"]) == 1
    printed = capfd.readouterr()
    head, body = lines_of(printed.out)
    assert head[0].startswith("HTTP/1.1 400")
    assert json.loads(body)["error"]["type"] == "invalid_request_error"
    assert printed.err.startswith("text-completions request: 400: ")
    assert printed.err.count("\n") == 1
    assert printed.out.endswith("}\n")
    assert server.requests[0].body == "{"


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["GET", "ftp://127.0.0.1/x"], 1),
        (["GE T", "/x"], 1),
        (["GET", "/x", "-H", f"a b: {KEY}"], 1),
        (["GET", "/x", "--data", "@/no/such/file"], 2),
        (["GET", "/x", "--base-url", "nonsense"], 2),
    ],
    ids=str,
)
def test_a_request_that_cannot_be_sent_is_an_error_in_one_line(
    arguments: list[str], status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["request", *arguments]) == status
    printed = capfd.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("text-completions request: ")
    assert printed.err.count("\n") == 1
    assert KEY not in printed.err


def test_the_key_is_not_sent_to_another_origin(server: MockServer) -> None:
    with MockServer() as other:
        assert main(["request", "GET", f"{other.url}/v1/complete"]) == 1
        assert KEY not in str(other.requests[0].headers)
    assert len(server.requests) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there are no terminals")
@pytest.mark.parametrize(
    ("data", "status", "start"),
    [
        (DATA, 0, '{\r\n  "type": "completion"'),
        ("{", 1, '{\r\n  "type": "error"'),
        (DATA[:-1] + ', "stream": true}', 0, "event: completion\r\r\n"),
    ],
    ids=["JSON", "error", "stream"],
)
def test_on_a_terminal_json_is_indented_and_the_last_line_ends(
    data: str, status: int, start: str, server: MockServer, program: list[str]
) -> None:
    import pty

    server.reply(" Hi.")
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [*program, *COMPLETE, "--data", data],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    os.close(theirs)
    text = os.read(ours, 65536).decode()
    os.close(ours)
    assert done.returncode == status
    assert text.startswith(start)
    assert text.endswith("\r\n")
