"""The document as openapi-python-client can take it.

It gets a copy with what it needs and no more: paths, parameters, bodies, answers and
the keywords that make a type. The rest is read from the whole document by the modules
beside this one: the framing of streams, arrays in headers, defaults, the bounds, and
whatever only people read. What it does not get it can neither drop nor misread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from document.grammar import METHODS
from document.loading import Document, below, last_step
from document.shape import nodes

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
STREAM = "text/event-stream"
_OF_OBJECTS = ("properties", "required")
_PLAIN = ("description", "type", "required", "enum", "const", "format")


def to_opc_input(document: Document) -> dict[str, Any]:
    """Return what openapi-python-client needs of a document in shape."""
    data, left_out = document.data, framing(document)
    components = data.get("components", {})
    paths = data["paths"].items()
    return {
        "openapi": data["openapi"],
        "info": {"title": "", "version": ""},
        "paths": {path: _path(item) for path, item in paths},
        "components": {
            "schemas": {
                name: _schema(schema)
                for name, schema in components.get("schemas", {}).items()
                if name not in left_out
            },
            "parameters": _all(_parameter, components.get("parameters", {})),
            "requestBodies": _all(_body, components.get("requestBodies", {})),
            "responses": _all(_response, components.get("responses", {})),
        },
    }


def is_json(media_type: str) -> bool:
    """Tell whether a media type is JSON, `application/problem+json` too."""
    return media_type.endswith(("/json", "+json"))


def operations(data: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the operations of a document's data, with their pointers."""
    return [
        (below(below("#/paths", path), method), item[method])
        for path, item in data["paths"].items()
        for method in METHODS
        if method in item
    ]


def framing(document: Document) -> set[str]:
    """Return the components that describe items of streams, and no payloads."""
    suffix = below("", STREAM)
    return {
        last_step(node.value[key]["$ref"])
        for node in nodes(document)
        if node.kind == "media type" and node.pointer.endswith(suffix)
        for key in ("schema", "x-oai-itemSchema")
        if "$ref" in node.value.get(key, {})
    }


def _path(item: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        method: _operation(item[method]) for method in METHODS if method in item
    }
    return made | {"parameters": [_parameter(one) for one in _parameters(item)]}


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation["operationId"],
        "tags": operation.get("tags", []),
        "parameters": [_parameter(one) for one in _parameters(operation)],
        "responses": _all(_response, operation["responses"]),
    }
    if "requestBody" in operation:
        made["requestBody"] = _body(operation["requestBody"])
    return made


def _parameters(part: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = part.get("parameters", [])
    return found


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    """A header that is an array becomes a string, which its joined form is."""
    if "$ref" in parameter:
        return {"$ref": parameter["$ref"]}
    schema = parameter["schema"]
    if parameter["in"] == "header" and schema.get("type") == "array":
        schema = {"type": "string"}
    return {
        "name": parameter["name"],
        "in": parameter["in"],
        "required": parameter.get("required", False),
        "schema": _schema(schema),
    }


def _body(body: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in body:
        return {"$ref": body["$ref"]}
    return {
        "content": _all(_media, body["content"]),
        "required": body.get("required", False),
    }


def _response(response: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in response:
        return {"$ref": response["$ref"]}
    found = [one for kind, one in response.get("content", {}).items() if is_json(kind)]
    content = {"content": {JSON: _media(found[0])}} if found else {}
    return {"description": ""} | content


def _media(media: dict[str, Any]) -> dict[str, Any]:
    return {"schema": _schema(media["schema"])}


def _all(make: Any, parts: dict[str, Any]) -> dict[str, Any]:
    return {name: make(part) for name, part in parts.items()}


def _schema(schema: Any) -> Any:
    """Keep what makes a type; a lone `allOf` must not hide what stands beside it."""
    if isinstance(schema, bool):
        return schema
    if "$ref" in schema:
        said = {key: schema[key] for key in ("$ref", "description") if key in schema}
        return said | _warned(schema)
    if "enum" in schema:
        return _options(schema)
    made = {key: schema[key] for key in _PLAIN if key in schema} | _warned(schema)
    for key in ("items", "additionalProperties"):
        if key in schema:
            made[key] = _schema(schema[key])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            made[key] = [_schema(branch) for branch in schema[key]]
    if "properties" in schema:
        made["properties"] = _all(_schema, schema["properties"])
    return _combined(made, schema["allOf"]) if "allOf" in schema else made


def _warned(schema: dict[str, Any]) -> dict[str, str]:
    """Write before a description that what it describes is deprecated."""
    if not schema.get("deprecated"):
        return {}
    return {"description": f"Deprecated. {schema.get('description', '')}".strip()}


def _options(schema: dict[str, Any]) -> dict[str, Any]:
    """Write options of several types as alternatives of one type each."""
    plain = {key: schema[key] for key in _PLAIN if key in schema}
    options = schema["enum"]
    kinds = {type(option) for option in options} - {type(None)}
    if float not in kinds and len(kinds) <= 1:
        return plain
    branches: list[dict[str, Any]] = [
        {"enum": found}
        for kind in (str, int)
        if (found := [one for one in options if type(one) is kind])
    ]
    branches += [{"type": "number"}] if float in kinds else []
    branches += [{"type": "null"}] if None in options else []
    return {"anyOf": branches}


def _combined(made: dict[str, Any], branches: list[Any]) -> dict[str, Any]:
    """Write `allOf` flat, with what stands beside it as one more branch.

    That generator reads one level of it, passes over what stands beside a lone
    branch, and takes objects alone; a branch that only bounds makes no type.
    """
    own = {key: made.pop(key) for key in _OF_OBJECTS if key in made}
    listed = [*_flat(_schema(branch) for branch in branches), own]
    making = [one for one in listed if one.keys() & {"$ref", *_OF_OBJECTS}]
    if making == []:
        return made | {key: one[key] for one in listed for key in one}
    return {"allOf": making, **made}


def _flat(branches: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for branch in branches:
        inner = branch.pop("allOf", []) if "$ref" not in branch else []
        yield from inner
        yield branch
