"""YAML and JSON mean the same, are bounded, and never surprise."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from text_completions_document import (
    MAX_DEPTH,
    Document,
    ParseError,
    below,
    parse,
    parse_json,
    parse_yaml,
    parts_of,
)

JSON_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
# YAML takes control characters and the separators of lines only as escapes.
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


def is_finite(value: Any) -> bool:
    return "Infinity" not in json.dumps(value)


@given(VALUES.filter(is_finite))
def test_a_json_text_is_the_same_value_to_both_readers(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert parse_json(text) == value
    assert parse_yaml(text) == value
    assert parse(text) == value


@given(st.text(alphabet="ab:- {}[],&*!<>|'\"\\u\n\t#?%@~1.eE+\x00\ud800é"))
def test_any_text_is_a_value_or_refused(text: str) -> None:
    for reader in (parse, parse_json, parse_yaml):
        with suppress(ParseError):
            reader(text)


@given(st.lists(st.text()))
def test_a_pointer_names_the_keys_it_was_made_of(keys: list[str]) -> None:
    assert parts_of(below("#", *keys)) == keys


@example({"\u2028": {"\x85": 0, "\u2029": 0}, "": {"a": 0}})
@given(
    st.dictionaries(JSON_TEXT, st.dictionaries(JSON_TEXT, st.integers()), max_size=4)
)
def test_a_part_stands_on_the_line_of_its_key(schemas: dict[str, Any]) -> None:
    root = {"openapi": "3.1.0", "components": {"x-a": schemas}}
    text = json.dumps(root, indent=1, ensure_ascii=False)
    lines = text.split("\n")
    document = Document(root, text=text)
    for name, members in schemas.items():
        for key in members:
            line = document.line(below("#/components/x-a", name, key))
            written = json.dumps(key, ensure_ascii=False)
            assert line is not None
            assert lines[line - 1].strip().startswith(f"{written}:")


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("yes", "yes"),
        ("12:30", "12:30"),
        ("2023-06-01", "2023-06-01"),
        ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("=", "="),
        ("010", 10),
        ("+1", 1),
        ("0o14", 12),
        ("0x1F", 31),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("True", True),
        ("~", None),
        ("", None),
    ],
)
def test_a_plain_scalar_means_what_yaml_1_2_says(plain: str, value: object) -> None:
    result = parse_yaml(f"a: {plain}")
    assert result == {"a": value}
    assert type(result["a"]) is type(value)


def test_a_key_is_text_as_it_is_written() -> None:
    assert parse("200: a\non: b\n~: c\n1.0: d") == {
        "200": "a",
        "on": "b",
        "~": "c",
        "1.0": "d",
    }


def test_a_merge_key_adds_what_the_object_does_not_have() -> None:
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {<<: [{x: 4}, *a]}\n'<<': 5"
    assert parse(text) == {
        "a": {"x": 1, "y": 2},
        "b": {"x": 1, "y": 3},
        "c": {"x": 4, "y": 2},
        "<<": 5,
    }


@pytest.mark.parametrize("reader", [parse_json, parse_yaml])
def test_both_readers_have_the_same_limit_of_depth(reader: Any) -> None:
    reader("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    for depth in (MAX_DEPTH + 2, 100_000):
        # From PyYAML 6.0.4 on, the C library refuses the deepest itself.
        with pytest.raises(ParseError, match=r"deeper than 100|nesting depth"):
            reader("[" * depth + "]" * depth)


def test_an_alias_is_as_deep_as_what_it_repeats() -> None:
    deep = "[" * 60 + "]" * 60
    parse(f"a: &a {deep}\nb: {'[' * 30}*a{']' * 30}")
    with pytest.raises(ParseError, match="deeper than 100"):
        parse(f"a: &a {deep}\nb: {'[' * 60}*a{']' * 60}")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1\na: 2", "line 2, column 1: the key 'a' appears twice"),
        ('{"a": 1,\n "a": 2}', "line 2, column 2: the key 'a' appears twice"),
        ("a: b\n---\nc: d", "a second YAML document"),
        ("? [a]\n: b", "a key must be text"),
        ("a: &a 1\nb: &a [*a]", "no anchor &a that ends before it"),
        ("a: *b", r"no anchor &b"),
        ("a: !!python/object:os.system {}", "the tag .* is not supported"),
        ("a: !!int '3'", "the tag .* is not supported"),
        ("a: ! 1", "the tag '!' is not supported: write a JSON value"),
        ("a: .nan", ".nan is not a JSON value"),
        ("a: -.inf", "-.inf is not a JSON value"),
        ('{"a": NaN}', "NaN is not a JSON value"),
        ("a: 1e999", "too large for a number"),
        ('{"a": 1e999}', "line 1, column 7: 1e999 is too large for a number"),
        (f"a: 1{'0' * 5000}", "5001 digits"),
        (f"[1{'0' * 5000}]", "5001 digits"),
        ('["\\ud800"]', "surrogate"),
        ('{"\\ud800": 1}', "surrogate"),
        ('a: "\\ud800"', "Unicode"),
        ("a: \u2028", r"line 1, column 4: .* '\\u2028' must be escaped"),
        ("a: \x1b", r"line 1, column 4: .* '\\x1b' must be escaped"),
        ("a:\n\tb: c", "indent with spaces, not with tabs"),
        ("<<: 3", "must merge an object"),
        ('{"a": 1,}x', "is not YAML"),
    ],
)
def test_what_is_ambiguous_or_not_json_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        parse(text)
