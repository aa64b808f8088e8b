"""What a document may hold, part by part: all that the generator reads, and no more.

A key that is missing here is refused, so nothing is dropped silently. Where OpenAPI
knows a key and the client cannot honour it, `refused` says why.
"""

from __future__ import annotations

from document.extensions import EXTENSION_PARTS
from document.kinds import (
    ANY,
    COMPONENT,
    COUNT,
    FLAG,
    NUMBER,
    OPTION,
    PATH,
    PATTERN,
    RESPONSE,
    SCALAR,
    STEP,
    TEXT,
    TOKEN,
    Each,
    Kind,
    Leaf,
    Many,
    Part,
)
from text_completions_runtime import ANNOTATIONS, KEYWORDS

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
TYPES = ("string", "number", "integer", "boolean", "null", "array", "object")

_ONE_SERVER = "a client has one base URL: say it in the servers of the document"
_NO_CALLS_BACK = "a client cannot be called: describe its own calls"
_NO_LINKS = "the client cannot offer links"
_NO_CONTENT = "the client sends parameters by their schema alone: use schema"
_ONE_SHAPE = "the client has one shape for both ways: write two schemas"

_TYPE = Leaf(
    f"one of {', '.join(TYPES)}, or a list of them",
    lambda value: (
        bool(value)
        and all(name in TYPES for name in (value if _is_list(value) else [value]))
    ),
)
_TEXTS = Many(TEXT)


def _is_list(value: object) -> bool:
    return isinstance(value, list)


_DOCUMENTED: dict[str, Kind] = {"summary": TEXT, "description": TEXT}
_EXAMPLES: dict[str, Kind] = {"example": ANY, "examples": Each("example")}

