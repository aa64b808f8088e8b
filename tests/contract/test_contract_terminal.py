"""What is shown during a run: a moving bar on a terminal, and lines elsewhere."""

from __future__ import annotations

import os
import pty
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from calling import call
from honest_server import Ask, Reply, Server, as_json, honest

CURSOR = b"\x1b[?25l"


@contextmanager
def standard_error(
    monkeypatch: pytest.MonkeyPatch, *, terminal: bool
) -> Iterator[list[bytes]]:
    """Make stderr a terminal or a pipe, and collect what is written to it."""
    reader, writer = pty.openpty() if terminal else os.pipe()
    written: list[bytes] = []
    with open(writer, "w") as stream:
        monkeypatch.setattr(sys, "stderr", stream)
        yield written
    while part := _read(reader):
        written.append(part)
    os.close(reader)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # how Linux says that the other end of a terminal is closed
        return b""


def shown(
    server: Server, monkeypatch: pytest.MonkeyPatch, *, terminal: bool, **variables: str
) -> bytes:
    """What the command writes to stderr."""
    for name in ("CI", "NO_COLOR", "FORCE_COLOR", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", **variables}.items():
        monkeypatch.setenv(name, value)

    def deviating(ask: Ask) -> Reply:
        return as_json(200, {}) if "x-api-key" not in ask.headers else honest(ask)

    server.answer = deviating
    with standard_error(monkeypatch, terminal=terminal) as written:
        assert call(server.url, "--only", "auth", "--only", "headers") == 1
    return b"".join(written)


def test_a_terminal_shows_the_progress(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    written = shown(server, monkeypatch, terminal=True)
    assert CURSOR in written
    assert b"Response headers" in written
    assert "✘ auth/1".encode() in written
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "variables",
    [{}, {"FORCE_COLOR": "1"}, {"TTY_INTERACTIVE": "1", "FORCE_COLOR": "3"}],
    ids=str,
)
def test_a_pipe_shows_only_lines(
    server: Server, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    written = shown(server, monkeypatch, terminal=False, **variables)
    assert CURSOR not in written
    assert b"\r" not in written
    assert "✘ auth/1".encode() in written


@pytest.mark.parametrize("variables", [{"CI": "true"}, {"TERM": "dumb"}], ids=str)
def test_a_log_that_looks_like_a_terminal_shows_only_lines(
    server: Server, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    written = shown(server, monkeypatch, terminal=True, **variables)
    assert CURSOR not in written
    assert "✘ auth/1".encode() in written
