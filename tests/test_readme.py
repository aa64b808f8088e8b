"""Run every code block of the README."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from text_completions_server import MockServer

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCKS = BLOCK.findall(README)


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS if name == language]


def shell_lines() -> list[str]:
    """Return the commands of all shell blocks, without their comments."""
    lines = [line for text in blocks("sh") for line in text.splitlines()]
    return [line.partition(" #")[0].strip() for line in lines if line.strip()]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockServer]:
    with MockServer() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-readme")
        yield server


def test_the_readme_has_blocks_of_every_kind() -> None:
    assert {name for name, _ in BLOCKS} == {"python", "sh", "text"}
    assert len(blocks("python")) >= 5


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("code", blocks("python"))
def test_each_python_block_runs(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    namespace: dict[str, object] = {"__name__": "readme"}
    exec(compile(code, "README.md", "exec"), namespace)
    tests = [value for name, value in namespace.items() if name.startswith("test_")]
    for test in tests:
        assert isinstance(test, Callable)
        test()
    assert tests or capsys.readouterr().out.strip()


@pytest.mark.usefixtures("server")
def test_the_output_in_the_readme_is_what_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (shown,) = blocks("text")
    (code,) = [code for code in blocks("python") if "RequestValidationError" in code]
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out == shown


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    "command", [line for line in shell_lines() if line.startswith("text-completions ")]
)
def test_each_command_line_runs(command: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", command],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()


def test_each_make_verb_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    verbs = [line.split()[1] for line in shell_lines() if line.startswith("make ")]
    assert len(verbs) >= 3
    for verb in verbs:
        assert f"\n{verb}: " in makefile


def test_each_line_of_pip_installs_what_there_is() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [line for line in shell_lines() if line.startswith("pip install ")]
    wheel = f"dist/text_completions-{project['version']}-py3-none-any.whl"
    assert {line.split()[2].strip("'").partition("[")[0] for line in lines} == {
        ".",
        wheel,
    }
    extras = {extra for line in lines for extra in re.findall(r"\[(\w+)\]", line)}
    assert extras == project["optional-dependencies"].keys()


def test_each_link_to_a_file_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    for link in links:
        assert (ROOT / link).exists(), link


def test_each_link_to_a_section_leads_somewhere() -> None:
    titles = re.findall(r"^## (.+)$", README, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in titles}
    links = re.findall(r"\]\(#([^)]+)\)", README)
    assert links
    assert set(links) <= anchors
