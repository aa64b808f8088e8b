"""Nothing is dropped silently: every keyword counts, is explained, or is refused.

An edit that adds a keyword of OpenAPI 3.1 or of JSON Schema 2020-12 to a place where
it may stand either changes what is emitted, or is refused by its name; the few that
mean nothing to a client are listed in docs/extensions.md.
"""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from emitting import CONTRACT, ROOT, Bench, at, contents, plain

import text_completions_runtime
from document.supported import ANNOTATIONS, SUPPORTED
from text_completions_document import DocumentError

SCHEMAS: dict[str, Any] = {
    "$ref": "#/components/schemas/Usage", "$id": "https://a.example", "$anchor": "a",
    "$schema": "https://json-schema.org/draft/2020-12/schema", "$vocabulary": {},
    "$dynamicRef": "#a", "$dynamicAnchor": "a", "$defs": {"A": {}}, "$comment": "Why.",
    "allOf": [{"minLength": 2}], "anyOf": [{"minLength": 2}],
    "oneOf": [{"minLength": 2}],
    "not": {"const": "odd"}, "if": {"minLength": 2}, "then": {"minLength": 2},
    "else": {"minLength": 2}, "dependentSchemas": {"a": {}}, "prefixItems": [{}],
    "items": {"type": "string"}, "contains": {}, "properties": {"odd": {}},
    "patternProperties": {"^a": {}}, "additionalProperties": False,
    "propertyNames": {}, "unevaluatedItems": False, "unevaluatedProperties": False,
    "type": "integer", "enum": ["a", "b"], "const": "a", "multipleOf": 2, "maximum": 9,
    "exclusiveMaximum": 9, "minimum": 1, "exclusiveMinimum": 1, "maxLength": 9,
    "minLength": 1, "pattern": "^a", "maxItems": 9, "minItems": 1, "uniqueItems": True,
    "maxContains": 1, "minContains": 1, "maxProperties": 9, "minProperties": 1,
    "required": ["odd"], "dependentRequired": {"a": ["b"]}, "title": "Odd.",
    "description": "An odd text.", "default": "a", "deprecated": True, "readOnly": True,
    "writeOnly": True, "examples": ["a"], "format": "date-time",
    "contentEncoding": "base64", "contentMediaType": "text/plain", "contentSchema": {},
    "discriminator": {"propertyName": "a"}, "xml": {}, "example": "a",
    "externalDocs": {"url": "https://example.com"},
}  # fmt: skip
OTHERS: dict[str, dict[str, Any]] = {
    "document": {
        "jsonSchemaDialect": "https://a.example", "webhooks": {},
        "tags": [{"name": "a"}],
        "externalDocs": {"url": "https://example.com"}, "self": "a",
    },
    "info": {
        "summary": "Odd.", "termsOfService": "https://example.com", "title": "Odd",
        "description": "An odd text.", "contact": {"name": "Odd"}, "version": "9",
        "license": {"name": "Odd"},
    },
    "server": {"url": "https://example.com", "description": "Odd.", "variables": {}},
    "path": {
        "$ref": "#/paths/a", "summary": "Odd.", "description": "An odd text.",
        "servers": [], "parameters": [{"name": "o", "in": "query", "schema": {}}],
    },
    "operation": {
        "tags": ["other"], "summary": "Odd.", "description": "An odd text.",
        "externalDocs": {"url": "https://example.com"}, "operationId": "odd",
        "parameters": [{"name": "o", "in": "query", "schema": {"type": "string"}}],
        "requestBody": {"content": {"application/json": {"schema": {}}}},
        "callbacks": {}, "deprecated": True, "security": [], "servers": [],
    },
    "parameter": {
        "description": "An odd text.", "required": True, "deprecated": True,
        "allowEmptyValue": True, "style": "spaceDelimited", "explode": False,
        "allowReserved": True, "example": ["a"], "examples": {}, "content": {},
        "name": "other",
    },
    "request body": {"description": "Odd.", "required": False},
    "media type": {"example": {}, "examples": {}, "encoding": {}},
    "response": {
        "description": "Odd.", "headers": {"x-a": {"schema": {}}}, "links": {},
        "content": {"text/plain": {"schema": {"type": "string"}}},
    },
    "header": {
        "description": "Odd.", "required": True, "deprecated": True, "style": "simple",
        "explode": True, "allowReserved": True, "example": "a", "examples": {},
        "content": {}, "schema": {"type": "integer"},
    },
    "tag": {"description": "Odd.", "externalDocs": {"url": "https://example.com"}},
    "security scheme": {
        "description": "Odd.", "bearerFormat": "a", "flows": {}, "scheme": "basic",
        "openIdConnectUrl": "https://example.com", "in": "query", "name": "x-odd",
    },
}  # fmt: skip
SCHEMA = {
    "parameter": {
        "name": "o",
        "in": "query",
        "schema": {"type": "array", "items": {"type": "string"}},
    },
    "header": {"description": "A header.", "schema": {"type": "string"}},
}


