"""`make changes` and `make release`, in copies of what they read."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from labelled import ROOT


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout, as far as releases look at it, with nothing changed."""
    for name in ("pyproject.toml", "CHANGELOG.md", "openapi.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(
        ROOT / "releases",
        tmp_path / "releases",
        ignore=shutil.ignore_patterns("__pycache__", "openapi-*"),
    )
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


def run(checkout: Path, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(checkout / "releases" / script)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


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


def test_nothing_changed_is_well(checkout: Path) -> None:
    answer = run(checkout, "changes.py")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "No difference" in answer.stdout


def test_a_breaking_edit_asks_for_a_version_and_for_a_line(checkout: Path) -> None:
    break_callers(checkout)
    answer = run(checkout, "changes.py")

    assert answer.returncode == 1
    assert "a call in which temperature is 1 is refused now" in answer.stdout
    assert "The next release must be 0.2.0 or later" in answer.stdout
    assert "ask for 0.2.0: set it in pyproject.toml" in answer.stderr
    assert "- **Breaking:** `temperature`" in answer.stderr


def test_a_version_without_a_line_is_not_enough(checkout: Path) -> None:
    break_callers(checkout)
    bump(checkout, "0.2.0")
    answer = run(checkout, "changes.py")

    assert answer.returncode == 1
    assert "pyproject" not in answer.stderr
    assert "CHANGELOG.md" in answer.stderr


@pytest.mark.parametrize(
    "item",
    [
        "- `temperature` has a lower maximum.",
        "- **Breaking:** `top_p` has a lower maximum.",
        "- **Breaking:** temperature has a lower maximum.",
    ],
)
def test_a_line_that_names_something_else_is_not_enough(
    item: str, checkout: Path
) -> None:
    break_callers(checkout)
    bump(checkout, "0.2.0")
    tell(checkout, item)
    assert run(checkout, "changes.py").returncode == 1


@pytest.mark.parametrize("version", ["0.2.0", "0.3.1", "1.0.0", "0.2.0rc1"])
def test_a_version_and_a_line_are_enough(version: str, checkout: Path) -> None:
    break_callers(checkout)
    bump(checkout, version)
    tell(checkout, "- **Breaking:** the maximum of\n  `temperature` is 0.9.")
    answer = run(checkout, "changes.py")
    assert (answer.returncode, answer.stderr) == (0, "")


def test_a_breaking_edit_after_one_asks_for_the_next_major(checkout: Path) -> None:
    kept = checkout / "releases" / "openapi-0.1.0.yaml"
    kept.rename(kept.with_name("openapi-1.4.2.yaml"))
    break_callers(checkout)
    assert "ask for 2.0.0" in run(checkout, "changes.py").stderr


def test_a_compatible_edit_says_the_version_and_passes(checkout: Path) -> None:
    security = "\nsecurity:\n"
    server = "\n  - url: https://other.example"
    replace(checkout / "openapi.yaml", security, server + security)
    answer = run(checkout, "changes.py")

    assert answer.returncode == 0
    assert "The next release must be 0.1.1 or later" in answer.stdout


def test_a_release_keeps_the_document_and_starts_anew(checkout: Path) -> None:
    break_callers(checkout)
    bump(checkout, "0.2.0")
    tell(checkout, "- **Breaking:** `temperature`: its maximum is 0.9.")
    early = run(checkout, "release.py")
    assert early.returncode == 1
    assert "no section [0.2.0] with a date" in early.stderr

    heading = "## [Unreleased]\n"
    dated = f"{heading}\n## [0.2.0] - 2026-12-01\n"
    replace(checkout / "CHANGELOG.md", heading, dated)
    forgotten = run(checkout, "changes.py")
    assert forgotten.returncode == 1
    assert "run make release" in forgotten.stderr

    assert run(checkout, "release.py").returncode == 0
    kept = [path.name for path in (checkout / "releases").glob("openapi-*")]
    assert kept == ["openapi-0.2.0.yaml"]
    assert "No difference" in run(checkout, "changes.py").stdout


def test_a_release_with_the_version_of_the_last_is_refused(checkout: Path) -> None:
    break_callers(checkout)
    answer = run(checkout, "release.py")
    assert answer.returncode == 1
    assert "ask for 0.2.0" in answer.stderr


def test_a_checkout_without_the_kept_document_says_so(checkout: Path) -> None:
    (checkout / "releases" / "openapi-0.1.0.yaml").unlink()
    answer = run(checkout, "changes.py")
    assert answer.returncode == 2
    assert "take it back from git" in answer.stderr


def test_the_gates_are_green_here() -> None:
    answer = run(ROOT, "changes.py")
    assert (answer.returncode, answer.stderr) == (0, "")
