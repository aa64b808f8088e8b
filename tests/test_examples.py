"""Run every example as its first lines say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from text_completions_server import MockServer

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    with MockServer() as server:
        yield {
            **os.environ,
            "ANTHROPIC_BASE_URL": server.url,
            "ANTHROPIC_API_KEY": "sk-test",
        }


def run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")
def test_curl_gets_the_documented_members_in_their_order(
    environment: dict[str, str],
) -> None:
    answer = json.loads(run(["sh", str(EXAMPLES / "hello.sh")], environment))
    members = ["type", "id", "completion", "stop_reason", "model", "stop", "log_id"]
    # An edited document may have more of them.
    assert [name for name in answer if name in members] == members


def test_the_chat_takes_a_turn_of_each_kind(environment: dict[str, str]) -> None:
    command = [sys.executable, str(EXAMPLES / "chat.py"), "Why is the sky blue?"]
    text = run(command, environment)
    assert len(text.split()) > 10


def test_the_demonstration_succeeds(environment: dict[str, str]) -> None:
    text = run([sys.executable, str(EXAMPLES / "demo.py")], environment)
    for step in range(1, 6):
        assert f"[{step}/5]" in text
    assert "listening on http://127.0.0.1:" in text
    assert "0 failed" in text
    assert text.splitlines()[-1].startswith("All of it worked")
