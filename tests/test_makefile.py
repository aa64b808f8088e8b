"""Check the verbs of the Makefile: their help and their form."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LINES = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
VERBS = [line.removeprefix(".PHONY: ") for line in LINES if line.startswith(".PHONY")]
TARGET = re.compile(r"^([\w$()%./-]+):(?!=)")


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make without the variables of a make that runs these tests."""
    environment = {
        name: value for name, value in os.environ.items() if "MAKE" not in name
    }
    return subprocess.run(
        ["make", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def recipes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    target = ""
    for line in LINES:
        if (match := TARGET.match(line)) and match[1] != ".PHONY":
            target = match[1]
            found[target] = []
        elif line.startswith("\t"):
            found[target].append(line)
    return found


def test_make_alone_lists_every_verb() -> None:
    answer = make()

    listed = re.findall(r"^  make ([\w-]+) +\S", answer.stdout, re.MULTILINE)
    assert listed == VERBS
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_declared_phony_on_the_line_above_it(verb: str) -> None:
    (place,) = (i for i, line in enumerate(LINES) if line.startswith(f"{verb}:"))
    assert LINES[place - 1] == f".PHONY: {verb}"


@pytest.mark.parametrize(("target", "recipe"), recipes().items(), ids=recipes())
def test_a_recipe_is_short(target: str, recipe: list[str]) -> None:
    assert len(recipe) <= 5, target


def test_contract_without_a_url_says_how_to_give_one() -> None:
    answer = make("--assume-old=.venv/stamp", "contract")

    assert answer.returncode != 0
    assert "make contract URL=http://" in answer.stderr
    assert answer.stdout == ""


def test_without_chromium_the_pages_are_skipped_in_words() -> None:
    answer = make("browser", "CHROMIUM=")

    assert answer.returncode == 0
    assert answer.stdout.startswith("skipped: no Chromium")


def test_an_old_python_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 12, "final", 0))
    script = str(ROOT / "requirements" / "python_version.py")

    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(script)
    assert "needs Python 3.11 or newer" in str(stopped.value)
    assert "is 3.10." in str(stopped.value)
    assert "make PYTHON=" in str(stopped.value)
