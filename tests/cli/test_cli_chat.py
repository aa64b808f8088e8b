"""`text-completions chat`: turn after turn, each with all the turns before it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from text_completions_cli import main
from text_completions_server import MockServer

CHAT = [sys.executable, "-m", "text_completions_cli", "chat"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockServer]:
    with MockServer() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test-of-a-key")
        yield server


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(lines: str, *options: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(lines))
        status = main(["chat", *options])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def prompts(server: MockServer) -> list[str]:
    return [one.body["prompt"] for one in server.requests]


def test_each_prompt_has_the_turns_before_it(server: MockServer, say: Any) -> None:
    server.reply(" First.", " Second.")
    status, text, said = say("Hello\n\n  And then?  \n")

    assert (status, text, said) == (0, " First.\n Second.\n", "")
    assert prompts(server) == [
        "\n\nHuman: Hello\n\nAssistant:",
        "\n\nHuman: Hello\n\nAssistant: First.\n\nHuman: And then?\n\nAssistant:",
    ]
    assert all(one.body["stream"] is True for one in server.requests)


def test_exit_ends_the_conversation(server: MockServer, say: Any) -> None:
    assert say("Hello\nexit\nAgain\n")[0] == 0
    assert len(server.requests) == 1


def test_the_prompt_begins_with_what_the_system_says(
    server: MockServer, say: Any
) -> None:
    say("Hello\n", "--system", "Answer in one word.")
    assert prompts(server) == ["Answer in one word.\n\nHuman: Hello\n\nAssistant:"]


def test_the_options_go_into_the_request(server: MockServer, say: Any) -> None:
    options = ["--model", "claude-2.0", "--max-tokens", "4", "--temperature", "0.5"]
    assert say("Hello\n", *options, "--stop", "a", "--stop", "b")[0] == 0
    sent = server.requests[0].body
    assert (sent["model"], sent["max_tokens_to_sample"]) == ("claude-2.0", 4)
    assert (sent["temperature"], sent["stop_sequences"]) == (0.5, ["a", "b"])


def test_debug_shows_each_prompt(server: MockServer, say: Any) -> None:
    server.reply(" First.", " Second.")
    _, text, said = say("Hello\nAgain\n", "--debug")

    assert text == " First.\n Second.\n"
    assert said == "".join(f"Prompt: {one}\n" for one in prompts(server))


def test_a_turn_that_fails_is_left_out_of_the_conversation(
    server: MockServer, say: Any
) -> None:
    server.reply(" First.", " Second.")
    server.fail("billing", times=1)
    status, text, said = say("Wrong\nHello\nAgain\n")

    assert (status, text) == (1, " First.\n Second.\n")
    assert said.startswith("text-completions chat: 402: ")
    assert said.count("\n") == 1
    assert "Wrong" not in prompts(server)[-1]
    assert "First." in prompts(server)[-1]


def test_a_turn_that_is_cut_is_left_out_too(server: MockServer, say: Any) -> None:
    server.reply(" One two three four.", " Second.")
    server.fail("cut_between_events", times=1, after=2)
    status, text, said = say("Hello\nAgain\n")

    assert status == 1
    assert text.endswith("\n Second.\n")
    assert said.count("\n") == 1
    assert prompts(server)[-1] == "\n\nHuman: Again\n\nAssistant:"


def test_without_a_key_there_is_no_conversation(
    server: MockServer, say: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    status, text, said = say("Hello\nAgain\n")

    assert (status, text) == (2, "")
    assert "ANTHROPIC_API_KEY" in said
    assert (said.count("\n"), len(server.requests)) == (1, 0)


def environment(server: MockServer) -> dict[str, str]:
    key = "sk-test-of-a-key"
    return {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": key}


def test_an_interrupt_ends_it_without_a_traceback(server: MockServer) -> None:
    with subprocess.Popen(
        CHAT,
        env=environment(server),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as chat:
        assert chat.stdin is not None
        assert chat.stdout is not None
        chat.stdin.write("Hello\n")
        chat.stdin.flush()
        assert chat.stdout.readline()
        chat.send_signal(signal.SIGINT)
        _, said = chat.communicate(timeout=30)
    assert (chat.returncode, said) == (130, "")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no terminals")
def test_on_a_terminal_a_sign_asks_for_the_next_turn(server: MockServer) -> None:
    import pty

    server.reply(" First.")
    ours, theirs = pty.openpty()
    os.write(ours, b"Hello\n\x04")
    done = subprocess.run(
        CHAT,
        env={**environment(server), "TERM": "dumb"},
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(theirs)
    os.close(ours)
    assert (done.returncode, done.stdout) == (0, ">  First.\n> \n")
