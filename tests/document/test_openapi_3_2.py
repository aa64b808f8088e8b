"""The contract is also written as OpenAPI 3.2, and means the same there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV32SpecValidator

from text_completions_diff import Severity, diff
from text_completions_document import (
    Document,
    DocumentError,
    as_openapi_3_2,
    parse_yaml,
    read_document,
)

ROOT = Path(__file__).parents[2]
CONTRACT = read_document(ROOT / "openapi.yaml")
ITEM = {"type": "object", "required": ["data"], "properties": {"data": True}}


def derived(document: Document) -> Document:
    return Document(parse_yaml(as_openapi_3_2(document.root)), newest="3.2")


def response_of(media_type: str, media: Any) -> Document:
    content = {media_type: media}
    responses = {"200": {"description": "", "content": content}}
    paths = {"/a": {"get": {"responses": responses}}}
    return Document({"openapi": "3.1.0", "info": {}, "paths": paths})


def media_of(document: Document) -> Any:
    content = document.at("#/paths/~1a/get/responses/200/content")
    (media,) = content.values()
    return media


def test_the_emitted_document_is_valid_openapi_3_2() -> None:
    path = ROOT / "generated" / "text_completions" / "openapi-3.2.yaml"
    document = read_document(path, newest="3.2")
    OpenAPIV32SpecValidator(dict(document.root)).validate()
    for name in ("complete", "messages"):
        stream = document.at(
            f"#/paths/~1v1~1{name}/post/responses/200/content/text~1event-stream"
        )
        assert "$ref" in stream["itemSchema"]
        assert not {"schema", "x-oai-itemSchema"} & stream.keys()
        (example,) = stream["examples"].values()
        (event,) = example["dataValue"]
        item = {**stream["itemSchema"], "components": document.root["components"]}
        assert jsonschema_rs.validator_for(item).is_valid(event)
        assert not jsonschema_rs.validator_for(item).is_valid({"event": 1})


def test_both_documents_mean_the_same_to_callers() -> None:
    for old, new in ((CONTRACT, derived(CONTRACT)), (derived(CONTRACT), CONTRACT)):
        changes = diff(old, new)
        assert {one.severity for one in changes} == {Severity.DOCUMENTATION}
        assert {one.pointer.rpartition("/")[2] for one in changes} == {
            "openapi",
            "examples",
        }


def test_an_era_of_the_derived_document_is_the_derived_era() -> None:
    both = {"schema": ITEM, "x-oai-itemSchema": ITEM}
    document = response_of("text/event-stream", both)
    fewer = {"required": None}
    stream = {"schema": fewer, "x-oai-itemSchema": fewer}
    patch = {
        "paths": response_of("text/event-stream", stream).root["paths"],
        "info": {"title": "then"},
    }
    eras = {"x-contract-eras": {"2023": {"patch": patch}}}
    with_patched_stream = Document({**document.root, **eras})
    for one in (with_patched_stream, CONTRACT):
        derived_era = derived(one).snapshot("2023").root
        era_derived = derived(one.snapshot("2023")).root
        assert derived_era.keys() == era_derived.keys()
        for key in derived_era.keys() - eras.keys():
            assert derived_era[key] == era_derived[key]
    media = media_of(derived(with_patched_stream).snapshot("2023"))
    assert media == {"itemSchema": {"type": "object", "properties": {"data": True}}}


@pytest.mark.parametrize(
    ("media_type", "media", "expected"),
    [
        ("text/event-stream", {"schema": ITEM}, {"itemSchema": ITEM}),
        (
            "Text/Event-Stream; charset=utf-8",
            {"schema": True, "x-oai-itemSchema": ITEM, "x-a": 1},
            {"itemSchema": ITEM, "x-a": 1},
        ),
        (
            "application/jsonl",
            {"schema": True, "x-oai-itemSchema": ITEM},
            {"schema": True, "itemSchema": ITEM},
        ),
        (
            "text/event-stream",
            {"example": {"data": "a"}},
            {"example": [{"data": "a"}]},
        ),
        (
            "text/event-stream",
            {"examples": {"a": {"externalValue": "b"}, "c": {"value": 1}}},
            {"examples": {"a": {"externalValue": "b"}, "c": {"dataValue": [1]}}},
        ),
        ("application/json", {"schema": ITEM}, {"schema": ITEM}),
    ],
)
def test_the_schema_of_one_event_becomes_the_item_schema(
    media_type: str, media: Any, expected: Any
) -> None:
    document = response_of(media_type, media)
    assert media_of(derived(document)) == expected
    assert media_of(document) == media  # the document itself is left as it was


def test_a_property_or_an_example_that_looks_like_a_stream_stays_as_it_is() -> None:
    stream = {"text/event-stream": {"schema": True, "example": {}}}
    schema = {"properties": {"content": stream}, "example": {"content": stream}}
    document = response_of("application/json", {"schema": schema})
    assert media_of(derived(document)) == {"schema": schema}


TEXTS = st.one_of(
    st.text(),
    st.sampled_from(["0o17", "1e5", ".5", "1.", "+1", "007", "yes", "~", "2023-06-01"]),
    st.sampled_from(
        ["a: b", "# a", "- a", " a", "a\n", "\n\n", "a\u2028b", "\x85", "🙂"]
    ),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), TEXTS)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(VALUES)
def test_every_value_of_a_document_is_read_back_from_the_derived_text(
    value: Any,
) -> None:
    document = Document({"openapi": "3.1.0", "paths": {}, "x-value": [value, value]})
    assert derived(document).root == {
        "openapi": "3.2.0",
        "paths": {},
        "x-value": [value, value],
    }


def test_a_reference_may_have_the_uri_of_the_document() -> None:
    root: dict[str, Any] = {
        "openapi": "3.2.0",
        "$self": "https://example.com/api/openapi",
        "components": {"schemas": {"A": {"$ref": "openapi#/components/schemas/B"}}},
    }
    schemas = root["components"]["schemas"]
    schemas["B"] = {"$ref": "https://example.com/api/openapi#/components/schemas/C"}
    schemas["C"] = {"type": "null"}
    at = "#/components/schemas/A"
    document = Document(root, newest="3.2")
    assert document.follow(at, schemas["A"])[0] == "#/components/schemas/C"
    for other in ("other#/components/schemas/C", "https://example.com/openapi#/a"):
        schemas["B"] = {"$ref": other}
        with pytest.raises(DocumentError, match="is outside of the document"):
            Document(root, newest="3.2")
    schemas["B"] = {"$ref": "https://example.com/api/openapi#/components/schemas/C"}
    Document(root, newest="3.2")
    with pytest.raises(DocumentError, match="is outside of the document"):
        Document({**root, "openapi": "3.1.0"})


def test_openapi_3_2_is_refused_by_a_reader_of_3_1() -> None:
    root = derived(CONTRACT).root
    with pytest.raises(DocumentError, match=r"only OpenAPI 3\.1 can be read: say 3"):
        Document(root)
    newer = {**root, "openapi": "3.3.0"}
    with pytest.raises(DocumentError, match=r"only OpenAPI 3\.1 and 3\.2 can be read"):
        Document(newer, newest="3.2")
    near = {**root, "openapi": "3.20.0"}
    with pytest.raises(DocumentError, match=r"'3\.20\.0'"):
        Document(near, newest="3.2")
