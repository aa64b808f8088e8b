"""Writes the document as openapi-python-client can take it.

It gets a copy with what it needs and no more: paths, parameters, bodies, responses and
the keywords that make a type. The rest is read from the whole document by the package
`context`: the items of streams, arrays in headers, defaults, the bounds, and whatever
only people read. What it does not get it can neither drop nor misread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .supported import METHODS, SupportedDocument

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
_SEPARATORS = str.maketrans("/:", "__")
_OF_OBJECTS = ("properties", "required")
# What else the document says decides what the client sends in these.
_IGNORED_HEADERS = ("accept", "authorization", "content-type")
_PLAIN = ("description", "type", "required", "enum", "const", "format")


def to_opc_input(document: SupportedDocument) -> dict[str, Any]:
    """Return what openapi-python-client needs of a document."""
    return {
        "openapi": document.root["openapi"],
        "info": {"title": "", "version": ""},
        "paths": {
            path: {
                "parameters": _parameters(document, item),
                **{
                    one: _operation(document, item[one])
                    for one in METHODS
                    if one in item
                },
            }
            for path, item in document.root["paths"].items()
        },
        "components": {"schemas": _each(_schema, document.components("schemas"))},
    }


def separated(operation_id: str) -> str:
    """Keep the words of an id such as `issues/create` apart.

    openapi-python-client drops what cannot stand in a name, and joins the words.
    """
    return operation_id.translate(_SEPARATORS)


def _is_ignored(parameter: dict[str, Any]) -> bool:
    """Tell whether OpenAPI says that a parameter describes nothing."""
    is_header = parameter["in"] == "header"
    return is_header and parameter["name"].lower() in _IGNORED_HEADERS


def is_json(media_type: str) -> bool:
    """Tell whether a media type is JSON, `application/problem+json` too."""
    return media_type.endswith(("/json", "+json"))


def _each(write: Callable[[Any], Any], parts: dict[str, Any]) -> dict[str, Any]:
    return {name: write(part) for name, part in parts.items()}


def _operation(
    document: SupportedDocument, operation: dict[str, Any]
) -> dict[str, Any]:
    copy = {
        "operationId": separated(operation["operationId"]),
        "tags": operation.get("tags", []),
        "parameters": _parameters(document, operation),
        "responses": {
            status: _response(document.follow("", response)[1])
            for status, response in operation["responses"].items()
        },
    }
    if "requestBody" in operation:
        _, body = document.follow("", operation["requestBody"])
        copy["requestBody"] = {
            "content": _each(_media, body["content"]),
            "required": body.get("required", False),
        }
    return copy


def _parameters(
    document: SupportedDocument, part: dict[str, Any]
) -> list[dict[str, Any]]:
    listed = [document.follow("", one)[1] for one in part.get("parameters", ())]
    return [_parameter(one) for one in listed if not _is_ignored(one)]


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    """Copy a parameter. A header that is an array becomes its joined form, a string."""
    schema = parameter["schema"]
    if parameter["in"] == "header" and schema.get("type") == "array":
        schema = {"type": "string"}
    return {
        "name": parameter["name"],
        "in": parameter["in"],
        "required": parameter.get("required", False),
        "schema": _schema(schema),
    }


def _response(response: dict[str, Any]) -> dict[str, Any]:
    """Copy a response; if it is JSON of any name, under the name of plain JSON."""
    for media_type, media in response.get("content", {}).items():
        if is_json(media_type):
            return {"description": "", "content": {JSON: _media(media)}}
    return {"description": ""}


def _media(media: dict[str, Any]) -> dict[str, Any]:
    return {"schema": _schema(media["schema"])}


# Schemas ------------------------------------------------------------------------


def _schema(schema: Any) -> Any:
    """Copy the keywords that make a type."""
    if isinstance(schema, bool):
        return schema
    if "$ref" in schema:
        kept = {key: schema[key] for key in ("$ref", "description") if key in schema}
        return kept | _deprecation(schema)
    if "enum" in schema:
        # It takes no floats; supported.yaml lets only those pass that are whole.
        options = [
            int(one) if isinstance(one, float) else one for one in schema["enum"]
        ]
        return {key: schema[key] for key in _PLAIN if key in schema} | {"enum": options}
    copy = {key: schema[key] for key in _PLAIN if key in schema} | _deprecation(schema)
    if copy.get("format") == "binary":  # a file, which JSON has as any text
        del copy["format"]
    for key in ("items", "additionalProperties"):
        if key in schema:
            copy[key] = _schema(schema[key])
    if "array" in schema.get("type", ()) and "items" not in schema:
        copy["items"] = {}
    for key in ("anyOf", "oneOf"):
        if key in schema:
            copy[key] = [_schema(branch) for branch in schema[key]]
    if "properties" in schema:
        copy["properties"] = _each(_schema, schema["properties"])
    return _combined(copy, schema["allOf"]) if "allOf" in schema else copy


def _deprecation(schema: dict[str, Any]) -> dict[str, str]:
    """Return a description that begins with a warning, if the schema is deprecated."""
    if not schema.get("deprecated"):
        return {}
    return {"description": f"Deprecated. {schema.get('description', '')}".strip()}


def _combined(copy: dict[str, Any], branches: list[Any]) -> dict[str, Any]:
    """Write `allOf` flat, with what stands beside it as one more branch.

    openapi-python-client reads one level of it, ignores what stands beside a lone
    branch, and takes objects only; a branch that only bounds makes no type.
    """
    own = {key: copy.pop(key) for key in _OF_OBJECTS if key in copy}
    listed = [*_flat(branches), own]
    objects = [one for one in listed if one.keys() & {"$ref", *_OF_OBJECTS}]
    if not objects:
        return copy | {key: one[key] for one in listed for key in one}
    return {"allOf": objects, **copy}


def _flat(branches: list[Any]) -> Iterator[dict[str, Any]]:
    for branch in map(_schema, branches):
        yield from branch.pop("allOf", []) if "$ref" not in branch else []
        yield branch
