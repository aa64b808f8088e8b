"""Validation, with jsonschema-rs as the second opinion."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text_completions_runtime import KEYWORDS, Schemas
from text_completions_runtime._validation import Violation

TREE = "#/components/schemas/Tree"
SCHEMAS: dict[str, Any] = {
    TREE: {
        "type": "object",
        "required": ["n"],
        "properties": {
            "n": {"type": "integer"},
            "kids": {"type": "array", "items": {"$ref": TREE}},
        },
    }
}


def violation(value: Any, schema: Any) -> Violation | None:
    return Schemas(SCHEMAS).at("#/here", schema).violation(value)


def both(value: Any, schema: Any) -> bool:
    """The verdict, once the oracle has agreed."""
    document = schema | {"components": {"schemas": {"Tree": SCHEMAS[TREE]}}}
    expected = jsonschema_rs.Draft202012Validator(document).is_valid(value)
    assert (violation(value, schema) is None) is expected
    return expected


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-20, 20),
    st.sampled_from([0.5, 1.0, -1.5, 2.0, 0.3, 1e3, 4.0]),
    st.text("abé😀1\n", max_size=4),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from("abn") | st.just("kids"), inner, max_size=4)
    ),
    max_leaves=8,
)
TYPES = st.sampled_from(
    ["string", "number", "integer", "boolean", "null", "array", "object"]
)
NUMBERS = st.integers(-5, 5) | st.sampled_from([0.5, -1.5, 2.0])
SIZES = st.integers(0, 4)
NAMES = st.lists(st.sampled_from("abc"), unique=True, max_size=2)
SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True),
    "enum": st.lists(VALUES, min_size=1, max_size=3, unique_by=repr),
    "const": VALUES,
    "minimum": NUMBERS,
    "maximum": NUMBERS,
    "exclusiveMinimum": NUMBERS,
    "exclusiveMaximum": NUMBERS,
    "multipleOf": st.sampled_from([1, 2, 3, 0.5, 0.1, 1.5]),
    "minLength": SIZES,
    "maxLength": SIZES,
    "pattern": st.sampled_from(["^a", "b$", r"^\d+$", r"^\w*$", "[ab]{2}", r"[^\d]$"]),
    "minItems": SIZES,
    "maxItems": SIZES,
    "uniqueItems": st.booleans(),
    "minProperties": SIZES,
    "maxProperties": SIZES,
    "required": NAMES,
    "$ref": st.just(TREE),
}


def _nested(inner: st.SearchStrategy[Any]) -> dict[str, st.SearchStrategy[Any]]:
    several = st.lists(inner, min_size=1, max_size=3)
    return {
        "items": inner,
        "properties": st.dictionaries(st.sampled_from("abn"), inner, max_size=2),
        "additionalProperties": st.booleans() | inner,
        "allOf": several,
        "anyOf": several,
        "oneOf": several,
        "not": inner,
    }


def _schemas(
    keywords: dict[str, st.SearchStrategy[Any]],
) -> st.SearchStrategy[dict[str, Any]]:
    return st.lists(
        st.sampled_from(sorted(keywords)), min_size=0, max_size=3, unique=True
    ).flatmap(lambda names: st.fixed_dictionaries({n: keywords[n] for n in names}))


SCHEMA = st.recursive(
    _schemas(SIMPLE), lambda inner: _schemas(SIMPLE | _nested(inner)), max_leaves=6
)


@given(VALUES, SCHEMA)
def test_the_verdict_is_that_of_another_validator(
    value: Any, schema: dict[str, Any]
) -> None:
    both(value, schema)


@given(
    st.sampled_from(sorted(SIMPLE)).flatmap(lambda k: st.tuples(st.just(k), SIMPLE[k])),
    VALUES,
)
def test_each_keyword_alone_gets_the_verdict_of_another_validator(
    keyword: tuple[str, Any], value: Any
) -> None:
    both(value, dict([keyword]))


@given(
    st.sampled_from([r"^\s$", r"^\S$", r"^[\s-]$", r"^[^\s]$", r"^\\s$"]),
    st.sampled_from(" \t\n\r\v\f\xa0\u2003\u2028\u3000-a") | st.just("\\s"),
)
def test_white_space_in_a_pattern_is_that_of_another_validator(
    pattern: str, value: str
) -> None:
    both(value, {"pattern": pattern})


LETTERS = st.sampled_from("ab")
FEW: dict[str, st.SearchStrategy[Any]] = {
    "type": st.sampled_from(["string", "object"]),
    "enum": st.lists(LETTERS, min_size=1, max_size=2, unique=True),
    "const": LETTERS,
    "minLength": SIZES,
    "maxLength": SIZES,
    "required": st.lists(LETTERS, max_size=1),
    "properties": st.dictionaries(LETTERS, st.just({"const": "a"}), max_size=1),
    "additionalProperties": st.booleans(),
}


@given(
    st.sets(st.sampled_from(sorted(FEW)), min_size=2, max_size=2).flatmap(
        lambda keywords: st.fixed_dictionaries({one: FEW[one] for one in keywords})
    ),
    LETTERS | st.dictionaries(LETTERS, LETTERS, max_size=2),
)
@settings(max_examples=300)
def test_no_keyword_hides_another(schema: dict[str, Any], value: Any) -> None:
    both(value, schema)


BOTH_WAYS = [
    ("type", "string", "a", 1),
    ("type", ["integer", "null"], None, "a"),
    ("enum", ["a", 1], 1.0, "b"),
    ("const", {"a": [1]}, {"a": [1.0]}, {"a": [True]}),
    ("minimum", 1, 1, 0.99),
    ("maximum", 1, 1.0, 1.01),
    ("exclusiveMinimum", 1, 1.01, 1),
    ("exclusiveMaximum", 1, 0.99, 1),
    ("multipleOf", 0.1, 0.3, 0.35),
    ("minLength", 2, "😀é", "😀"),
    ("maxLength", 2, "😀é", "abc"),
    ("pattern", "^a$", "a", "a\n"),
    ("minItems", 1, [0], []),
    ("maxItems", 1, [0], [0, 0]),
    ("uniqueItems", True, [1, True, "1"], [1, 1.0]),
    ("minProperties", 1, {"a": 1}, {}),
    ("maxProperties", 1, {"a": 1}, {"a": 1, "b": 2}),
    ("items", {"type": "integer"}, [1, 2], [1, "a"]),
    ("required", ["a"], {"a": None}, {"b": 1}),
    ("properties", {"a": {"type": "null"}}, {"a": None, "b": 1}, {"a": 1}),
    ("additionalProperties", False, {}, {"a": 1}),
    ("additionalProperties", {"type": "null"}, {"a": None}, {"a": 1}),
    ("$ref", TREE, {"n": 1, "kids": [{"n": 2}]}, {"n": 1, "kids": [{"n": "a"}]}),
    ("allOf", [{"minimum": 1}, {"maximum": 2}], 1, 3),
    ("anyOf", [{"type": "null"}, {"maximum": 2}], None, 3),
    ("oneOf", [{"minimum": 1}, {"maximum": 2}], 3, 1),
    ("not", {"type": "null"}, 1, None),
]


@pytest.mark.parametrize(
    ("keyword", "argument", "good", "bad"),
    BOTH_WAYS,
    ids=[f"{one[0]} {one[1]}" for one in BOTH_WAYS],
)
def test_a_keyword_tells_good_from_bad(
    keyword: str, argument: Any, good: Any, bad: Any
) -> None:
    assert both(good, {keyword: argument})
    assert not both(bad, {keyword: argument})


def test_every_keyword_has_a_good_and_a_bad_value() -> None:
    assert {one[0] for one in BOTH_WAYS} == set(KEYWORDS)


def test_an_annotation_checks_nothing() -> None:
    assert violation(1, {"format": "email", "default": "a", "title": "T"}) is None


def test_a_boolean_is_not_a_number_and_1_0_is_an_integer() -> None:
    assert not both(True, {"type": "integer"})
    assert not both(True, {"type": "number"})
    assert both(True, {"minimum": 5})
    assert both(1.0, {"type": "integer"})
    assert not both(1.5, {"type": "integer"})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_value_that_json_lacks_is_not_a_number(value: float) -> None:
    assert violation(value, {"type": "number"}) is not None
    assert violation(value, {"type": "integer"}) is not None


def test_integers_of_any_size_are_compared_exactly() -> None:
    huge = 10**400

    assert violation(huge, {"type": "number", "minimum": 0, "multipleOf": 2}) is None
    assert violation(huge + 1, {"multipleOf": 2}) is not None
    assert violation(10**16 + 1, {"multipleOf": 2}) is not None
    assert violation(huge, {"type": "integer", "maximum": 1.0}) is not None


def test_a_keyword_does_not_judge_values_of_another_type() -> None:
    schema = {"minimum": 5, "maxLength": 1, "maxItems": 0, "maxProperties": 0}

    assert both(None, schema)
    assert not both("ab", schema)


def test_a_violation_says_what_is_wrong_and_where() -> None:
    schema = {"properties": {"a/b": {"items": {"type": "number", "maximum": 1}}}}

    found = violation({"a/b": [0, 1.5]}, schema)

    assert found == Violation(
        path=("a/b", 1),
        value=1.5,
        bound="maximum 1",
        reason="is greater than 1",
        pointer="#/here/properties/a~1b/items",
    )


def test_a_violation_behind_a_reference_is_placed_where_the_reference_leads() -> None:
    found = violation({"n": 1, "kids": [{"n": 1}, {"n": None}]}, {"$ref": TREE})

    assert found is not None
    assert found.path == ("kids", 1, "n")
    assert found.pointer == f"{TREE}/properties/n"


def test_recursion_through_references_goes_as_deep_as_the_value() -> None:
    value: dict[str, Any] = {"n": 0}
    for depth in range(40):
        value = {"n": depth, "kids": [value]}
    assert both(value, {"$ref": TREE})

    leaf = value
    while leaf.get("kids"):
        leaf = leaf["kids"][0]
    leaf["n"] = "x"
    found = violation(value, {"$ref": TREE})

    assert found is not None
    assert len(found.path) == 81


def test_a_missing_member_is_named() -> None:
    found = violation({"kids": []}, {"$ref": TREE})

    assert found is not None
    assert (found.path, found.bound) == (("n",), "required")
    assert found.reason == "is missing and required"


def test_the_closest_alternative_is_reported() -> None:
    schema = {"anyOf": [{"type": "null"}, {"type": "string", "maxLength": 2}]}

    found = violation("abc", schema)

    assert found is not None
    assert found.bound == "maxLength 2"
    assert found.pointer == "#/here/anyOf/1"


def test_if_no_alternative_is_close_all_are_reported() -> None:
    found = violation(1, {"anyOf": [{"type": "null"}, {"type": "string"}]})

    assert found is not None
    assert found.reason == "is not of type null and is not of type string"


def test_too_many_matches_are_counted() -> None:
    found = violation(1, {"oneOf": [{}, {"minimum": 0}, {"type": "null"}]})

    assert found is not None
    assert "matches 2 alternatives" in found.reason
