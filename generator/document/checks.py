"""Checks the schemas of a document for what supported.yaml cannot express.

Nothing of a document is dropped silently: what the emitted client could not honour is
refused here, before anything is written.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import Any

from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

from text_completions_document import below, is_object, parts_of

from .operation_checks import check_operations
from .supported import ANNOTATIONS, SupportedDocument

_ALTERNATIVES = ("anyOf", "oneOf")
_IN_PLACE = ("allOf", "anyOf", "oneOf")
_ORDERED = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)
_APART = (
    ("exclusiveMinimum", "exclusiveMaximum"),
    ("exclusiveMinimum", "maximum"),
    ("minimum", "exclusiveMaximum"),
)
_OF_VALUES = ("type", "pattern", *(key for pair in _ORDERED for key in pair))


def check(document: SupportedDocument) -> None:
    """Check that a supported document can become a client.

    Raises:
        DocumentError: It cannot.
    """
    for pointer, schema in document.parts("schema"):
        if "$ref" in schema:
            _check_beside_reference(document, pointer, schema)
        else:
            _check_schema(document, pointer, schema)
    _check_circles(document)
    check_operations(document)


def _check_schema(
    document: SupportedDocument, pointer: str, schema: dict[str, Any]
) -> None:
    for name, member in schema.get("properties", {}).items():
        if isinstance(member, bool) and not _is_stream_item(document, pointer):
            here = below(pointer, "properties", name)
            raise document.error(here, "a schema must be an object")
    _check_bounds(document, pointer, schema)
    _check_values(document, pointer, schema)
    _check_discriminator(document, pointer, schema)


def _check_beside_reference(
    document: SupportedDocument, pointer: str, schema: dict[str, Any]
) -> None:
    """Refuse keywords beside `$ref`: they are read in error responses only."""
    if _is_error(parts_of(pointer)):
        return
    for keyword in schema:
        if keyword not in ANNOTATIONS | {"$ref"} and not keyword.startswith("x-"):
            reason = "keywords beside $ref are lost: write both into allOf"
            raise document.error(below(pointer, keyword), reason)


def _is_error(parts: list[str]) -> bool:
    if parts[:2] == ["components", "responses"]:
        return True
    at = parts.index("responses") if "responses" in parts else len(parts)
    return "".join(parts[at + 1 : at + 2])[:1] in ("4", "5")


def _is_stream_item(document: SupportedDocument, pointer: str) -> bool:
    parts = parts_of(pointer)
    return parts[:2] == ["components", "schemas"] and parts[2] in document.stream_items


def _check_discriminator(
    document: SupportedDocument, pointer: str, schema: dict[str, Any]
) -> None:
    if "discriminator" not in schema:
        return
    here = below(pointer, "discriminator")
    branches = [branch for key in _ALTERNATIVES for branch in schema.get(key, ())]
    if not branches or not all("$ref" in branch for branch in branches):
        reason = "must stand beside an anyOf or oneOf whose branches are all $refs"
        raise document.error(here, reason)
    targets = {branch["$ref"] for branch in branches}
    names = {target.rpartition("/")[2] for target in targets}
    for value, target in schema["discriminator"].get("mapping", {}).items():
        if target not in targets | names:
            there = below(here, "mapping", value)
            raise document.error(there, f"{target!r} is not one of the branches")


# What no value could satisfy ----------------------------------------------------


def _check_bounds(
    document: SupportedDocument, pointer: str, schema: dict[str, Any]
) -> None:
    for low, high in (*_ORDERED, *_APART):
        if low in schema and high in schema:
            least, most = schema[low], schema[high]
            if least > most or (least == most and (low, high) in _APART):
                reason = f"{least} leaves no value below {high} {most}"
                raise document.error(below(pointer, low), reason)
    if schema.get("additionalProperties") is not False:
        return
    for index, name in enumerate(schema.get("required", ())):
        if name not in schema.get("properties", {}):
            reason = f"{name!r} is required, but additionalProperties forbids it"
            raise document.error(below(pointer, "required", index), reason)


def _check_values(
    document: SupportedDocument, pointer: str, schema: dict[str, Any]
) -> None:
    """Check that constants, options and defaults satisfy what stands beside them."""
    bounds = {key: schema[key] for key in _OF_VALUES if key in schema}
    options = {key: schema[key] for key in ("enum", "const") if key in schema}
    values = [((f"enum/{n}"), one) for n, one in enumerate(schema.get("enum", ()))]
    values += [(key, schema[key]) for key in ("const", "default") if key in schema]
    for place, value in values:
        rules = bounds | options if place == "default" else bounds
        for error in _validator(rules).iter_errors(value):
            raise document.error(f"{pointer}/{place}", error.message)


def _validator(rules: dict[str, Any]) -> Draft202012Validator:
    """Compile bounds with patterns that cannot run for ever.

    The engine whose time is linear does not know lookaround: such a pattern is checked
    by the client only.
    """
    try:
        return Draft202012Validator(rules, pattern_options=RegexOptions())
    except ValidationError:
        rules = {key: rules[key] for key in rules if key != "pattern"}
        return Draft202012Validator(rules)


# Circles ------------------------------------------------------------------------


def _check_circles(document: SupportedDocument) -> None:
    """Check that no schema consists of itself; a member of an object may."""
    schemas = document.root.get("components", {}).get("schemas", {})
    parts = {
        below("#/components/schemas", name): _consists_of(schema)
        for name, schema in schemas.items()
    }
    try:
        TopologicalSorter(parts).prepare()
    except CycleError as error:
        reason = "consists of itself without end: make it a member of an object"
        circle: list[str] = error.args[1]
        raise document.error(circle[0], reason) from None


def _consists_of(schema: Any) -> list[str]:
    """Return what a schema refers to, except from the members of an object."""
    if not is_object(schema):
        return []
    if "$ref" in schema:
        return [schema["$ref"]]
    branches: list[Any] = []
    for key in _IN_PLACE:
        branches += schema.get(key, ())
    branches += [schema["not"]] if "not" in schema else []
    if "properties" not in schema:  # a list or a map has no name where it could end
        branches += [schema.get(key) for key in ("items", "additionalProperties")]
    return [target for branch in branches for target in _consists_of(branch)]
