"""docs/editing-the-contract.md does what it says, in a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import ROOT, blocks_of

from text_completions_cli._main import build_parser

NAME = "docs/editing-the-contract.md"
PAGE = (ROOT / NAME).read_text("utf-8")
BLOCKS = [(block.language, block.text) for block in blocks_of(NAME)]
NEW = re.findall(r"^\+        (\w+):$", PAGE, re.MULTILINE)  # a parameter, a member
COPIED = ("generated", "generator", "src")
FILES = ("Makefile", "generator-config.yml", "openapi.yaml", "pyproject.toml")


def after(kind: str, start: str) -> str:
    """Return the block that follows the one of a kind that begins in a way."""
    numbers = [
        number
        for number, (name, text) in enumerate(BLOCKS)
        if name == kind and text.startswith(start)
    ]
    (number,) = numbers
    name, text = BLOCKS[number + 1]
    assert name == "text"
    return text


def edited(document: str, block: str) -> str:
    """Apply a block: the lines that are added go below the ones before them."""
    lines = block.splitlines()[3:]
    context = [line[1:] for line in lines if line.startswith(" ")]
    schema, properties = context
    at = document.index(f"\n{schema}\n") + 1
    at = document.index(f"{properties}\n", at) + len(properties) + 1
    return document[:at] + added(block) + document[at:]


def added(block: str) -> str:
    """Return the lines that a block adds."""
    lines = block.splitlines()[3:]
    return "".join(f"{line[1:]}\n" for line in lines if line.startswith("+"))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository, with the edits of the page done.

    Whoever follows the page has them in the repository already: then the copy begins
    without them. The document from before the edits is `before.yaml`.
    """
    folder = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in FILES:
        shutil.copyfile(ROOT / name, folder / name)
    blocks = [block for name, block in BLOCKS if name == "diff"]
    text = before = (ROOT / "openapi.yaml").read_text("utf-8")
    for block in blocks:
        before = before.replace(added(block), "")
    (folder / "before.yaml").write_text(before, "utf-8")
    if before != text:
        (folder / "openapi.yaml").write_text(before, "utf-8")
        assert emit(folder).returncode == 0
    for block in blocks:
        before = edited(before, block)
    (folder / "openapi.yaml").write_text(before, "utf-8")
    return folder


def run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the repository in the copy, with the copy's own code."""
    path = f"{copy / 'src'}{os.pathsep}{copy / 'generated'}"
    return subprocess.run(
        command,
        cwd=copy,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def emit(copy: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run(copy, sys.executable, "generator/emit.py", *options)


@pytest.fixture(scope="module")
def generated(copy: Path) -> subprocess.CompletedProcess[str]:
    """What `make generate` printed about the edits."""
    return emit(copy)


@pytest.fixture(scope="module")
def mock(copy: Path) -> Iterator[str]:
    """The address of the mock that serves the edited document."""
    (line,) = [text for name, text in BLOCKS if name == "sh" and "mock" in text]
    arguments = line.split()[1:]
    arguments[arguments.index("--port") + 1] = "0"
    program = [sys.executable, "-m", "text_completions_cli", *arguments]
    with subprocess.Popen(
        program, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        found = re.search(r"http://[\d.:]+", running.stdout.readline())
        assert found is not None
        yield found[0]
        running.terminate()


def test_every_block_is_of_a_kind_that_is_run_here() -> None:
    kinds = [name for name, _ in BLOCKS]
    assert sorted(set(kinds)) == ["diff", "python", "sh", "text"]
    assert kinds.count("python") == 3


def test_the_verbs_of_make_run_what_is_run_here() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "\n\t$(IN_VENV) $(BIN)/python generator/emit.py\n" in makefile
    assert "$(BIN)/python generator/emit.py --check && " in makefile
    assert "|| { echo 'run: make generate' >&2; exit 1; }" in makefile


def test_generating_prints_what_the_page_shows(
    generated: subprocess.CompletedProcess[str],
) -> None:
    assert (generated.returncode, generated.stderr) == (0, "")
    assert generated.stdout == after("sh", "make generate")


@pytest.mark.usefixtures("generated")
def test_drift_is_reported_as_the_page_shows(copy: Path) -> None:
    done = emit(copy, "--check")
    assert (done.returncode, done.stdout) == (0, after("sh", "make drift"))


@pytest.mark.usefixtures("generated")
@pytest.mark.parametrize("code", [text for name, text in BLOCKS if name == "python"])
def test_each_call_prints_what_the_page_shows(copy: Path, mock: str, code: str) -> None:
    program = code.replace("http://127.0.0.1:8765", mock)
    done = run(copy, sys.executable, "-W", "error", "-c", program)
    shown = [BLOCKS[n + 1] for n, block in enumerate(BLOCKS) if block[1] == code]
    assert done.stderr == ""
    assert [("text", done.stdout)] == shown


def test_each_command_of_the_program_is_known() -> None:
    lines = [text for name, text in BLOCKS if name == "sh"]
    (line,) = [one for one in lines if one.startswith("text-completions mock")]
    assert build_parser().parse_args(line.split()[1:]).port == 8765


def test_the_diff_names_what_the_edits_change(copy: Path) -> None:
    (line,) = [text for name, text in BLOCKS if name == "sh" and " diff " in text]
    command = ["before.yaml" if one == "git:HEAD" else one for one in line.split()[1:]]
    done = run(copy, sys.executable, "-m", "text_completions_cli", *command)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(name in done.stdout for name in NEW)


def test_no_path_of_a_machine_is_shown() -> None:
    assert not re.search(r"/(home|root|tmp|work|Users)/", PAGE)


def test_nothing_takes_the_new_parameter_for_one_that_does_not_exist() -> None:
    for folder in ("src", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            assert NEW[0] not in re.findall(r"\w+", path.read_text("utf-8")), path
