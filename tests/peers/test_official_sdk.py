"""The official SDK of before the removal, pointed at the mock."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from text_completions_server import MockServer

ROOT = Path(__file__).parent.parent.parent
PYTHON = ROOT / ".venv-peers" / "bin" / "python"
SCRIPT = Path(__file__).parent / "official_sdk.py"

pytestmark = pytest.mark.skipif(
    not (ROOT / ".venv-peers" / "stamp").exists(),
    reason="the official SDK is not installed: `make peers` does it",
)


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    with MockServer() as server:
        done = subprocess.run(
            [PYTHON, SCRIPT, server.url],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(line) for line in done.stdout.splitlines())


def test_it_is_the_last_sdk_that_had_completions(said: dict[str, Any]) -> None:
    assert said["version"] == "0.125.0"


def test_it_completes(said: dict[str, Any]) -> None:
    completion = said["completion"]
    assert completion["type"] == "completion"
    assert completion["stop_reason"] == "max_tokens"
    assert completion["completion"].startswith(" ")
    assert said["request_id"].startswith("req_")


def test_it_streams_what_it_completes(said: dict[str, Any]) -> None:
    texts = [text for text, _ in said["stream"]]
    assert len(texts) > 1
    assert "".join(texts) == said["completion"]["completion"]
    assert [reason for _, reason in said["stream"]][-1] == "max_tokens"


def test_it_does_the_same_without_blocking(said: dict[str, Any]) -> None:
    assert said["async completion"] == said["completion"]["completion"]
    assert "".join(said["async stream"]) == said["completion"]["completion"]


def test_it_reads_messages(said: dict[str, Any]) -> None:
    assert len(said["message"].split()) > 1


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("NotFoundError", ["NotFoundError", 404, "not_found_error"]),
        ("BadRequestError", ["BadRequestError", 400, "invalid_request_error"]),
        ("UnknownMember", ["BadRequestError", 400, "invalid_request_error"]),
        ("AuthenticationError", ["AuthenticationError", 401, "authentication_error"]),
    ],
)
def test_it_raises_its_typed_errors(
    said: dict[str, Any], what: str, expected: list[Any]
) -> None:
    *error, request_id = said[what]
    assert error == expected
    assert request_id.startswith("req_")
