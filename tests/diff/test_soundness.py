"""The rules themselves, for schemas that nobody thought of."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema_rs
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from labelled import DOCUMENTS

from text_completions_diff import Change, Severity, diff
from text_completions_document import Document

NAMES = ["a", "b", "c"]
THOROUGH = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

numbers = st.integers(-4, 4)
counts = st.integers(0, 3)


def _object(parts: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({}, optional=parts)


def _typed(kind: str | list[str], **parts: st.SearchStrategy[Any]) -> Any:
    return _object(parts).map(lambda found: {"type": kind, **found})


SCALARS = st.one_of(
    _typed("string", minLength=counts, maxLength=counts, pattern=st.just("a")),
    _typed("integer", minimum=numbers, maximum=numbers, exclusiveMinimum=numbers),
    _typed("number", minimum=numbers, exclusiveMaximum=numbers),
    _typed("number", multipleOf=st.sampled_from([1, 2, 3])),
    _typed(["string", "null"], maxLength=counts),
    st.lists(st.sampled_from(["x", "y", 1, 2, None]), min_size=1, unique=True).map(
        lambda values: {"enum": values}
    ),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"const": "x"}, True]),
)


def _closed(found: dict[str, Any]) -> dict[str, Any]:
    """Everything that is required is described, and nothing else is taken."""
    names = [name for name in found.get("required", []) if name in found["properties"]]
    return {"type": "object", **found, "required": names, "additionalProperties": False}


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    members = st.dictionaries(st.sampled_from(NAMES), inner, min_size=1)
    required = st.lists(st.sampled_from(NAMES), unique=True)
    closed = st.fixed_dictionaries({"properties": members, "required": required})
    return st.one_of(
        closed.map(_closed),
        _typed("object", additionalProperties=inner, maxProperties=counts),
        _typed("array", items=inner, minItems=counts, maxItems=counts),
        _typed(
            "array", prefixItems=st.lists(inner, min_size=1, max_size=2), items=inner
        ),
        st.lists(inner, min_size=1, max_size=3).map(lambda found: {"anyOf": found}),
        st.lists(SCALARS, min_size=1, max_size=3).map(lambda found: {"oneOf": found}),
        st.lists(inner, min_size=1, max_size=2).map(lambda found: {"allOf": found}),
        SCALARS.map(lambda found: {"not": found}),
    )


SCHEMAS = st.recursive(SCALARS, _nested, max_leaves=5)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-5, 5),
        st.sampled_from([0.5, -1.5, "", "a", "x", "y", "xa", "aaaa"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    ),
    max_leaves=5,
)


def request(schema: Any) -> Document:
    return _with(_body(schema))


def answer(schema: Any) -> Document:
    content = {"application/json": {"schema": schema}}
    return _with({"responses": {"200": {"description": "", "content": content}}})


def _body(schema: Any) -> Any:
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def _with(operation: Any, components: Any = None) -> Document:
    paths = {"/": {"post": operation}}
    return Document(
        {"openapi": "3.1.0", "paths": paths, "components": components or {}}
    )


def breaking(changes: list[Change]) -> bool:
    return any(one.severity is Severity.BREAKING for one in changes)


def edited_pairs() -> st.SearchStrategy[tuple[Any, Any]]:
    """Two schemas: unrelated ones, and ones that share most of what they say."""
    members = st.dictionaries(st.sampled_from(NAMES), SCHEMAS, min_size=2)
    near = st.tuples(members, st.sampled_from(NAMES), SCHEMAS).map(
        lambda found: (
            _closed({"properties": found[0], "required": NAMES[:1]}),
            _closed({"properties": {**found[0], found[1]: found[2]}}),
        )
    )
    return st.one_of(st.tuples(SCHEMAS, SCHEMAS), near)


@THOROUGH
@given(edited_pairs(), st.lists(VALUES, min_size=20, max_size=20))
def test_a_request_that_is_refused_now_is_a_breaking_change(
    pair: tuple[Any, Any], values: list[Any]
) -> None:
    old, new = (jsonschema_rs.validator_for(_dialect(schema)) for schema in pair)
    lost = [value for value in values if old.is_valid(value) > new.is_valid(value)]
    assume(lost)

    assert breaking(diff(request(pair[0]), request(pair[1]))), (pair, lost[0])


@THOROUGH
@given(edited_pairs(), st.lists(VALUES, min_size=20, max_size=20))
def test_an_answer_that_could_not_be_before_is_a_breaking_change(
    pair: tuple[Any, Any], values: list[Any]
) -> None:
    old, new = (jsonschema_rs.validator_for(_dialect(schema)) for schema in pair)
    won = [value for value in values if new.is_valid(value) > old.is_valid(value)]
    assume(won)

    assert breaking(diff(answer(pair[0]), answer(pair[1]))), (pair, won[0])


def _dialect(schema: Any) -> Any:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [schema],
    }


@THOROUGH
@given(SCHEMAS)
def test_a_schema_is_the_same_as_itself(schema: Any) -> None:
    assert diff(request(schema), request(copy.deepcopy(schema))) == []


@THOROUGH
@given(SCHEMAS)
def test_a_schema_is_the_same_behind_a_reference(schema: Any) -> None:
    components = {"schemas": {"There": schema}}
    moved = _with(_body({"$ref": "#/components/schemas/There"}), components)

    assert diff(request(schema), moved) == []
    assert diff(moved, request(schema)) == []


@THOROUGH
@given(SCHEMAS)
def test_a_schema_in_another_order_is_the_same(schema: Any) -> None:
    assert diff(request(schema), request(_turned(schema))) == []


@THOROUGH
@given(SCHEMAS)
def test_a_schema_wrapped_in_one_branch_is_the_same(schema: Any) -> None:
    for keyword in ("allOf", "anyOf", "oneOf"):
        assert diff(request(schema), request({keyword: [schema]})) == []


@THOROUGH
@given(SCHEMAS, SCHEMAS)
def test_what_a_request_gains_an_answer_loses(old: Any, new: Any) -> None:
    """All but a member that is gone: who reads it misses it, closed object or not."""
    there = diff(request(old), request(new))
    back = diff(answer(new), answer(old))
    assume(not any("property-removed" in one.kind for one in (*there, *back)))

    assert breaking(there) == breaking(back)


def _turned(value: Any) -> Any:
    """The same with members, branches, enumerated and required names turned round."""
    if not isinstance(value, dict):
        return value
    found = {key: _turned(one) for key, one in reversed(value.items())}
    for key in ("anyOf", "oneOf", "allOf", "enum", "required"):
        if key in found:
            found[key] = [_turned(one) for one in reversed(found[key])]
    return found


def test_whole_documents_turned_round_are_the_same() -> None:
    for document in DOCUMENTS.values():
        assert diff(Document(document), Document(_reversed(document))) == []


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        found = {key: _reversed(one) for key, one in reversed(value.items())}
        # Which version of a stream stands first is its meaning for unknown ones.
        if "versions" in value:
            found["versions"] = value["versions"]
        return found
    return [_reversed(one) for one in value] if isinstance(value, list) else value
