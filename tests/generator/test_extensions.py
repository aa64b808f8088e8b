"""docs/extensions.md lists every extension and key that the generator takes."""

from __future__ import annotations

import re

import pytest
import yaml
from emitting import CONTRACT, ROOT

from document.grammar import EXTENSIONS, PARTS
from document.loading import Document
from document.shape import nodes

TEXT = (ROOT / "docs" / "extensions.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## `(x-[\w-]+)`\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S))
PLACES = {
    "document": "the document",
    "parameter": "a parameter",
    "media type": "a media type",
    "request body": "a request body",
    "schema": "a schema",
}


def test_every_extension_has_a_section() -> None:
    assert set(SECTIONS) == EXTENSIONS
    assert len(EXTENSIONS) >= 7


@pytest.mark.parametrize("name", sorted(EXTENSIONS))
def test_every_key_is_explained_and_no_other(name: str) -> None:
    taken = {
        key
        for part, one in PARTS.items()
        if part.partition(" ")[0] == name
        for key in one.keys
    }
    explained = re.findall(r"^\| `([\w-]+)` \|", SECTIONS[name], re.M)
    assert set(explained) == taken


@pytest.mark.parametrize("name", sorted(EXTENSIONS))
def test_the_table_says_where_it_stands(name: str) -> None:
    row = re.search(rf"^\| \[`{name}`\]\(#([\w-]+)\) \| ([\w ]+) \|", TEXT, re.M)
    assert row is not None
    places = {PLACES[part] for part, one in PARTS.items() if name in one.keys}
    assert places == {row[2]}
    assert row[1] == name.lower()


@pytest.mark.parametrize("name", sorted(EXTENSIONS))
def test_the_example_is_from_the_document(name: str) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", SECTIONS[name], re.S)
    example = yaml.safe_load(block)[name]
    parts = [node.value for node in nodes(Document(CONTRACT))]
    assert any(_within(example, part[name]) for part in parts if name in part)


def _within(example: object, value: object) -> bool:
    if isinstance(example, dict) and isinstance(value, dict):
        return all(
            key in value and _within(one, value[key]) for key, one in example.items()
        )
    if isinstance(example, list) and isinstance(value, list):
        return all(any(_within(one, two) for two in value) for one in example)
    return example == value
