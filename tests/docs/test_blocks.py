"""Follow every page of the documentation: each of its blocks does what it says."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from pages import ROOT, Block, blocks_of, pages
from playing import FOLLOW, PROJECT, MisleadingBlock, Reader

# This one needs a copy of the repository: test_editing.py follows it.
ELSEWHERE = "docs/editing-the-contract.md"
PAGES = [page for page in pages() if blocks_of(page) and page != ELSEWHERE]


def test_the_pages_have_blocks_of_every_kind() -> None:
    kinds = {block.language for page in PAGES for block in blocks_of(page)}
    assert kinds <= FOLLOW.keys()
    assert {"python", "sh", "text", "yaml"} <= kinds


@pytest.mark.parametrize("page", pages())
def test_no_block_is_hidden_by_its_indentation(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert text.count("```") == 2 * len(blocks_of(page))


@pytest.mark.parametrize("page", PAGES)
def test_a_reader_can_follow(page: str, tmp_path: Path) -> None:
    if page == "docs/diff.md":
        edit_a_document(tmp_path)
    with Reader(tmp_path, thorough=page == "README.md") as reader:
        for block in blocks_of(page):
            reader.follow(block)
    if reader.missing:
        pytest.skip(f"the rest works; not installed: {', '.join(reader.missing)}")


def edit_a_document(folder: Path) -> None:
    """Lower a bound of a committed document."""
    document = folder / "openapi.yaml"
    old = (ROOT / "openapi.yaml").read_text("utf-8")
    document.write_text(old, "utf-8")
    git = ["git", "-c", "user.name=reader", "-c", "user.email=reader@localhost"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "-"]):
        subprocess.run([*git, *words], cwd=folder, check=True, capture_output=True)
    head, temperature, rest = old.partition("\n        temperature:\n")
    new = head + temperature + rest.replace("maximum: 1 ", "maximum: 0.9 ", 1)
    document.write_text(new, "utf-8")
    (folder / "old.json").write_text(json.dumps(yaml.safe_load(old)), "utf-8")
    (folder / "new.yaml").write_text(new, "utf-8")


def test_the_readme_installs_every_extra() -> None:
    lines = [block.text for block in blocks_of("README.md") if block.language == "sh"]
    shown = re.findall(r"\[(\w+)\]", "".join(lines))
    assert set(shown) == PROJECT["optional-dependencies"].keys()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param("python", "raise ValueError", id="Python that raises"),
        pytest.param("python", "x = 1\n", id="Python that prints nothing"),
        pytest.param(
            "python", "def test_a():\n    assert False\n", id="a failing test"
        ),
        pytest.param("sh", "text-completions mork\n", id="an unknown command"),
        pytest.param("sh", "make nothing\n", id="an unknown verb"),
        pytest.param(
            "sh", "pip install 'text-completions[x]'\n", id="an unknown extra"
        ),
        pytest.param("text", "something else\n", id="another output"),
        pytest.param("yaml", "a: [", id="YAML that cannot be read"),
        pytest.param("rust", "", id="an unknown language"),
    ],
)
def test_what_a_reader_cannot_follow_is_found(
    language: str, text: str, tmp_path: Path
) -> None:
    block = Block("page", 1, language, None, text)
    with Reader(tmp_path) as reader, pytest.raises(MisleadingBlock):
        reader.follow(block)
