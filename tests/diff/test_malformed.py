"""A malformed document is compared or refused, and never ends in a traceback."""

from __future__ import annotations

import contextlib
import copy
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from labelled import DOCUMENTS

from text_completions_diff import diff
from text_completions_document import Document, DocumentError, below, parts_of

WRONG = [None, True, -1, 0.5, "a", "(", [], ["a"], [1], [{}], {}, {"a": "b"}, {"": []}]
KEYWORDS = [
    *Draft202012Validator.VALIDATORS,
    *["contentMediaType", "contentSchema", "discriminator", "readOnly", "then"],
    *["x-contract-built-in", "x-contract-models"],
]


def places(value: Any, pointer: str = "#") -> Iterator[str]:
    """Yield the pointer of every part of a document."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in members:
        here = below(pointer, key)
        yield here
        if isinstance(one, (dict, list)):
            yield from places(one, here)


def broken(document: Any, pointer: str, value: Any) -> Any:
    """Return a copy in which a part has another value."""
    root = copy.deepcopy(document)
    parent: Any = root
    *above, last = parts_of(pointer)
    for part in above:
        parent = parent[int(part) if isinstance(parent, list) else part]
    parent[int(last) if isinstance(parent, list) else last] = value
    return root


def compare_both_ways(old: Any, new: Any) -> None:
    with contextlib.suppress(DocumentError):
        first, second = (Document(one, newest="3.2") for one in (old, new))
        diff(first, second)
        diff(second, first)


@pytest.mark.parametrize("name", ["shop", "depot"])
@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.data())
def test_any_part_of_a_document_can_have_the_wrong_type(
    name: str, data: st.DataObject
) -> None:
    document = DOCUMENTS[name]
    pointer = data.draw(st.sampled_from(list(places(document))))
    value = data.draw(st.sampled_from(WRONG))
    compare_both_ways(document, broken(document, pointer, value))


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_any_keyword_of_a_schema_can_have_the_wrong_type(keyword: str) -> None:
    schema = {"type": "object", "properties": {"a": {}}}
    for value in WRONG:
        wrong = {**schema, keyword: value}
        for one in (wrong, {"anyOf": [{"type": "string"}, wrong]}):
            compare_both_ways(with_body(schema), with_body(one))


def test_numbers_can_be_larger_than_a_float() -> None:
    large = 10**400
    schemas: list[Any] = [
        {"type": "integer", "maximum": large},
        {"type": "integer", "multipleOf": large},
        {"type": "number", "minimum": -large, "multipleOf": 1e-300},
        {"enum": [large, 0.5]},
        {"minLength": large},
    ]
    for old, new in itertools.permutations(schemas, 2):
        assert diff(*(Document(with_body(one)) for one in (old, new)))


def with_body(schema: Any) -> Any:
    content = {"application/json": {"schema": schema}}
    body = {"requestBody": {"content": content}, "responses": {}}
    return {"openapi": "3.1.0", "paths": {"/a": {"post": body}}}


def test_unions_through_hundreds_of_definitions_are_refused() -> None:
    schemas: dict[str, Any] = {"A2000": {"type": "string"}}
    for level in range(2000):
        branches = [{"$ref": f"#/components/schemas/A{level + 1}"}, {"type": "object"}]
        schemas[f"A{level}"] = {"anyOf": branches}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/A0"}}}
    operation = {"requestBody": {"content": content}, "responses": {}}
    paths = {"/a": {"post": operation}}
    document = Document(
        {"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}}
    )
    with pytest.raises(DocumentError, match="write fewer levels"):
        diff(document, document)
