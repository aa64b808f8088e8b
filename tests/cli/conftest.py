"""One mock server for all tests of the commands, reset before each of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from text_completions_server import MockServer
from text_completions_server.fixtures import (
    mock_server,
    mock_server_settings,
    session_mock_server,
)

__all__ = ["mock_server", "mock_server_settings", "session_mock_server"]

PROGRAM = [sys.executable, "-m", "text_completions_cli"]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def server(mock_server: MockServer) -> MockServer:
    """The server that the environment names to the command."""
    return mock_server


@pytest.fixture
def program() -> list[str]:
    return PROGRAM


@pytest.fixture
def run() -> Run:
    """Run the program in a process of its own."""

    def run_program(*arguments: str, **options: Any) -> Any:
        settings: dict[str, Any] = {"stdout": subprocess.PIPE, "text": True}
        environment = {**os.environ, **options.pop("env", {})}
        return subprocess.run(
            [*PROGRAM, *arguments],
            **settings | {"stderr": subprocess.PIPE, "timeout": 60} | options,
            env=environment,
            check=False,
        )

    return run_program
