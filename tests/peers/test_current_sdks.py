"""Call the mock with the official SDKs of today, as they are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from text_completions_server import MockServer

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PYTHON = ROOT / ".venv-current" / "bin" / "python"
NPM = HERE / "npm"


def python_program() -> list[str]:
    if not (ROOT / ".venv-current" / "stamp").exists():
        pytest.skip("the official SDK is not installed: `make peers` does it")
    return [str(PYTHON), str(HERE / "current_sdk.py")]


def node_program() -> list[str]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not there")
    if not (NPM / "node_modules").exists():
        install = [npm, "ci", "--ignore-scripts", "--no-progress", "--loglevel=error"]
        subprocess.run(install, cwd=NPM, check=True, timeout=120)
    return [node, str(NPM / "current_sdk.mjs")]


PROGRAMS = {
    "anthropic 2.14.0": python_program,
    "@anthropic-ai/sdk 1.14.0": node_program,
}


@pytest.fixture(scope="module", params=PROGRAMS)
def results(request: pytest.FixtureRequest) -> dict[str, Any]:
    program = PROGRAMS[request.param]()
    with MockServer() as server:
        done = subprocess.run(
            [*program, server.url],
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    found = dict(json.loads(line) for line in done.stdout.splitlines())
    assert request.param.endswith(found["version"])
    return found


def test_it_reads_a_message(results: dict[str, Any]) -> None:
    text, reason = results["message"]
    assert len(text.split()) > 1
    assert reason == "max_tokens"


def test_it_streams_the_same_message(results: dict[str, Any]) -> None:
    pieces, text, reason = results["stream"]
    assert len(pieces) > 1
    assert "".join(pieces) == text == results["message"][0]
    assert reason == "max_tokens"
    assert "".join(results.get("async stream", pieces)) == text


def test_it_knows_every_event(results: dict[str, Any]) -> None:
    events = results["events"]
    assert events[0] == "message_start"
    assert events[-1] == "message_stop"
    assert "content_block_delta" in events


def test_it_sends_blocks_turns_of_one_role_and_a_bearer_token(
    results: dict[str, Any],
) -> None:
    assert results["blocks"]
    assert results["bearer"] == results["message"][0]


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("AuthenticationError", 401, "authentication_error"),
        ("NotFoundError", 404, "not_found_error"),
        ("BadRequestError", 400, "invalid_request_error"),
        ("RateLimitError", 429, "rate_limit_error"),
        ("OverloadedError", 529, "overloaded_error"),
    ],
)
def test_it_raises_its_typed_errors(
    results: dict[str, Any], name: str, status: int, kind: str
) -> None:
    assert results[name] == [name, status, kind]
