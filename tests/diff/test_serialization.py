"""A parameter that is written with the same characters is the same parameter."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from text_completions_diff import diff
from text_completions_document import Document

STYLES = {
    "query": ["form", "spaceDelimited", "pipeDelimited", "deepObject"],
    "path": ["simple", "label", "matrix"],
    "header": ["simple"],
}
SCHEMAS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "list": {"type": "array", "items": {"type": "string"}},
    "object": {"type": "object", "properties": {"x": {"type": "string"}}},
}
MARKS = {"form": "&", "simple": ",", "label": ".", "matrix": ";"}
SPLITS = {"spaceDelimited": "%20", "pipeDelimited": "|"}


def written(kind: str, style: str, explode: bool) -> str | None:
    """Write `q` as the OpenAPI specification says; None if it does not say how."""
    if kind == "text":
        texts = {"simple": "a", "label": ".a", "matrix": ";q=a"}
        return None if style == "deepObject" else texts.get(style, "q=a")
    if kind == "list":
        return _list(style, explode)
    return _object(style, explode)


def _list(style: str, explode: bool) -> str | None:
    if style == "deepObject":
        return None
    if style in SPLITS:
        return "q=a&q=b" if explode else f"q=a{SPLITS[style]}b"
    if style == "simple":
        return "a,b"
    if style == "label":
        return ".a.b" if explode else ".a,b"
    start = ";" if style == "matrix" else ""
    return f"{start}q=a{MARKS[style]}q=b" if explode else f"{start}q=a,b"


def _object(style: str, explode: bool) -> str | None:
    if style == "deepObject":
        return "q[x]=a&q[y]=b"
    if style in SPLITS:
        split = SPLITS[style]
        return None if explode else f"q=x{split}a{split}y{split}b"
    start = {"label": ".", "matrix": ";"}.get(style, "")
    if explode:
        return f"{start}x=a{MARKS[style]}y=b"
    name = "q=" if style in ("form", "matrix") else ""
    return f"{start}{name}x,a,y,b"


def document(where: str, kind: str, style: str, explode: bool) -> Document:
    parameter = {
        "name": "q",
        "in": where,
        "required": True,
        "schema": SCHEMAS[kind],
        "style": style,
        "explode": explode,
    }
    operation = {"parameters": [parameter], "responses": {}}
    return Document({"openapi": "3.1.0", "paths": {"/{q}": {"get": operation}}})


@pytest.mark.parametrize("kind", SCHEMAS)
@pytest.mark.parametrize("where", STYLES)
def test_a_serialization_changed_if_other_characters_are_sent(
    where: str, kind: str
) -> None:
    forms = list(product(STYLES[where], (True, False)))
    for old, new in product(forms, forms):
        texts = written(kind, *old), written(kind, *new)
        if None not in texts:
            changes = diff(document(where, kind, *old), document(where, kind, *new))
            kinds = [change.kind for change in changes]
            expected = [] if texts[0] == texts[1] else ["serialization-changed"]
            assert kinds == expected, (old, new, texts)
