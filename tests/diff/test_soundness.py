"""The rules hold for random schemas, checked against jsonschema-rs."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from labelled import DOCUMENTS

from text_completions_diff import Change, Severity, diff
from text_completions_document import Document

NAMES = ["a", "b", "c"]
THOROUGH = settings(
    max_examples=60,
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


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    members = st.dictionaries(st.sampled_from(NAMES), inner, min_size=1)
    required = st.lists(st.sampled_from(NAMES), unique=True)
    parts = {"properties": members, "required": required}
    return st.fixed_dictionaries(parts).map(_closed)


def _unions(branches: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keywords = st.sampled_from(["anyOf", "oneOf"])
    lists = st.lists(branches, min_size=1, max_size=3)
    return st.tuples(keywords, lists).map(lambda found: {found[0]: found[1]})


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    names = st.lists(st.sampled_from(NAMES), unique=True)
    return st.one_of(
        _objects(inner),
        _unions(_objects(SCALARS)),
        _typed("object", propertyNames=names.map(lambda found: {"enum": found})),
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
PLAIN = [None, True, -5, -2, 0, 1, 2, 3, 4, 0.5, "", "a", "x", "y", "xa", "aaaa"]
FLAT = [*PLAIN, {}, [], {"a": 1}, {"a": "x", "b": None}, ["x"], [1, "a"]]
VALUES = [
    *FLAT,
    *([one] for one in FLAT),
    *([one, other] for one in PLAIN[:6] for other in ("x", 1, None)),
    *({name: one} for name in NAMES for one in FLAT),
    *({"a": one, "b": other} for one in PLAIN for other in PLAIN[3:14:3]),
    *({"a": one, "b": "x", "c": other} for one in PLAIN[::3] for other in PLAIN[::4]),
]


def request(schema: Any) -> Document:
    return _with(_body(schema))


def response(schema: Any) -> Document:
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
@given(edited_pairs())
def test_a_request_that_is_refused_now_is_a_breaking_change(
    pair: tuple[Any, Any],
) -> None:
    old, new = (jsonschema_rs.validator_for(_dialect(schema)) for schema in pair)
    lost = [value for value in VALUES if old.is_valid(value) > new.is_valid(value)]
    assume(lost)

    assert breaking(diff(request(pair[0]), request(pair[1]))), (pair, lost[0])


def test_two_unions_that_become_one_type_allow_less() -> None:
    texts_or_numbers = [{"anyOf": [{"type": "string"}, {"enum": ["x", 1]}]}] * 2
    old, new = {"allOf": texts_or_numbers}, {"type": "string"}
    assert breaking(diff(request(old), request(new)))
    assert breaking(diff(response(new), response(old)))


@THOROUGH
@given(edited_pairs())
def test_a_response_that_could_not_be_before_is_a_breaking_change(
    pair: tuple[Any, Any],
) -> None:
    old, new = (jsonschema_rs.validator_for(_dialect(schema)) for schema in pair)
    won = [value for value in VALUES if new.is_valid(value) > old.is_valid(value)]
    assume(won)

    assert breaking(diff(response(pair[0]), response(pair[1]))), (pair, won[0])


def _dialect(schema: Any) -> Any:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [schema],
    }


def test_a_required_member_of_a_closed_response_is_new_to_its_readers() -> None:
    old = _closed({"properties": {"a": True}})
    new = _closed({"properties": {"a": True, "b": True}, "required": ["b"]})
    assert breaking(diff(response(old), response(new)))
    assert breaking(diff(request(old), request(new)))


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
def test_what_a_request_gains_a_response_loses(old: Any, new: Any) -> None:
    """All but a member that is gone: who reads it misses it, closed object or not."""
    there = diff(request(old), request(new))
    back = diff(response(new), response(old))
    assume(not any("property-removed" in one.kind for one in (*there, *back)))

    assert breaking(there) == breaking(back)


def stream(media: Any, version: str = "3.1.0") -> Document:
    content = {"text/event-stream": media}
    responses = {"200": {"description": "", "content": content}}
    paths = {"/": {"post": {"responses": responses}}}
    return Document({"openapi": version, "paths": paths}, newest="3.2")


def spellings_of_a_stream(item: Any) -> list[Document]:
    """The same stream in OpenAPI 3.1, and in 3.2 as items and as a list."""
    return [
        stream({"schema": item}),
        stream({"schema": item, "x-oai-itemSchema": item}),
        stream({"itemSchema": item}, "3.2.0"),
        stream({"schema": {"type": "array", "items": item}}, "3.2.0"),
    ]


def event_of(data: Any) -> Any:
    return {
        "type": "object",
        "required": ["event", "data"],
        "properties": {
            "event": {"const": "a"},
            "data": {
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": data,
            },
        },
    }


@settings(THOROUGH, max_examples=15)
@given(edited_pairs())
def test_a_stream_means_the_same_in_openapi_3_1_and_3_2(pair: tuple[Any, Any]) -> None:
    before, after = (spellings_of_a_stream(event_of(one)) for one in pair)
    expected = kinds(before[0], after[0])
    for old in before:
        assert kinds(old, before[0]) == []
        for new in after:
            assert kinds(old, new) == expected


def kinds(old: Document, new: Document) -> list[tuple[str, str]]:
    """What a comparison finds, but for the version that the documents name."""
    changes = diff(old, new)
    return sorted(
        (one.kind, one.severity) for one in changes if one.pointer != "#/openapi"
    )


def _turned(value: Any) -> Any:
    """The same with members, branches, enumerated and required names turned round."""
    if not isinstance(value, dict):
        return value
    found = {key: _turned(one) for key, one in reversed(value.items())}
    for key in ("anyOf", "oneOf", "allOf", "enum", "required"):
        if key in found:
            found[key] = [_turned(one) for one in reversed(found[key])]
    return found


def test_whole_documents_in_another_order_are_the_same() -> None:
    for root in DOCUMENTS.values():
        document = Document(root, newest="3.2")
        assert diff(document, Document(_reversed(root), newest="3.2")) == []


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        found = {key: _reversed(one) for key, one in reversed(value.items())}
        # Which version of a stream stands first is its meaning for unknown ones.
        if "versions" in value:
            found["versions"] = value["versions"]
        return found
    return [_reversed(one) for one in value] if isinstance(value, list) else value


KINDS_OF_OBJECT = [
    {"type": "object", "required": ["t"], "properties": {"t": {"const": "a"}}},
    {"type": "object", "required": ["u"], "properties": {"u": {"type": "integer"}}},
]
SAME: dict[str, tuple[Any, Any]] = {
    "integers": ({"type": "integer"}, {"type": "number", "multipleOf": 1}),
    "int32": (
        {"type": "integer", "minimum": 0, "maximum": 9},
        {"type": "integer", "minimum": 0, "maximum": 9, "format": "int32"},
    ),
    "int32 of an enumeration": ({"enum": [1, 2]}, {"enum": [2, 1], "format": "int32"}),
    "no items": ({"type": "array", "items": False}, {"type": "array", "maxItems": 0}),
    "a count of members": (
        {"type": "object", "required": ["a"], "minProperties": 1},
        {"type": "object", "required": ["a"]},
    ),
    "names": (
        {"type": "object", "propertyNames": {"enum": ["b", "a"]}},
        {
            "type": "object",
            "properties": {"a": True, "b": True},
            "additionalProperties": False,
        },
    ),
    "names of a constant": (
        {"propertyNames": {"const": "a"}},
        {"propertyNames": {"enum": ["a"]}},
    ),
    "dependencies": (
        {"dependentRequired": {"a": ["b", "c"]}},
        {"dependentRequired": {"a": ["c", "b"]}},
    ),
    "other types": (
        {"not": {"type": ["null", "string"]}},
        {"type": ["number", "boolean", "array", "object"]},
    ),
    "a default in a branch": (
        {"anyOf": [{"type": "string", "default": "a"}, {"type": "null"}]},
        {"type": ["string", "null"], "default": "a"},
    ),
    "a keyword for lists on a text": (
        {"type": "string", "contains": {"type": "integer"}, "required": ["a"]},
        {"type": "string", "dependentRequired": {"a": ["b"]}},
    ),
    "names that are any text": (
        {"type": "object", "propertyNames": {"type": "string", "title": "Key"}},
        {"type": "object"},
    ),
    "two unions at once, in either order": (
        {
            "allOf": [
                {"anyOf": [{"type": "string"}, {"enum": ["x", "y"]}]},
                {"anyOf": [{"type": "string"}, {"enum": ["x", "y", 1]}]},
            ]
        },
        {
            "allOf": [
                {"anyOf": [{"enum": [1, "y", "x"]}, {"type": "string"}]},
                {"anyOf": [{"enum": ["y", "x"]}, {"type": "string"}]},
            ]
        },
    ),
    "listed values and all values of a type, in either order": (
        {"anyOf": [{"enum": ["x"]}, {"enum": ["x", "y", None]}]},
        {"anyOf": [{"enum": ["x", "y", None]}, {"enum": ["x"]}]},
    ),
    "one whole number": ({"type": "integer", "minimum": 1, "maximum": 1}, {"const": 1}),
    "a range of whole numbers": (
        {"type": "integer", "exclusiveMinimum": 0, "maximum": 3},
        {"enum": [3, 2, 1]},
    ),
    "multiples in a range": (
        {"type": "number", "minimum": 0.5, "maximum": 5, "multipleOf": 2},
        {"enum": [2, 4]},
    ),
    "the empty text": ({"type": "string", "maxLength": 0}, {"const": ""}),
    "a pattern of every text": ({"type": "string", "pattern": "^"}, {"type": "string"}),
    "a pattern of every name": (
        {"patternProperties": {"^.*$": {"type": "string"}}},
        {"additionalProperties": {"type": "string"}},
    ),
    "a pattern of every name, which leaves no other": (
        {"patternProperties": {".*": True}, "additionalProperties": False},
        {},
    ),
    "bytes in base64": (
        {"type": "string", "format": "byte"},
        {"type": "string", "contentEncoding": "base64"},
    ),
    "raw bytes": (
        {"type": "string", "format": "binary"},
        {"type": "string", "contentMediaType": "application/octet-stream"},
    ),
    "a union that may be null": (
        {"anyOf": [{"oneOf": KINDS_OF_OBJECT}, {"type": "null"}]},
        {"oneOf": [*KINDS_OF_OBJECT, {"type": "null"}]},
    ),
    "a union in a union": (
        {"oneOf": [{"anyOf": KINDS_OF_OBJECT}, {"type": "null"}]},
        {"anyOf": [{"type": "null"}, *KINDS_OF_OBJECT]},
    ),
    "null said twice": (
        {"anyOf": [{"anyOf": [{"type": "integer"}, {"type": "null"}]}]},
        {"anyOf": [{"type": ["integer", "null"]}, {"type": "null"}]},
    ),
    "a branch that allows nothing": (
        {"anyOf": [{"type": "string", "minLength": 1}, {"type": "null"}, False]},
        {"oneOf": [{"type": ["string", "null"], "minLength": 1}]},
    ),
}


@pytest.mark.parametrize("pair", SAME.values(), ids=SAME)
def test_a_set_of_values_written_differently_is_the_same(
    pair: tuple[Any, Any],
) -> None:
    for place in (request, response):
        for old, new in (pair, pair[::-1]):
            wrapped = [{"type": "array", "items": one} for one in (old, new)]
            assert diff(place(old), place(new)) == []
            assert diff(place(wrapped[0]), place(wrapped[1])) == []


def test_a_union_with_a_discriminator_that_may_be_null_now_only_gains_null() -> None:
    union = {"oneOf": KINDS_OF_OBJECT, "discriminator": {"propertyName": "t"}}
    for keyword in ("anyOf", "oneOf"):
        new = {keyword: [union, {"type": "null"}]}
        assert _kinds(diff(request(union), request(new))) == ["null-allowed"]
        assert _kinds(diff(response(new), response(union))) == ["null-refused"]


def test_bytes_need_no_schema() -> None:
    """OpenAPI 3.1 says so, and converters leave the schema of 3.0 out."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    for media_type, is_same in (("image/png", True), ("application/json", False)):
        old, new = (
            _with({"responses": {"200": {"content": {media_type: media}}}})
            for media in (binary, {})
        )
        assert (diff(old, new) == diff(new, old) == []) is is_same


