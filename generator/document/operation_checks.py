"""Checks the operations of a document: each must be able to become a method."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from openapi_python_client.strings import PythonIdentifier

from text_completions_document import below, parts_of

from .events import payloads_of
from .opc_input import FORM, JSON, is_json, separated
from .supported import STREAM, SupportedDocument

PREFIX = "field_"
BYTES = {"type": "string"}  # the schema of text and bytes that have none
_SCALARS = {"string", "number", "integer", "boolean", "null"}
_BRANCHES = ("allOf", "anyOf", "oneOf")
_MEDIA_TYPE = re.compile(r"[a-z0-9]+/[a-z0-9.+-]+")
_SEQUENCE = re.compile("ndjson|jsonl|json-seq")
_NAMED = re.compile(r"{([^{}]*)}")


Problem = tuple[str, str]
"""The pointer to what cannot become a client, and the reason."""


def check_operations(document: SupportedDocument) -> None:
    """Check that every operation can become a method.

    Raises:
        DocumentError: One cannot.
    """
    for pointer, reason in _problems(document):
        raise document.error(pointer, reason)


def _problems(document: SupportedDocument) -> Iterator[Problem]:
    yield from _of_security(document)
    names: dict[str, str] = {}
    for pointer, operation in document.operations():
        name = operation_name(operation["operationId"])
        here = below(pointer, "operationId")
        if name in names:
            yield here, f"is {name!r} in Python, and so is {names[name]}: rename one"
        names[name] = here
        if operation.get("security", _security(document)) != _security(document):
            reason = "the client authenticates every call alike: write it at the root"
            yield below(pointer, "security"), reason
        yield from _of_path(document, pointer)
        yield from _of_body(document, pointer, operation)
        yield from _of_successes(document, pointer, operation)
    for pointer, parameter in document.parts("parameter"):
        location, here = parameter["in"], below(pointer, "schema")
        if _has_structure(document, here, parameter["schema"], location):
            or_lists = "" if location == "cookie" else ", or a list of them,"
            yield here, f"only a plain value{or_lists} can be sent in a {location}"


def operation_name(operation_id: str) -> str:
    """Return the name of the module of an operation."""
    return str(PythonIdentifier(separated(operation_id), PREFIX))


def parameters_of(
    document: SupportedDocument, pointer: str
) -> list[tuple[str, dict[str, Any]]]:
    """Return the parameters of an operation and of its path, with their pointers."""
    return [
        document.follow(below(place, "parameters", index), parameter)
        for place in (pointer, pointer.rpartition("/")[0])
        for index, parameter in enumerate(document.at(place).get("parameters", ()))
    ]


def _of_path(document: SupportedDocument, pointer: str) -> Iterator[Problem]:
    listed = [parameter for _, parameter in parameters_of(document, pointer)]
    declared = {one["name"] for one in listed if one["in"] == "path"}
    named = _NAMED.findall(parts_of(pointer)[1])
    if sorted(named) != sorted(declared):
        yield (
            pointer,
            f"the path has {named}, and its parameters are {sorted(declared)}: write "
            "each once in braces, and as a parameter in path",
        )


def _of_body(
    document: SupportedDocument, pointer: str, operation: dict[str, Any]
) -> Iterator[Problem]:
    body = operation.get("requestBody", {})
    place, body = document.follow(below(pointer, "requestBody"), body)
    content = body.get("content", {JSON: None})
    if len(content) != 1 or not {JSON, FORM} & content.keys():
        reason = f"the client can send a body of {JSON}, or of {FORM}: offer one"
        yield below(place, "content"), reason


def _of_successes(
    document: SupportedDocument, pointer: str, operation: dict[str, Any]
) -> Iterator[Problem]:
    """Find a missing success, and what is wrong with the described ones."""
    successes = [
        document.follow(below(pointer, "responses", status), response)
        for status, response in operation["responses"].items()
        if status.startswith("2")
    ]
    if not successes:
        reason = "there is no success: describe a status that begins with 2"
        yield below(pointer, "responses"), reason
    streams: list[str] = []
    for place, response in successes:
        content = response.get("content", {})
        yield from _of_content(document, content, below(place, "content"))
        if STREAM in content:
            streams.append(below(place, "content", STREAM))
            payloads_of(document, streams[-1])
    for stream in streams[1:]:
        yield stream, "only one success can be a stream: keep one of them"


def _of_content(
    document: SupportedDocument, content: dict[str, Any], place: str
) -> Iterator[Problem]:
    """Find what is not one type beside the stream: JSON, text or bytes."""
    whole = [media_type for media_type in content if media_type != STREAM]
    for media_type in whole[1:]:
        reason = f"the client asks for {whole[0]} only: offer one type"
        yield below(place, media_type), reason
    for media_type in whole:
        here = below(place, media_type)
        if not _MEDIA_TYPE.fullmatch(media_type):
            reason = "write a media type, like text/plain, small and without parameters"
            yield here, reason
        schema = content[media_type].get("schema", BYTES)
        there, schema = document.follow(below(here, "schema"), schema)
        if not is_json(media_type) and schema.get("type", "string") != "string":
            reason = f"{media_type} is read as text or bytes: write type: string"
            if _SEQUENCE.search(media_type):
                reason += f", or {STREAM} for a stream of objects"
            yield there, reason


# Parameters ---------------------------------------------------------------------


def _has_structure(
    document: SupportedDocument, pointer: str, schema: Any, location: str
) -> bool:
    """Tell whether a schema allows what has no form in a parameter."""
    pointer, schema = document.follow(pointer, schema)
    types = schema.get("type")
    # Items are plain, like all of a cookie. So are branches, but in a query.
    if types == "array" and location != "cookie":
        items = schema.get("items", {"type": "string"})
        return _has_structure(document, pointer, items, "cookie")
    inner = location if location == "query" else "cookie"
    branches = [one for key in _BRANCHES for one in schema.get(key, ())]
    if branches:
        return any(_has_structure(document, pointer, one, inner) for one in branches)
    named = {types} if isinstance(types, str) else set(types or ())
    return not named <= _SCALARS or not (named or schema.keys() & {"enum", "const"})


# Security -----------------------------------------------------------------------


def _security(document: SupportedDocument) -> list[dict[str, Any]]:
    return list(document.root.get("security", []))


def _of_security(document: SupportedDocument) -> Iterator[Problem]:
    """Find schemes that calls need and that no credential of the client serves."""
    credentials = document.root["x-contract-client"].get("credentials", [])
    schemes = document.root.get("components", {}).get("securitySchemes", {})
    for index, credential in enumerate(credentials):
        here = below("#/x-contract-client/credentials", index)
        yield from _of_credential(document, here, credential, schemes)
    served = {one.get("scheme") for one in credentials}
    for index, requirement in enumerate(_security(document)):
        here = below("#/security", index)
        for name in requirement:
            there = below(here, name)
            if name not in schemes:
                yield there, "there is no such scheme in components/securitySchemes"
            elif name not in served and not _is_bearer_served(
                schemes[name], credentials
            ):
                yield there, "no credential of x-contract-client names it: add one"
        if len(requirement) > 1:
            yield here, "the client sends one credential, not several at once"


def _is_bearer_served(
    scheme: dict[str, Any], credentials: list[dict[str, Any]]
) -> bool:
    is_bearer = str(scheme.get("scheme")).lower() == "bearer"
    headers = {str(one.get("header")).lower() for one in credentials}
    return scheme.get("type") == "http" and is_bearer and "authorization" in headers


def _of_credential(
    document: SupportedDocument,
    here: str,
    credential: dict[str, Any],
    schemes: dict[str, Any],
) -> Iterator[Problem]:
    name = credential.get("scheme")
    if name is None:
        if "header" not in credential:
            yield here, "names neither a scheme nor a header: name one of them"
        return
    there = below("#/components/securitySchemes", name)
    there, scheme = document.follow(there, schemes.get(name, {}))
    if scheme.get("type") != "apiKey" or scheme.get("in") != "header":
        yield (
            below(here, "scheme"),
            f"{name!r} is not a security scheme with a key in a header; for a bearer "
            "token write header: authorization and prefix: 'Bearer '",
        )
    if "name" not in scheme:
        yield there, "'name' is missing"
