"""What is shown while a run goes on: movement on a terminal, and only there."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest
from honest_server import Ask, Reply, Server, as_json, honest

CURSOR = b"\x1b[?25l"


def seen(server: Server, *, watched: bool, **variables: str) -> tuple[bytes, bytes]:
    """What the command writes to stderr, on a terminal or to a pipe, and to stdout."""
    environment = {**os.environ, "TERM": "xterm", **variables}
    environment = {name: text for name, text in environment.items() if text}
    master, slave = pty.openpty() if watched else os.pipe()
    program = [sys.executable, "-m", "text_completions_cli", "contract", server.url]
    with subprocess.Popen(
        [*program, "--only", "auth", "--only", "headers"],
        stdout=subprocess.PIPE,
        stderr=slave,
        env=environment,
    ) as process:
        os.close(slave)
        parts: list[bytes] = []
        while part := _read(master):
            parts.append(part)
        os.close(master)
        assert process.stdout is not None
        return b"".join(parts), process.stdout.read()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # how Linux says that the other end of a terminal is closed
        return b""


def deviating(ask: Ask) -> Reply:
    return as_json(200, {}) if "x-api-key" not in ask.headers else honest(ask)


def test_a_terminal_is_shown_how_far_it_is(server: Server) -> None:
    server.answer = deviating
    told, report = seen(server, watched=True, CI="", NO_COLOR="")
    assert CURSOR in told
    assert b"Response headers" in told
    assert "✘ auth/1".encode() in told
    assert b"\x1b" not in report


@pytest.mark.parametrize(
    "variables",
    [{}, {"FORCE_COLOR": "1"}, {"TTY_INTERACTIVE": "1", "FORCE_COLOR": "3"}],
    ids=str,
)
def test_a_pipe_is_shown_lines_alone(server: Server, variables: dict[str, str]) -> None:
    server.answer = deviating
    told, _ = seen(server, watched=False, **variables)
    assert CURSOR not in told
    assert b"\r" not in told
    assert "✘ auth/1".encode() in told


@pytest.mark.parametrize("variables", [{"CI": "true"}, {"TERM": "dumb"}], ids=str)
def test_a_log_that_looks_like_a_terminal_is_shown_lines_alone(
    server: Server, variables: dict[str, str]
) -> None:
    server.answer = deviating
    told, _ = seen(server, watched=True, **variables)
    assert CURSOR not in told
    assert "✘ auth/1".encode() in told
