"""`make changes` and `make release`, in copies of what they read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from labelled import ROOT

sys.path.insert(0, str(ROOT / "releases"))

import changes
import release


@pytest.mark.parametrize(
    "command",
    [["releases/changes.py"], ["generator/emit.py", "--check"]],
    ids=["changes", "generate"],
)
def test_a_reader_that_has_enough_ends_a_script_quietly(command: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            stdout=closed,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.stderr == b""


class Outcome(NamedTuple):
    """What a script returned and printed."""

    status: int
    out: str
    err: str


Script = Callable[[Path], int]
Run = Callable[[Script, Path], Outcome]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout, as far as releases look at it, with nothing changed."""
    for name in ("pyproject.toml", "CHANGELOG.md", "openapi.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "releases").mkdir()
    shutil.copy(ROOT / "openapi.yaml", tmp_path / "releases" / "openapi-0.1.0.yaml")
    replace(tmp_path / "pyproject.toml", version_line(), 'version = "0.1.0"')
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [Unreleased]\n\n## [0.1.0] - 2026-11-21\n\n"
        "- **Breaking:** `temperature` was told of before.\n",
        "utf-8",
    )
    return tmp_path


def version_line() -> str:
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    return next(line for line in lines if line.startswith("version = "))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a script of releases/ on a checkout."""

    def run(script: Script, checkout: Path) -> Outcome:
        status = script(checkout)
        return Outcome(status, *capsys.readouterr())

    return run


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def break_callers(checkout: Path) -> None:
    """Lower the maximum of temperature."""
    document = checkout / "openapi.yaml"
    before, found, after = document.read_text("utf-8").partition(
        "        temperature:\n"
    )
    assert found
    lowered = after.replace("maximum: 1 ", "maximum: 0.9 ", 1)
    document.write_text(before + found + lowered, "utf-8")


def bump(checkout: Path, version: str) -> None:
    replace(checkout / "pyproject.toml", 'version = "0.1.0"', f'version = "{version}"')


def tell(checkout: Path, item: str) -> None:
    heading = "## [Unreleased]\n"
    replace(checkout / "CHANGELOG.md", heading, f"{heading}\n### Changed\n\n{item}\n")


def test_an_unchanged_document_passes(checkout: Path, run: Run) -> None:
    outcome = run(changes.main, checkout)
    assert (outcome.status, outcome.err) == (0, "")
    assert "No difference" in outcome.out


def test_a_breaking_edit_requires_a_version_and_a_line(
    checkout: Path, run: Run
) -> None:
    break_callers(checkout)
    outcome = run(changes.main, checkout)

    assert outcome.status == 1
    assert "a call in which temperature is 1 is refused now" in outcome.out
    assert "The next release must be 0.2.0 or later" in outcome.out
    assert "require 0.2.0: set it in pyproject.toml" in outcome.err
    assert "- **Breaking:** `temperature`" in outcome.err


def test_a_version_without_a_line_is_not_enough(checkout: Path, run: Run) -> None:
    break_callers(checkout)
    bump(checkout, "0.2.0")
    outcome = run(changes.main, checkout)

    assert outcome.status == 1
    assert "pyproject" not in outcome.err
    assert "CHANGELOG.md" in outcome.err


@pytest.mark.parametrize(
    "item",
    [
        "- `temperature` has a lower maximum.",
        "- **Breaking:** `top_p` has a lower maximum.",
        "- **Breaking:** temperature has a lower maximum.",
    ],
)
def test_a_line_that_names_something_else_is_not_enough(
    item: str, checkout: Path, run: Run
) -> None:
    break_callers(checkout)
    bump(checkout, "0.2.0")
    tell(checkout, item)
    assert run(changes.main, checkout).status == 1


@pytest.mark.parametrize("version", ["0.2.0", "0.3.1", "1.0.0", "0.2.0rc1"])
def test_a_version_and_a_line_are_enough(
    version: str, checkout: Path, run: Run
) -> None:
    break_callers(checkout)
    bump(checkout, version)
    tell(checkout, "- **Breaking:** the maximum of\n  `temperature` is 0.9.")
    outcome = run(changes.main, checkout)
    assert (outcome.status, outcome.err) == (0, "")


def test_a_breaking_edit_after_1_0_requires_the_next_major(
    checkout: Path, run: Run
) -> None:
    kept = checkout / "releases" / "openapi-0.1.0.yaml"
    kept.rename(kept.with_name("openapi-1.4.2.yaml"))
    break_callers(checkout)
    assert "require 2.0.0" in run(changes.main, checkout).err


def test_a_compatible_edit_says_the_version_and_passes(
    checkout: Path, run: Run
) -> None:
    security = "\nsecurity:\n"
    server = "\n  - url: https://other.example"
    replace(checkout / "openapi.yaml", security, server + security)
    outcome = run(changes.main, checkout)

    assert outcome.status == 0
    assert "The next release must be 0.1.1 or later" in outcome.out


def test_a_release_keeps_the_document_and_starts_anew(checkout: Path, run: Run) -> None:
    break_callers(checkout)
    bump(checkout, "0.2.0")
    tell(checkout, "- **Breaking:** `temperature`: its maximum is 0.9.")
    early = run(release.main, checkout)
    assert early.status == 1
    assert "not [0.2.0] with a date" in early.err

    heading = "## [Unreleased]\n"
    dated = f"{heading}\n## [0.2.0] - 2026-12-01\n"
    replace(checkout / "CHANGELOG.md", heading, dated)
    forgotten = run(changes.main, checkout)
    assert forgotten.status == 1
    assert "run make release" in forgotten.err

    assert run(release.main, checkout).status == 0
    kept = [path.name for path in (checkout / "releases").glob("openapi-*")]
    assert kept == ["openapi-0.2.0.yaml"]
    assert "No difference" in run(changes.main, checkout).out


def test_a_release_with_the_version_of_the_last_is_refused(
    checkout: Path, run: Run
) -> None:
    break_callers(checkout)
    outcome = run(release.main, checkout)
    assert outcome.status == 1
    assert "require 0.2.0" in outcome.err


def test_a_checkout_without_the_kept_document_says_so(checkout: Path, run: Run) -> None:
    (checkout / "releases" / "openapi-0.1.0.yaml").unlink()
    outcome = run(changes.main, checkout)
    assert outcome.status == 2
    assert "restore it from git" in outcome.err


def test_the_gates_are_green_here() -> None:
    script = ROOT / "releases" / "changes.py"
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
