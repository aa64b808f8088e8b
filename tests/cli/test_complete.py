"""`text-completions complete`: one completion, streamed to the terminal."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
from collections.abc import Callable

import pytest

from text_completions_cli import main
from text_completions_server import MockServer

Capture = pytest.CaptureFixture[str]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_the_text_is_printed_and_ends_with_a_newline(
    server: MockServer, capsys: Capture
) -> None:
    server.reply(" Because.")
    assert main(["complete", "Why is the sky blue?"]) == 0
    assert capsys.readouterr().out == " Because.\n"
    assert server.requests[0].body["stream"] is True


@pytest.mark.parametrize(
    ("prompt", "sent"),
    [
        (" Why?\n", "\n\nHuman: Why?\n\nAssistant:"),
        ("\n\nHuman: Why?\n\nAssistant: So", "\n\nHuman: Why?\n\nAssistant: So"),
    ],
)
@pytest.mark.parametrize("piped", [False, True])
def test_a_prompt_without_turns_is_sent_as_one(
    prompt: str,
    sent: str,
    piped: bool,
    server: MockServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(prompt))
    assert main(["complete", "-" if piped else prompt]) == 0
    assert server.requests[0].body["prompt"] == sent


def test_options_become_parameters(server: MockServer) -> None:
    options = "-m claude-2.0 --max-tokens 4 --temperature 0.5 --top-k 5 --top-p 0.7"
    assert main(["complete", "Why?", *options.split(), "--stop", "a"]) == 0
    assert server.requests[0].body == {
        "model": "claude-2.0",
        "max_tokens_to_sample": 4,
        "temperature": 0.5,
        "top_k": 5,
        "top_p": 0.7,
        "stop_sequences": ["a"],
        "prompt": "\n\nHuman: Why?\n\nAssistant:",
        "stream": True,
    }


def test_json_is_the_whole_response(server: MockServer, capsys: Capture) -> None:
    server.reply(" Grüße.")
    assert main(["complete", "Why?", "--json"]) == 0
    response = json.loads(capsys.readouterr().out)
    assert (response["type"], response["completion"]) == ("completion", " Grüße.")
    assert server.requests[0].body.get("stream") is not True


def test_a_missing_prompt_says_how_to_read_it_from_a_pipe(
    server: MockServer, capsys: Capture
) -> None:
    assert main(["complete"]) == 2
    message = capsys.readouterr().err
    assert "PROMPT is missing" in message
    assert "- to read it from standard input" in message
    assert len(server.requests) == 0


@pytest.mark.usefixtures("server")
def test_piped_bytes_that_are_not_text_are_refused_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    piped = io.TextIOWrapper(io.BytesIO(b"\xff"), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", piped)
    assert main(["complete", "-"]) == 2
    message = "text-completions complete: standard input is not UTF-8 text\n"
    assert capsys.readouterr().err == message


@pytest.mark.parametrize("command", [["complete", "Why?"], ["chat"]])
def test_text_that_stdout_cannot_encode_is_replaced(
    command: list[str], server: MockServer, run: Run
) -> None:
    server.reply(" Grüße, 世界.")
    settings = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = run(*command, env=settings, input="Why?\n")
    assert (done.returncode, done.stdout) == (0, " Gr??e, ??.\n")
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--max-tokens", "0"], 1, "--max-tokens: 0 is less than 1 (openapi.yaml#/"),
        (["-m", "claude-9"], 1, "404: model: claude-9 (POST http://127.0.0.1:"),
        (["--base-url", "nonsense"], 2, "base_url"),
    ],
)
def test_an_error_is_one_line(
    options: list[str], status: int, message: str, server: MockServer, capsys: Capture
) -> None:
    del server
    assert main(["complete", "Why?", *options]) == status
    line = capsys.readouterr().err
    assert line.startswith("text-completions complete: ")
    assert message in line
    assert line.count("\n") == 1


def test_a_missing_key_names_the_variable(
    server: MockServer, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    assert main(["complete", "Why?", "--base-url", server.url]) == 2
    assert "ANTHROPIC_API_KEY" in capsys.readouterr().err


@pytest.mark.usefixtures("server")
def test_a_refused_connection_names_the_url(capsys: Capture) -> None:
    with socket.socket() as refusing:  # bound, but not listening
        refusing.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{refusing.getsockname()[1]}"
        assert main(["complete", "Why?", "--base-url", url]) == 1
    line = capsys.readouterr().err
    assert "Connection error" in line
    assert line.endswith(f"(POST {url}/v1/complete)\n")
    assert os.environ["ANTHROPIC_API_KEY"] not in line
