"""Programs of the API's days run again, with nothing changed but their import lines."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from text_completions_server import MockServer

SAMPLES = Path(__file__).parent / "samples"
IMPORT = re.compile(r"(from text_completions import .*|import text_completions as \w+)")


def ran(name: str, *arguments: str, **environment: str) -> str:
    """Run a program with what it is told, and return what it printed."""
    kept = {key: value for key, value in os.environ.items() if "ANTHROPIC" not in key}
    done = subprocess.run(
        [sys.executable, str(SAMPLES / name), *arguments],
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def told(server: MockServer, **more: str) -> dict[str, str]:
    key = "sk-test"
    return {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": key, **more}


@pytest.mark.parametrize("debug", [True, False])
def test_a_turn_of_a_chat_streams(debug: bool) -> None:
    prompt = " \n\nHuman: Why is the sky blue? \n\nAssistant:"
    with MockServer(prompt_check="off") as server:
        server.reply(" It scatters light.")
        options = ["--debug"] if debug else []
        text = ran("turn.py", "Why is the sky blue?", *options, **told(server))
        (asked,) = server.requests

    shown = f"Prompt: {prompt}\n" if debug else ""
    assert text == f"{shown} It scatters light."
    assert asked.body["prompt"] == prompt
    assert asked.body["model"] == "claude-1.3"


def test_the_first_program_of_all_runs() -> None:
    with MockServer(era="2023", api_keys=["my_api_key"]) as server:
        server.reply(" Leaves fall, one by one.", times=2)
        text = ran("first.py", API_KEY="my_api_key", ANTHROPIC_BASE_URL=server.url)
        asked = list(server.requests)

    assert text == " Leaves fall, one by one.\n" + " Leaves fall, one by one."
    assert [one.body.get("stream") for one in asked] == [None, True]


def test_every_part_of_a_guide_runs() -> None:
    with MockServer(prompt_check="off") as server:
        text = ran("guide.py", **told(server))
        asked: list[dict[str, Any]] = [one.body for one in server.requests]

    assert len(asked) == 11
    assert len(text.split()) > 50
    assert "error" not in text
    assert [one["temperature"] for one in asked if "temperature" in one] == [
        0.1,
        0.9,
        0.7,
    ]
    assert {(one.get("top_k"), one.get("top_p")) for one in asked} == {
        (None, None),
        (10, None),
        (None, 0.9),
    }


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.py")), ids=lambda p: p.name)
def test_only_the_import_lines_name_this_package(sample: Path) -> None:
    lines = sample.read_text("utf-8").splitlines()
    naming = [line for line in lines if "text_completions" in line]
    assert naming
    assert all(IMPORT.fullmatch(line) for line in naming)
