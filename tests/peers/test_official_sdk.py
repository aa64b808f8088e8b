"""Call the mock with the last official SDK that had `client.completions`."""

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
def results() -> dict[str, Any]:
    with MockServer() as server:
        done = subprocess.run(
            [PYTHON, SCRIPT, server.url, "sk-test"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(line) for line in done.stdout.splitlines())


def test_it_is_the_last_sdk_that_had_completions(results: dict[str, Any]) -> None:
    assert results["version"] == "0.125.0"


def test_it_completes(results: dict[str, Any]) -> None:
    completion = results["completion"]
    assert completion["type"] == "completion"
    assert completion["stop_reason"] == "max_tokens"
    assert completion["completion"].startswith(" ")
    assert results["request_id"].startswith("req_")


def test_it_streams_what_it_completes(results: dict[str, Any]) -> None:
    texts = [text for text, _ in results["stream"]]
    assert len(texts) > 1
    assert "".join(texts) == results["completion"]["completion"]
    assert [reason for _, reason in results["stream"]][-1] == "max_tokens"


def test_it_does_the_same_without_blocking(results: dict[str, Any]) -> None:
    assert results["async completion"] == results["completion"]["completion"]
    assert "".join(results["async stream"]) == results["completion"]["completion"]


def test_it_reads_messages(results: dict[str, Any]) -> None:
    assert len(results["message"].split()) > 1


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
    results: dict[str, Any], what: str, expected: list[Any]
) -> None:
    *error, request_id = results[what]
    assert error == expected
    assert request_id.startswith("req_")
