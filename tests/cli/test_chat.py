"""`text-completions chat`: turn after turn, each with all the turns before it."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from text_completions_cli import main
from text_completions_server import MockServer


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(lines: str, *options: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(lines))
        status = main(["chat", *options])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


def prompts(server: MockServer) -> list[str]:
    return [one.body["prompt"] for one in server.requests]


def test_each_prompt_has_the_turns_before_it(server: MockServer, say: Any) -> None:
    server.reply(" First.", " Second.")
    status, text, errors = say("Hello\n\n  And then?  \n")

    assert (status, text, errors) == (0, " First.\n Second.\n", "")
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


def test_debug_shows_each_prompt(server: MockServer, say: Any) -> None:
    server.reply(" First.", " Second.")
    _, text, errors = say("Hello\nAgain\n", "--debug")

    assert text == " First.\n Second.\n"
    assert errors == "".join(f"Prompt: {one}\n" for one in prompts(server))


def test_a_turn_that_fails_is_left_out_of_the_conversation(
    server: MockServer, say: Any
) -> None:
    server.reply(" First.", " Second.")
    server.fail("billing", times=1)
    status, text, errors = say("Wrong\nHello\nAgain\n")

    assert (status, text) == (1, " First.\n Second.\n")
    assert errors.startswith("text-completions chat: 402: ")
    assert errors.count("\n") == 1
    assert "Wrong" not in prompts(server)[-1]
    assert "First." in prompts(server)[-1]


def test_a_turn_that_is_cut_is_left_out_too(server: MockServer, say: Any) -> None:
    server.reply(" One two three four.", " Second.")
    server.fail("cut_between_events", times=1, after=2)
    status, text, errors = say("Hello\nAgain\n")

    assert status == 1
    assert text.endswith("\n Second.\n")
    assert errors.count("\n") == 1
    assert prompts(server)[-1] == "\n\nHuman: Again\n\nAssistant:"


def test_without_a_key_a_chat_does_not_begin(
    server: MockServer, say: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    status, text, errors = say("Hello\nAgain\n")

    assert (status, text) == (2, "")
    assert "ANTHROPIC_API_KEY" in errors
    assert (errors.count("\n"), len(server.requests)) == (1, 0)


@pytest.mark.usefixtures("server")
def test_an_interrupt_ends_it_without_a_traceback(program: list[str]) -> None:
    with subprocess.Popen(
        [*program, "chat"],
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
        _, errors = chat.communicate(timeout=30)
    assert (chat.returncode, errors) == (130, "")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no terminals")
def test_on_a_terminal_a_prompt_asks_for_the_next_turn(
    server: MockServer, program: list[str]
) -> None:
    import pty

    server.reply(" First.")
    ours, theirs = pty.openpty()
    os.write(ours, b"Hello\n\x04")
    done = subprocess.run(
        [*program, "chat"],
        env={**os.environ, "TERM": "dumb"},
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(theirs)
    os.close(ours)
    assert (done.returncode, done.stdout) == (0, ">  First.\n> \n")