def test_the_message_says_that_the_whole_api_requires_credentials() -> None:
    scheme = {"type": "http", "scheme": "bearer"}
    root = {**_with({"responses": {}}, {"securitySchemes": {"key": scheme}}).root}
    change = diff(Document(root), Document({**root, "security": [{"key": []}]}))[0]
    assert change.message.startswith("a call of the API with the credentials of before")


def test_a_null_that_another_branch_allows_comes_and_goes_unnoticed() -> None:
    objects = {"type": ["object", "null"], "required": ["a"]}
    other = {"type": ["object", "null"], "required": ["b"]}
    union = {"anyOf": [objects, other]}
    with_null = {"anyOf": [objects, other, {"type": "null"}]}
    for place in (request, response):
        for old, new in ((union, with_null), (with_null, union)):
            assert not breaking(diff(place(old), place(new)))


def test_branches_whose_members_are_unions_are_compared_to_an_end() -> None:
    """Whether one branch allows what another allows is asked of them as well."""
    member = {"properties": {"a": {"anyOf": KINDS_OF_OBJECT}}}
    union = {"anyOf": [member, {**member, "required": ["a"]}]}
    titled = {"title": "A union", **union}
    assert _kinds(diff(request(union), request(titled))) == ["prose-changed"]


def test_unions_that_share_branches_do_not_double_them_at_every_level() -> None:
    levels, names = 60, ("a", "b")
    schemas: dict[str, Any] = {
        f"{name}{level}": {
            "anyOf": [
                {"$ref": f"#/components/schemas/{one}{level + 1}"} for one in names
            ]
        }
        for level in range(levels)
        for name in names
    }
    for name in names:
        schemas[f"{name}{levels}"] = {"type": "object", "required": [name]}
    first = _body({"$ref": "#/components/schemas/a0"})
    old = _with(first, {"schemas": schemas})
    new = _with(first, {"schemas": {**schemas, f"b{levels}": {"type": "object"}}})
    assert _kinds(diff(old, new)) == ["property-optional"]