PARTS: dict[str, Part] = {
    "document": Part(
        {
            "openapi": TEXT,
            "info": "info",
            "servers": Many("server", least=1),
            "security": Many(Each(_TEXTS)),
            "tags": Many("tag"),
            "externalDocs": "external documentation",
            "paths": Each("path", PATH),
            "components": "components",
            "x-contract-client": "x-contract-client",
            "x-contract-eras": Each("x-contract-eras"),
        },
        required=("openapi", "info", "servers", "paths", "x-contract-client"),
        refused={
            "webhooks": _NO_CALLS_BACK,
            "jsonSchemaDialect": "the client knows the dialect of OpenAPI 3.1 alone",
        },
    ),
    "info": Part(
        _DOCUMENTED
        | {
            "title": TEXT,
            "version": TEXT,
            "termsOfService": TEXT,
            "contact": Each(ANY),
            "license": Each(ANY),
        },
        required=("title", "version"),
    ),
    "server": Part(
        {"url": TEXT, "description": TEXT},
        required=("url",),
        refused={"variables": "the client starts from a URL without variables"},
    ),
    "tag": Part(
        _DOCUMENTED | {"name": TEXT, "externalDocs": "external documentation"},
        required=("name",),
    ),
    "external documentation": Part({"url": TEXT, "description": TEXT}, ("url",)),
    "components": Part(
        {
            "schemas": Each("schema", COMPONENT),
            "responses": Each("response", COMPONENT),
            "parameters": Each("parameter", COMPONENT),
            "examples": Each("example", COMPONENT),
            "requestBodies": Each("request body", COMPONENT),
            "headers": Each("header", COMPONENT),
            "securitySchemes": Each("security scheme", COMPONENT),
        },
        refused={
            "links": _NO_LINKS,
            "callbacks": _NO_CALLS_BACK,
            "pathItems": "write the path where it is used",
        },
    ),
    "path": Part(
        _DOCUMENTED
        | {"parameters": Many("parameter")}
        | dict.fromkeys(METHODS, "operation"),
        refused={"servers": _ONE_SERVER, "$ref": "write the path where it is used"},
    ),
    "operation": Part(
        _DOCUMENTED
        | {
            "operationId": TEXT,
            "tags": _TEXTS,
            "externalDocs": "external documentation",
            "deprecated": FLAG,
            "security": Many(Each(_TEXTS)),
            "parameters": Many("parameter"),
            "requestBody": "request body",
            "responses": Each("response", RESPONSE),
        },
        required=("operationId", "responses"),
        refused={"servers": _ONE_SERVER, "callbacks": _NO_CALLS_BACK},
    ),
    "parameter": Part(
        _EXAMPLES
        | {
            "name": TEXT,
            "in": Leaf(
                "one of path, query, header, cookie",
                lambda value: value in ("path", "query", "header", "cookie"),
            ),
            "description": TEXT,
            "required": FLAG,
            "deprecated": FLAG,
            "style": TEXT,
            "explode": FLAG,
            "schema": "schema",
            "x-contract-argument": "x-contract-argument",
        },
        required=("name", "in", "schema"),
        refused={
            "content": _NO_CONTENT,
            "allowReserved": "the client escapes what is reserved",
            "allowEmptyValue": "the client sends a value or no parameter",
        },
        place="parameters",
    ),
    "request body": Part(
        {
            "description": TEXT,
            "required": FLAG,
            "content": Each("media type"),
            "x-contract-max-bytes": COUNT,
        },
        required=("content",),
        place="requestBodies",
    ),
    "response": Part(
        {
            "description": TEXT,
            "headers": Each("header", TOKEN),
            "content": Each("media type"),
        },
        required=("description",),
        refused={"links": _NO_LINKS},
        place="responses",
    ),
    "header": Part(
        _EXAMPLES
        | {
            "description": TEXT,
            "required": FLAG,
            "deprecated": FLAG,
            "style": TEXT,
            "explode": FLAG,
            "schema": "schema",
        },
        required=("schema",),
        refused={"content": _NO_CONTENT},
        place="headers",
    ),
    "media type": Part(
        _EXAMPLES
        | {
            "schema": "schema",
            "x-oai-itemSchema": "schema",
            "x-contract-stream": "x-contract-stream",
        },
        required=("schema",),
        refused={"encoding": "the client encodes a form in one way alone"},
    ),
    "example": Part(
        _DOCUMENTED | {"value": ANY, "externalValue": TEXT}, place="examples"
    ),
    "security scheme": Part(
        {
            "type": TEXT,
            "description": TEXT,
            "name": TOKEN,
            "in": TEXT,
            "scheme": TEXT,
            "bearerFormat": TEXT,
            "flows": Each(ANY),
            "openIdConnectUrl": TEXT,
        },
        required=("type",),
        place="securitySchemes",
    ),
    "schema": Part(
        {
            "$ref": TEXT,
            "$comment": TEXT,
            "title": TEXT,
            "description": TEXT,
            "type": _TYPE,
            "enum": Many(OPTION, least=1),
            "const": SCALAR,
            "minimum": NUMBER,
            "maximum": NUMBER,
            "exclusiveMinimum": NUMBER,
            "exclusiveMaximum": NUMBER,
            "multipleOf": STEP,
            "minLength": COUNT,
            "maxLength": COUNT,
            "pattern": PATTERN,
            "format": TEXT,
            "contentEncoding": TEXT,
            "contentMediaType": TEXT,
            "contentSchema": "schema",
            "items": "schema",
            "minItems": COUNT,
            "maxItems": COUNT,
            "uniqueItems": FLAG,
            "required": _TEXTS,
            "properties": Each((FLAG, "schema")),
            "additionalProperties": (FLAG, "schema"),
            "minProperties": COUNT,
            "maxProperties": COUNT,
            "allOf": Many("schema", least=1),
            "anyOf": Many("schema", least=1),
            "oneOf": Many("schema", least=1),
            "not": "schema",
            "discriminator": "discriminator",
            "default": ANY,
            "deprecated": FLAG,
            "example": ANY,
            "examples": Many(ANY),
            "externalDocs": "external documentation",
            "x-contract-built-in": _TEXTS,
            "x-contract-models": Each("x-contract-models"),
        },
        refused={"readOnly": _ONE_SHAPE, "writeOnly": _ONE_SHAPE},
        place="schemas",
    ),
    "discriminator": Part(
        {"propertyName": TEXT, "mapping": Each(TEXT)}, required=("propertyName",)
    ),
}
PARTS |= EXTENSION_PARTS
EXTENSIONS = frozenset(
    key for part in PARTS.values() for key in part.keys if key.startswith("x-")
)


def unsupported(keyword: str) -> bool:
    """Tell whether the runtime knows nothing of a keyword of a schema."""
    return not keyword.startswith("x-") and keyword not in KEYWORDS | ANNOTATIONS
