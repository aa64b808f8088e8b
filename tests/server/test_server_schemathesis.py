"""Stock schemathesis against the mock, with all checks and no part of our suite."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from text_completions_server import MockServer

ROOT = Path(__file__).parent.parent.parent
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
PROGRAM = Path(sys.executable).with_name("schemathesis")


def schemathesis(url: str, folder: Path, *options: str) -> tuple[int, str]:
    """Its exit status and its words; what it keeps goes to the folder."""
    command = [PROGRAM, "run", ROOT / "openapi.yaml", "--url", url, "--checks", "all"]
    # The key of the header is accepted, whatever is made up for the other one.
    command += ["--generation-with-security-parameters", "false"]
    done = subprocess.run(
        [*command, "--header", "x-api-key: sk-test", "--no-color", *options],
        cwd=folder,
        env=os.environ | {"SCHEMATHESIS_HOOKS": str(HOOKS)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    phases = "examples,coverage,fuzzing"
    options = ["--seed", "1", "--phases", phases, "--max-examples", "15"]
    with MockServer() as server:
        status, said = schemathesis(server.url, tmp_path, *options)
        answered = server.requests.statuses
    assert status == 0, said
    assert "No issues found" in said
    assert answered[200] > 10
    assert answered[400] > 10


def test_schemathesis_would_find_a_server_that_fails(tmp_path: Path) -> None:
    with MockServer(faults={"internal_error": 1}) as server:
        status, said = schemathesis(server.url, tmp_path, "--phases", "examples")
    assert status == 1
    assert "Server error" in said