def added() -> dict[str, Any]:
    """An operation with a part of every kind, to be edited."""
    return {
        "operationId": "odd_make",
        "tags": ["odd"],
        "parameters": [SCHEMA["parameter"]],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": f"{HERE}/OddIn"}}},
        },
        "responses": {
            "200": {
                "description": "Made.",
                "headers": {"x-odd": SCHEMA["header"]},
                "content": {"application/json": {"schema": {"$ref": f"{HERE}/OddOut"}}},
            }
        },
    }


HERE = "#/components/schemas"
OPERATION = ("paths", "/odd", "post")
PLACES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "a member that is sent": (
        "schema",
        ("components", "schemas", "OddIn", "properties", "a"),
    ),
    "an object that is sent": ("schema", ("components", "schemas", "OddIn")),
    "a member of an answer": (
        "schema",
        ("components", "schemas", "OddOut", "properties", "a"),
    ),
    "the schema of a parameter": (
        "schema",
        (*OPERATION, "parameters", 0, "schema", "items"),
    ),
    "the document": ("document", ()),
    "the info": ("info", ("info",)),
    "a server": ("server", ("servers", 0)),
    "a path": ("path", ("paths", "/odd")),
    "an operation": ("operation", OPERATION),
    "a parameter": ("parameter", (*OPERATION, "parameters", 0)),
    "a body": ("request body", (*OPERATION, "requestBody")),
    "a media type": (
        "media type",
        (*OPERATION, "requestBody", "content", "application/json"),
    ),
    "an answer": ("response", (*OPERATION, "responses", "200")),
    "a header of an answer": (
        "header",
        (*OPERATION, "responses", "200", "headers", "x-odd"),
    ),
    "a tag": ("tag", ("tags", 0)),
    "a security scheme": (
        "security scheme",
        ("components", "securitySchemes", "ApiKey"),
    ),
}
KEYWORDS = {"schema": SCHEMAS, **OTHERS}
CASES = [
    (place, keyword)
    for place, (kind, _) in PLACES.items()
    for keyword in KEYWORDS[kind]
]


def base() -> dict[str, Any]:
    member = {"description": "A text.", "type": "string"}
    schemas = {
        name: {"type": "object", "properties": {"a": dict(member), "b": dict(member)}}
        for name in ("OddIn", "OddOut")
    }
    data = plain(CONTRACT)  # small, for there are hundreds of cases
    data["components"] = {
        "schemas": schemas,
        "securitySchemes": data["components"]["securitySchemes"],
    }
    del data["x-contract-eras"]
    made = {"paths": {"/odd": {"post": added()}}, "tags": [{"name": "odd"}]}
    return copy.deepcopy(data | made)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    bench = Bench(tmp_path_factory.mktemp("base"))
    return emitted(bench, base())


def emitted(bench: Bench, data: Any) -> dict[str, bytes]:
    files = contents(bench.emit(data, ruff=False))
    del files["openapi.yaml"]  # the document itself
    return files


def without_meaning() -> set[tuple[str, str]]:
    """Read from the page which keywords change nothing, and where."""
    page = (ROOT / "docs" / "extensions.md").read_text("utf-8")
    table = page.partition("## Keywords without meaning for a client")[2]
    rows = re.findall(r"^\| ([\w ]+) \| (`.*`) \|", table, re.MULTILINE)
    return {
        (kind, keyword)
        for kind, listed in rows
        for keyword in re.findall(r"`(.*?)`", listed)
    }


MEANINGLESS = without_meaning()


@pytest.mark.parametrize(("place", "keyword"), CASES, ids=str)
def test_a_keyword_counts_is_explained_or_is_refused(
    bench: Bench, before: dict[str, bytes], place: str, keyword: str
) -> None:
    message, changed = outcome(bench, before, place, keyword)
    if message:
        is_other = "$ref" in keyword or "only a plain value" in message
        assert is_other or keyword in message
    elif not changed:
        assert (PLACES[place][0], keyword) in MEANINGLESS


def outcome(
    bench: Bench, before: dict[str, bytes], place: str, keyword: str
) -> tuple[str, bool]:
    """Return with what words an edit is refused, or whether it changes the output."""
    kind, path = PLACES[place]
    data = base()
    part, value = at(data, path), KEYWORDS[kind][keyword]
    part[keyword] = part[keyword] + value if keyword == "tags" and not path else value
    try:
        return "", emitted(bench, data) != before
    except DocumentError as error:
        return str(error), False


def test_the_runtime_checks_every_keyword_that_is_supported() -> None:
    schema = SUPPORTED["$defs"]["schema"]["properties"]
    keywords = {key for key, one in schema.items() if one is True or "not" not in one}
    extensions = {key for key in keywords if key.startswith("x-")}
    assert keywords - extensions - ANNOTATIONS <= text_completions_runtime.KEYWORDS


def test_every_keyword_that_is_explained_is_tried() -> None:
    tried = {(PLACES[place][0], keyword) for place, keyword in CASES}
    assert tried >= MEANINGLESS
    assert len(CASES) > 250
    assert MEANINGLESS