def test_branches_that_nest_hundreds_of_levels_are_compared() -> None:
    levels = 400
    schemas: dict[str, Any] = {f"a{levels}": {}, f"b{levels}": {}}
    for level in range(levels):
        for name, required in (("a", ["x"]), ("b", [])):
            inner = {"$ref": f"#/components/schemas/{name}{level + 1}"}
            schemas[f"{name}{level}"] = {
                "properties": {"x": inner},
                "required": required,
            }
    branches = [{"$ref": f"#/components/schemas/{name}0"} for name in ("a", "b")]
    old, new = (
        _with(_body({"anyOf": branches, **title}), {"schemas": schemas})
        for title in ({}, {"title": "A union"})
    )
    assert _kinds(diff(old, new)) == ["prose-changed"]


def test_the_message_says_that_a_discriminator_was_removed() -> None:
    plain = {"oneOf": KINDS_OF_OBJECT}
    old = {**plain, "discriminator": {"propertyName": "t"}}
    message = diff(request(old), request(plain))[0].message
    assert message.endswith("is distinguished by no member now")


@pytest.mark.parametrize(
    ("values", "named"),
    [("b", '"b"'), ("bc", '"b" or "c"'), ("bcd", '"b", "c" or "d"')],
)
def test_a_message_names_the_values_as_a_sentence_does(values: str, named: str) -> None:
    old, new = {"enum": [*"ax", *values]}, {"enum": [*"ax"]}
    (change,) = diff(request(old), request(new))
    assert f" is {named} is refused now" in change.message


