"""docs/extensions.md lists every extension and key that the generator takes."""

from __future__ import annotations

import re

import pytest
import yaml
from emitting import CONTRACT, ROOT

from document.supported import SUPPORTED, extensions, read_supported_document

EXTENSIONS = extensions()
TEXT = (ROOT / "docs" / "extensions.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## `(x-[\w-]+)`\n(.*?)(?=^## |\Z)", TEXT, re.M | re.S))
PLACES = {
    "document": "the document",
    "parameter": "a parameter",
    "mediaType": "a media type",
    "requestBody": "a request body",
    "schema": "a schema",
}


def test_every_extension_has_a_section() -> None:
    assert set(SECTIONS) == set(EXTENSIONS)
    assert len(EXTENSIONS) >= 7


@pytest.mark.parametrize("name", sorted(EXTENSIONS))
def test_every_key_is_explained_and_no_other(name: str) -> None:
    taken = {
        key
        for part, definition in SUPPORTED["$defs"].items()
        if part == name or part.startswith(f"{name}-")
        for key in definition["properties"]
    }
    explained = re.findall(r"^\| `([\w-]+)` \|", SECTIONS[name], re.M)
    assert set(explained) == taken


@pytest.mark.parametrize("name", sorted(EXTENSIONS))
def test_the_table_says_where_it_stands(name: str) -> None:
    row = re.search(rf"^\| \[`{name}`\]\(#([\w-]+)\) \| ([\w ]+) \|", TEXT, re.M)
    assert row is not None
    assert {PLACES[part] for part in EXTENSIONS[name]} == {row[2]}
    assert row[1] == name.lower()


@pytest.mark.parametrize("name", sorted(EXTENSIONS))
def test_the_example_is_from_the_document(name: str) -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", SECTIONS[name], re.S)
    example = yaml.safe_load(block)[name]
    (kind,) = EXTENSIONS[name]
    parts = [part for _, part in read_supported_document(CONTRACT).parts(kind)]
    assert any(_within(example, part[name]) for part in parts if name in part)


def _within(example: object, value: object) -> bool:
    if isinstance(example, dict) and isinstance(value, dict):
        return all(
            key in value and _within(one, value[key]) for key, one in example.items()
        )
    if isinstance(example, list) and isinstance(value, list):
        return all(any(_within(one, two) for two in value) for one in example)
    return example == value
