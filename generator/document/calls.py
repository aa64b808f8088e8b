"""What stops an emission in the calls that a document describes."""

from __future__ import annotations

import re
from typing import Any

from openapi_python_client.strings import PythonIdentifier

from context.naming import PREFIX
from document.loading import Document, below
from document.opc_input import FORM, JSON, STREAM, is_json, operations
from document.shape import Node

_SCALARS = {"string", "number", "integer", "boolean", "null"}
_BRANCHES = ("allOf", "anyOf", "oneOf")
_MEDIA_TYPE = re.compile(r"[a-z0-9]+/[a-z0-9.+-]+")
_NAMED = re.compile(r"{([^{}]*)}")


def check_calls(document: Document, listed: list[Node]) -> None:
    """See that every operation can become a method.

    Raises:
        DocumentError: One cannot.
    """
    _check_security(document)
    seen: dict[str, str] = {}
    for pointer, operation in operations(document.data):
        _check_operation(document, pointer, operation, seen)
    for node in listed:
        if node.kind == "parameter" and "$ref" not in node.value:
            _check_parameter(document, node.pointer, node.value)


def operation_name(operation_id: str) -> str:
    """Return the name of the module of an operation."""
    return str(PythonIdentifier(operation_id, PREFIX))


def _check_operation(
    document: Document, pointer: str, operation: dict[str, Any], seen: dict[str, str]
) -> None:
    name = operation_name(operation["operationId"])
    here = below(pointer, "operationId")
    if name in seen:
        raise document.error(here, f"is {name!r} in Python, and so is {seen[name]}")
    seen[name] = here
    if len(operation.get("tags", [])) > 1:
        reason = "the client has one place for a method: give it one tag"
        raise document.error(below(pointer, "tags"), reason)
    if operation.get("security", _demanded(document)) != _demanded(document):
        reason = "the client authenticates every call alike: say it at the root"
        raise document.error(below(pointer, "security"), reason)
    _check_path(document, pointer, operation)
    _check_body(document, pointer, operation)
    _check_successes(document, pointer, operation)


def _check_path(document: Document, pointer: str, operation: dict[str, Any]) -> None:
    item = pointer.rpartition("/")[0]
    path = item.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    listed = [*operation.get("parameters", []), *_path_parameters(document, item)]
    parts = [document.followed(one, pointer)[0] for one in listed]
    named = {part["name"] for part in parts if part["in"] == "path"}
    if sorted(_NAMED.findall(path)) != sorted(named):
        reason = f"the path has {_NAMED.findall(path)}, its parameters {sorted(named)}"
        raise document.error(pointer, reason)


def _path_parameters(document: Document, item: str) -> list[Any]:
    found: list[Any] = document.resolve(item).get("parameters", [])
    return found


def _check_body(document: Document, pointer: str, operation: dict[str, Any]) -> None:
    here = f"{pointer}/requestBody"
    body, place = document.followed(operation.get("requestBody", {}), here)
    content = body.get("content", {JSON: None})
    if len(content) != 1 or not {JSON, FORM} & content.keys():
        reason = f"only a body of {JSON} or of {FORM} alone can be sent"
        raise document.error(f"{place}/content", reason)


def _check_successes(
    document: Document, pointer: str, operation: dict[str, Any]
) -> None:
    """There is a success, and of the successes at most one is a stream."""
    found: list[str] = []
    streamed: list[str] = []
    for status, response in operation["responses"].items():
        here = below(f"{pointer}/responses", status)
        part, place = document.followed(response, here)
        content = part.get("content", {})
        if status.startswith("2"):
            _check_content(document, content, place)
            found.append(here)
            streamed += [below(f"{place}/content", STREAM)] if STREAM in content else []
    if len(streamed) > 1:
        raise document.error(streamed[1], "one success alone can be a stream")
    if not found:
        raise document.error(f"{pointer}/responses", "there is no success, 2…")


