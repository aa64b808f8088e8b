"""Start the programs that the tests put together, and wait for each to be ready."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

ROOT = Path(__file__).parents[2]
KEY = "sk-engines"
T = TypeVar("T")


def needs(name: str) -> pytest.MarkDecorator:
    """Skip tests where the virtual environment of a verb is not there."""
    return pytest.mark.skipif(
        not (ROOT / f".venv-{name}" / "stamp").exists(),
        reason=f".venv-{name} is not there: `make {name}` creates it",
    )


def python(name: str) -> str:
    """Return the interpreter of a virtual environment."""
    return str(ROOT / f".venv-{name}" / "bin" / "python")


def environment(**more: str) -> dict[str, str]:
    """Return the variables of a program, without what would make it call elsewhere."""
    kept = {key: value for key, value in os.environ.items() if "ANTHROPIC" not in key}
    return kept | more


@contextmanager
def started(
    command: Sequence[str], log: Path, variables: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Run a server, and yield the URL that its first line names.

    Args:
        command: The command, which ends at SIGTERM.
        log: Where its standard error goes.
        variables: More variables of its environment.
    """
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment(**(variables or {})),
        ) as process,
    ):
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line.startswith("listening on "), line + log.read_text("utf-8")
            yield line.split()[-1]
        finally:
            process.terminate()


def bridge(upstream: str, *options: str) -> list[str]:
    """Return the command of a bridge that knows one key."""
    command = [sys.executable, "-m", "text_completions_cli", "bridge", "--port", "0"]
    return [*command, "--upstream", upstream, "--api-key", KEY, *options]


def run(command: Sequence[str], url: str, input: str | None = None) -> str:
    """Run a program that calls a server, and return what it prints."""
    variables = {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": KEY, "API_KEY": KEY}
    done = subprocess.run(
        command,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        input=input,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def wait_for(condition: Callable[[], T], seconds: float = 60) -> T:
    """Return what a condition becomes as soon as it is true.

    Raises:
        AssertionError: It is still not true after that time.
    """
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still {value!r} after {seconds:g} s"
        time.sleep(0.05)
    return value


def unused_port() -> int:
    """Return a port that nobody listened on a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
