"""Type checkers know what a call returns, and what it does not take."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from text_completions import Anthropic, AsyncAnthropic, AsyncStream, Stream, resources
from text_completions.types import Completion, Message

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "typing"
WRONG = {"calls.py": 6, "raw.py": 7}  # how many calls each file has to refuse
CHECKERS = {
    "mypy": ["mypy", "--strict", "--cache-dir", ".mypy_cache/calls"],
    "basedpyright": ["basedpyright", "--level", "error"],
}


def expected(name: str) -> list[tuple[int, int]]:
    """Find the calls that must be refused, as the lines from their first to last."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return list(_expected(lines))


def _expected(lines: list[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for number, line in enumerate(lines, 1):
        if line.startswith("    ") and line[4] not in " )":
            start = number
        if "# E: " in line:
            yield start, number


@lru_cache
def checked(checker: str) -> str:
    """Return what a checker says of all the files."""
    done = subprocess.run(
        [sys.executable, "-m", *CHECKERS[checker], str(FOLDER)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    return done.stdout + done.stderr


def refused(checker: str, name: str) -> list[int]:
    """Return the lines of a file of which a checker complains."""
    said = checked(checker)
    errors = re.findall(rf"{name}:(\d+)(?::\d+)?(?::| -) error", said)
    assert errors, said
    return sorted({int(line) for line in errors})


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_type_checker_agrees(checker: str, name: str) -> None:
    if importlib.util.find_spec(checker) is None:
        pytest.skip(f"{checker} is not installed")
    found = refused(checker, name)
    calls = expected(name)

    assert len(calls) == WRONG[name]
    for start, end in calls:
        assert any(start <= line <= end for line in found), f"{name}:{end} is accepted"
    for line in found:
        assert any(start <= line <= end for start, end in calls), f"{name}:{line}"


CLASSES = [Anthropic, AsyncAnthropic, Stream, AsyncStream]
CLASSES += [getattr(resources, name) for name in resources.__all__]


@pytest.mark.parametrize("cls", CLASSES)
def test_the_types_of_every_method_can_be_read_at_run_time(cls: Any) -> None:
    for method in vars(cls).values():
        function = method.func if isinstance(method, cached_property) else method
        if callable(function):
            get_type_hints(function)


@pytest.mark.parametrize("model", [Completion, Message])
def test_the_types_of_a_model_s_arguments_can_be_read_at_run_time(model: Any) -> None:
    assert get_type_hints(model.__init__).keys() - {"return"} == {*model.model_fields}