def _check_content(document: Document, content: dict[str, Any], place: str) -> None:
    """An answer has one type beside the stream: JSON, text, or octets."""
    whole = [kind for kind in content if kind != STREAM]
    for media_type in whole[1:]:
        reason = f"the client asks for {whole[0]} alone: offer one type"
        raise document.error(below(f"{place}/content", media_type), reason)
    for media_type in whole:
        here = below(f"{place}/content", media_type)
        if not _MEDIA_TYPE.fullmatch(media_type):
            raise document.error(here, "is no media type, like text/plain")
        if not is_json(media_type):
            _check_plain(document, content[media_type]["schema"], f"{here}/schema")


def _check_plain(document: Document, schema: Any, pointer: str) -> None:
    found, there = document.followed(schema, pointer)
    if found.get("type", "string") != "string":
        raise document.error(there, "what is not JSON is text or octets: a string")


def _check_parameter(document: Document, pointer: str, part: dict[str, Any]) -> None:
    here = below(pointer, "schema")
    if part["in"] == "path" and part.get("required") is not True:
        raise document.error(pointer, "a parameter in a path must be required")
    if "default" in part.get("x-contract-argument", {}) and part["in"] != "header":
        there = f"{pointer}/x-contract-argument/default"
        raise document.error(there, "a client adds headers of its own, nothing else")
    if _structure(document, part["schema"], here, lists=part["in"] != "cookie"):
        reason = f"only plain values can be sent in a {part['in']}"
        raise document.error(here, reason)


def _structure(document: Document, schema: Any, pointer: str, *, lists: bool) -> bool:
    """Tell whether a schema lets in what has no form in a parameter."""
    schema, pointer = document.followed(schema, pointer)
    types = schema.get("type")
    if types == "array" and lists:
        items = schema.get("items", {"type": "string"})
        return _structure(document, items, pointer, lists=False)
    branches = [
        one for key in ("allOf", "anyOf", "oneOf") for one in schema.get(key, ())
    ]
    if branches:
        return any(_structure(document, one, pointer, lists=False) for one in branches)
    named = {types} if isinstance(types, str) else set(types or ())
    return not named <= _SCALARS or not (named or schema.keys() & {"enum", "const"})


# Security -------------------------------------------------------------------


def _demanded(document: Document) -> Any:
    return document.data.get("security", [])


def _check_security(document: Document) -> None:
    """Every scheme has a credential of the client that answers it."""
    said = document.data["x-contract-client"].get("credentials", [])
    schemes = document.data.get("components", {}).get("securitySchemes", {})
    for index, credential in enumerate(said):
        here = f"#/x-contract-client/credentials/{index}"
        _check_credential(document, here, credential, schemes)
    answered = {one.get("scheme") for one in said}
    for name in schemes:
        if name not in answered:
            here = below("#/components/securitySchemes", name)
            raise document.error(here, "no credential of x-contract-client names it")
    for index, demand in enumerate(_demanded(document)):
        for name in demand:
            if name not in schemes:
                here = below(f"#/security/{index}", name)
                raise document.error(here, "there is no such scheme")
        if len(demand) > 1:
            reason = "the client sends one credential, not several at once"
            raise document.error(f"#/security/{index}", reason)


def _check_credential(
    document: Document, here: str, said: dict[str, Any], schemes: dict[str, Any]
) -> None:
    if "scheme" not in said:
        if "header" not in said:
            raise document.error(here, "names neither a scheme nor a header")
        return
    scheme, _ = document.followed(schemes.get(said["scheme"], {}), here)
    if scheme.get("type") != "apiKey" or scheme.get("in") != "header":
        reason = f"{said['scheme']!r} is no security scheme with a key in a header"
        raise document.error(f"{here}/scheme", reason)
    if "name" not in scheme:
        there = below("#/components/securitySchemes", said["scheme"])
        raise document.error(there, "'name' is missing")


__all__ = ["check_calls", "operation_name"]
