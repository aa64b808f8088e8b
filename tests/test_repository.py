"""Check that no committed file names a package registry or a local folder."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Written in two halves, so that this file does not contain them.
REGISTRY_HOSTS = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "npmjs" + ".org",
    "npmjs" + ".com",
    "yarnpkg" + ".com",
    "deb.debian" + ".org",
    "proxy.golang" + ".org",
    "crates" + ".io",
)


def committed_files() -> list[Path]:
    """List the files that git keeps, or would keep after `git add`."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing says which files are committed")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def places_of_this_checkout() -> list[str]:
    """Return the folders that exist on this machine only."""
    folders = {ROOT, ROOT.parent, Path.home()} - {Path(tempfile.gettempdir())}
    return [f"{folder}/" for folder in folders if len(folder.parts) > 1]


def lines_with(words: list[str]) -> list[str]:
    """Return the place of each line in a committed file that has one of the words."""
    files = committed_files()
    assert ROOT / "pyproject.toml" in files
    return [
        f"{path.relative_to(ROOT)}:{number}: {word}"
        for path in files
        for number, line in enumerate(path.read_bytes().splitlines(), start=1)
        for word in words
        if word.encode() in line
    ]


def test_no_committed_file_names_a_registry_host() -> None:
    assert lines_with(list(REGISTRY_HOSTS)) == []


def test_no_committed_file_names_a_folder_of_this_machine() -> None:
    assert lines_with(places_of_this_checkout()) == []


def test_git_ignores_what_make_creates() -> None:
    modules = [
        f"{place}/npm/node_modules" for place in (".ci", "benchmarks", "tests/peers")
    ]
    made = [".venv", ".venv-lock", *modules, "dist"]
    paths = {path.relative_to(ROOT).as_posix() for path in committed_files()}
    assert [path for path in paths if path.startswith(tuple(made))] == []


@pytest.mark.parametrize(
    "page", ["CONTRIBUTING.md", "docs/decisions.md", "docs/how-it-works.md"]
)
def test_each_file_that_a_page_names_exists(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    words = re.findall(
        r"`((?:src|generator|tests|docs|requirements|\.ci)/[^`]+)`", text
    )
    paths = [word for word in words if not re.search(r"[A-Z*]", word)]
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []
