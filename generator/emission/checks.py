"""What stops an emission: with file, line, pointer and reason.

Nothing of a document is dropped silently. What the emitted client could not honour
is refused here, before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text_completions_runtime import ANNOTATIONS, KEYWORDS

from .document import Document, DocumentError, below
from .normal import METHODS, STREAM, framing

TYPES = ("string", "number", "integer", "boolean", "null", "array", "object")
EXTENSIONS = {
    "x-contract-argument": {"name", "default"},
    "x-contract-built-in": None,
    "x-contract-client": {
        "sync",
        "async",
        "base-error",
        "error-type",
        "request-id",
        "constants",
        "credentials",
        "environment",
        "errors",
    },
    "x-contract-max-bytes": None,
    "x-contract-models": None,
    "x-contract-stream": {
        "switch",
        "version",
        "events",
        "ignore",
        "error",
        "text",
        "last",
        "versions",
    },
}
_MAPS = ("properties",)
_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLES = ("items", "additionalProperties", "not", "contentSchema")


def check(document: Document) -> None:
    """See that the document can become a client.

    Raises:
        DocumentError: It cannot.
    """
    version = document.data.get("openapi")
    if not isinstance(version, str) or not version.startswith("3.1."):
        reason = f"only OpenAPI 3.1 is read, and this says {version!r}"
        raise document.error("#/openapi", reason)
    for key in ("info", "paths", "x-contract-client"):
        if not isinstance(document.data.get(key), dict):
            raise document.error(f"#/{key}", "is missing, or is no mapping")
    _check_references(document)
    _check_extensions(document)
    for pointer, schema in schemas(document):
        _check_schema(document, pointer, schema)


def _check_references(document: Document) -> None:
    for pointer, part in document.walk():
        reference = part.get("$ref") if isinstance(part, dict) else None
        if reference is None or _names_a_property(pointer):
            continue
        if not isinstance(reference, str) or not reference.startswith("#/"):
            reason = f"{reference!r} points outside of this document: bring it in"
            raise document.error(below(pointer, "$ref"), reason)
        try:
            document.resolve(reference)
        except (KeyError, IndexError, ValueError, TypeError):
            reason = f"{reference!r} points to nothing"
            raise document.error(below(pointer, "$ref"), reason) from None


def _names_a_property(pointer: str) -> bool:
    """`properties` may have a member that happens to be called `$ref`."""
    return pointer.endswith("/properties")


def _check_extensions(document: Document) -> None:
    for pointer, part in document.walk():
        for key in part if isinstance(part, dict) else ():
            if not key.startswith("x-contract-"):
                continue
            if key not in EXTENSIONS:
                known = ", ".join(sorted(EXTENSIONS))
                reason = f"no such extension; there are {known}"
                raise document.error(below(pointer, key), reason)
            _check_extension(document, below(pointer, key), part[key])


def _check_extension(document: Document, pointer: str, value: Any) -> None:
    allowed = EXTENSIONS[pointer.rpartition("/")[2]]
    if allowed is None:
        return
    if not isinstance(value, dict):
        raise document.error(pointer, "is no mapping")
    for key in value:
        if key not in allowed:
            reason = f"no such setting; there are {', '.join(sorted(allowed))}"
            raise document.error(below(pointer, key), reason)


def schemas(document: Document) -> Iterator[tuple[str, Any]]:
    """Yield every schema of the document with its pointer, however deep it lies."""
    for pointer, schema in _roots(document):
        yield from _tree(pointer, schema)


def _tree(pointer: str, schema: Any) -> Iterator[tuple[str, Any]]:
    yield pointer, schema
    if not isinstance(schema, dict):
        return
    for key in _SINGLES:
        if isinstance(schema.get(key), dict):
            yield from _tree(below(pointer, key), schema[key])
    for key in _LISTS:
        for index, branch in enumerate(schema.get(key, ())):
            yield from _tree(below(below(pointer, key), index), branch)
    for key in _MAPS:
        for name, member in schema.get(key, {}).items():
            yield from _tree(below(below(pointer, key), name), member)


def _roots(document: Document) -> Iterator[tuple[str, Any]]:
    components = document.data.get("components", {})
    for name, schema in components.get("schemas", {}).items():
        yield below("#/components/schemas", name), schema
    for kind in ("parameters", "headers", "requestBodies", "responses"):
        for name, part in components.get(kind, {}).items():
            yield from _in_part(below(f"#/components/{kind}", name), part)
    for path, item in document.data["paths"].items():
        yield from _in_path(below("#/paths", path), item)


def _in_path(pointer: str, item: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for index, parameter in enumerate(item.get("parameters", ())):
        yield from _in_part(f"{pointer}/parameters/{index}", parameter)
    for method in METHODS:
        operation = item.get(method)
        if operation is None:
            continue
        here = below(pointer, method)
        for index, parameter in enumerate(operation.get("parameters", ())):
            yield from _in_part(f"{here}/parameters/{index}", parameter)
        if "requestBody" in operation:
            yield from _in_part(f"{here}/requestBody", operation["requestBody"])
        for status, response in operation.get("responses", {}).items():
            yield from _in_part(below(f"{here}/responses", status), response)


def _in_part(pointer: str, part: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """A parameter, header, body or response: its schema, its content, its headers."""
    if "schema" in part:
        yield below(pointer, "schema"), part["schema"]
    for media_type, media in part.get("content", {}).items():
        if "schema" in media:
            yield f"{below(f'{pointer}/content', media_type)}/schema", media["schema"]
    for name, header in part.get("headers", {}).items():
        yield from _in_part(below(f"{pointer}/headers", name), header)


def _check_schema(document: Document, pointer: str, schema: Any) -> None:
    if isinstance(schema, bool) and _is_framing(document, pointer):
        return
    if not isinstance(schema, dict):
        raise document.error(pointer, "a schema must be a mapping")
    types = schema.get("type", [])
    for name in [types] if not isinstance(types, list) else types:
        if name not in TYPES:
            reason = f"unknown type {name!r}; there are {', '.join(TYPES)}"
            raise document.error(below(pointer, "type"), reason)
    for keyword in schema:
        if keyword in KEYWORDS | ANNOTATIONS or keyword.startswith("x-"):
            continue
        reason = "the client cannot honour this keyword"
        raise document.error(below(pointer, keyword), reason)
    _check_beside_reference(document, pointer, schema)


def _check_beside_reference(
    document: Document, pointer: str, schema: dict[str, Any]
) -> None:
    """Beside `$ref`, bounds are read in the answers that are errors, and not else."""
    if "$ref" not in schema or _is_error(pointer):
        return
    for keyword in schema:
        if keyword in KEYWORDS and keyword != "$ref":
            reason = "keywords beside $ref are lost: put both into allOf"
            raise document.error(below(pointer, keyword), reason)


def _is_error(pointer: str) -> bool:
    parts = pointer.split("/")
    if parts[1:3] == ["components", "responses"]:
        return True
    at = parts.index("responses") if "responses" in parts else len(parts)
    return "".join(parts[at + 1 : at + 2])[:1] in ("4", "5")


def _is_framing(document: Document, pointer: str) -> bool:
    parts = pointer.split("/")
    return parts[1:3] == ["components", "schemas"] and parts[3] in framing(document)


__all__ = ["STREAM", "DocumentError", "check", "schemas"]