def test_a_longer_range_of_whole_numbers_is_not_listed_one_by_one() -> None:
    short, long = (
        {"type": "integer", "minimum": 1, "maximum": most} for most in (2, 10**18)
    )
    assert _kinds(diff(request(short), request(long))) == ["bound-loosened"]
    assert _kinds(diff(request({"const": 1}), request(short))) == ["enum-value-added"]
    assert _kinds(diff(request({"const": 1}), request(long))) == ["enum-removed"]


def _kinds(changes: list[Change]) -> list[str]:
    return [one.kind for one in changes]


@THOROUGH
@given(_objects(SCALARS), st.sampled_from(NAMES), SCALARS)
def test_a_branch_within_another_comes_and_goes_unnoticed(
    whole: Any, name: str, scalar: Any
) -> None:
    """The part allows less than the whole, which allows the same alone."""
    members = {**whole["properties"]}
    if name in members:
        members[name] = {"allOf": [members[name], scalar]}
    part = {**whole, "properties": members}
    both = {"anyOf": [part, whole]}
    for old, new in ((whole, both), (both, whole)):
        for place in (request, response):
            assert not breaking(diff(place(old), place(new)))


@THOROUGH
@given(SCALARS, SCALARS)
def test_a_member_is_not_compared_on_the_side_that_never_sees_it(
    old: Any, new: Any
) -> None:
    for keyword, place in (("readOnly", request), ("writeOnly", response)):
        members = ({"a": {"allOf": [one], keyword: True}} for one in (old, new))
        schemas = [{"type": "object", "properties": one} for one in members]
        assert diff(*map(place, schemas)) == []
