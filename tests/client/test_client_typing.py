"""Type checkers know what a call returns, and what it does not take."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CALLS = Path(__file__).parent / "typing" / "calls.py"
CHECKERS = {
    "mypy": ["mypy", "--strict", "--cache-dir", ".mypy_cache/calls"],
    "basedpyright": ["basedpyright", "--level", "error"],
}


def expected() -> list[tuple[int, int]]:
    """Find the calls that must be refused, as the lines from their first to last."""
    lines = CALLS.read_text(encoding="utf-8").splitlines()
    return list(_expected(lines))


def _expected(lines: list[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for number, line in enumerate(lines, 1):
        if line.startswith("    ") and line[4] not in " )":
            start = number
        if "# E: " in line:
            yield start, number


def refused(checker: str) -> list[int]:
    """Return the lines of which a checker complains."""
    done = subprocess.run(
        [sys.executable, "-m", *CHECKERS[checker], str(CALLS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    errors = re.findall(r"calls\.py:(\d+)(?::\d+)?(?::| -) error", done.stdout)
    assert errors, done.stdout + done.stderr
    return sorted({int(line) for line in errors})


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_type_checker_agrees(checker: str) -> None:
    if importlib.util.find_spec(checker) is None:
        pytest.skip(f"{checker} is not installed")
    found = refused(checker)
    calls = expected()

    assert len(calls) == 5
    for start, end in calls:
        assert any(start <= line <= end for line in found), f"{CALLS}:{end} is accepted"
    for line in found:
        assert any(start <= line <= end for start, end in calls), f"{CALLS}:{line}"
