"""The document as openapi-python-client can take it.

What that generator does not know is taken out of its copy, and read from the whole
document by the modules beside this one: the framing of streams, arrays in headers,
and the keywords beside the `$ref` of an error. Nothing else is taken out.
"""

from __future__ import annotations

import copy
from typing import Any

from .document import Document, last_step

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
STREAM = "text/event-stream"


def normalised(document: Document) -> dict[str, Any]:
    """Return a copy of the document's data for openapi-python-client."""
    data: dict[str, Any] = copy.deepcopy(document.data)
    for operation in operations(data):
        for response in operation.get("responses", {}).values():
            _without_stream(response)
    components = data.get("components", {})
    for response in components.get("responses", {}).values():
        _without_stream(response)
    for name in framing(document):
        components.get("schemas", {}).pop(name, None)
    for parameter in _parameters(data):
        _without_array_header(parameter)
    return data


def operations(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the operations of a document's data."""
    return [
        item[method]
        for item in data.get("paths", {}).values()
        for method in METHODS
        if method in item
    ]


def framing(document: Document) -> set[str]:
    """Return the components that describe items of streams, and no payloads."""
    names: set[str] = set()
    for _, part in document.walk():
        media = part.get(STREAM) if isinstance(part, dict) else None
        if isinstance(media, dict):
            for key in ("schema", "x-oai-itemSchema"):
                reference = media.get(key, {}).get("$ref")
                if reference:
                    names.add(last_step(reference))
    return names


def _without_stream(response: dict[str, Any]) -> None:
    content = response.get("content", {})
    content.pop(STREAM, None)
    if "content" in response and not content:
        del response["content"]


def _parameters(data: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for item in data.get("paths", {}).values():
        found += item.get("parameters", [])
    for operation in operations(data):
        found += operation.get("parameters", [])
    found += data.get("components", {}).get("parameters", {}).values()
    return found


def _without_array_header(parameter: dict[str, Any]) -> None:
    """A header that is an array becomes a string, which its joined form is."""
    array = parameter.get("schema", {}).get("type") == "array"
    if array and parameter.get("in") == "header":
        parameter["schema"] = {"type": "string"}
