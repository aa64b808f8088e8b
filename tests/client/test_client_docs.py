"""docs/client.md does what it says: every block is executed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import text_completions

PAGE = (Path(__file__).parents[2] / "docs" / "client.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PROGRAMS = [code for kind, code in BLOCKS if kind == "python"]
TREE, SHOWN = [code for kind, code in BLOCKS if kind == "text"]


@pytest.fixture(autouse=True)
def _served(mock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", mock)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-page")


def test_every_kind_of_block_is_executed_below() -> None:
    assert {kind for kind, _ in BLOCKS} == {"python", "text"}
    assert len(PROGRAMS) >= 8


@pytest.mark.parametrize("code", PROGRAMS)
def test_each_program_runs_and_prints(
    code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(code, "client.md", "exec"), {"__name__": "page"})
    assert capsys.readouterr().out.strip()


def test_the_shown_output_is_what_is_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (code,) = [code for code in PROGRAMS if "claude-9" in code]
    exec(compile(code, "client.md", "exec"), {})
    assert capsys.readouterr().out == SHOWN


def test_the_tree_of_errors_is_the_tree_of_classes() -> None:
    names = re.findall(
        r"\b\w+Error\b", TREE.replace("a TypeError", "").replace("a ValueError", "")
    )
    for name in names:
        assert issubclass(
            getattr(text_completions, name), text_completions.AnthropicError
        )
    assert issubclass(text_completions.MissingCredentialsError, TypeError)
    assert issubclass(text_completions.RequestValidationError, ValueError)
    assert len(names) >= 12


def test_every_heading_is_linked() -> None:
    headings = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    linked = re.findall(r"^- \[(.+)\]\(#(.+)\)$", PAGE, re.MULTILINE)
    slugs = [re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings]
    assert [name for name, _ in linked] == headings
    assert [slug for _, slug in linked] == slugs
