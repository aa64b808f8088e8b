"""Checks the schemas of a document for what supported.yaml cannot express.

Nothing of a document is dropped silently: what the emitted client could not honour is
refused here, before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any

from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

from text_completions_document import below, is_object, parts_of

from .operation_checks import Problem, check_operations
from .supported import ANNOTATIONS, SupportedDocument

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
    for pointer, reason in _problems(document):
        raise document.error(pointer, reason)
    check_operations(document)


def _problems(document: SupportedDocument) -> Iterator[Problem]:
    for pointer, schema in document.parts("schema"):
        if "$ref" in schema:
            problems = _beside_reference(pointer, schema)
        else:
            has_flags = _is_stream_item(document, pointer)
            problems = _of_schema(pointer, schema, has_flags=has_flags)
        yield from problems
    yield from _circles(document)


def _of_schema(
    pointer: str, schema: dict[str, Any], *, has_flags: bool
) -> Iterator[Problem]:
    for name, member in schema.get("properties", {}).items():
        if isinstance(member, bool) and not has_flags:
            yield below(pointer, "properties", name), "a schema must be an object"
    yield from _bounds(pointer, schema)
    yield from _values(pointer, schema)
    if "discriminator" in schema:
        here = below(pointer, "discriminator")
        yield from _discriminator(here, schema)


def _beside_reference(pointer: str, schema: dict[str, Any]) -> Iterator[Problem]:
    """Refuse keywords beside `$ref`: they are read in error responses only."""
    if _is_error(parts_of(pointer)):
        return
    for keyword in schema:
        if keyword not in ANNOTATIONS | {"$ref"} and not keyword.startswith("x-"):
            reason = "keywords beside $ref are lost: write both into allOf"
            yield below(pointer, keyword), reason


def _is_error(parts: list[str]) -> bool:
    if parts[:2] == ["components", "responses"]:
        return True
    at = parts.index("responses") if "responses" in parts else len(parts)
    return "".join(parts[at + 1 : at + 2])[:1] in ("4", "5")


def _is_stream_item(document: SupportedDocument, pointer: str) -> bool:
    parts = parts_of(pointer)
    return parts[:2] == ["components", "schemas"] and parts[2] in document.stream_items


def _discriminator(here: str, schema: dict[str, Any]) -> Iterator[Problem]:
    branches = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    targets = {branch.get("$ref") for branch in branches}
    if not branches or None in targets:
        yield here, "must stand beside an anyOf or oneOf whose branches are all $refs"
        return
    names = {target.rpartition("/")[2] for target in targets}
    for value, target in schema["discriminator"].get("mapping", {}).items():
        if target not in targets | names:
            yield (
                below(here, "mapping", value),
                f"{target!r} is not one of the branches",
            )


# What no value could satisfy ----------------------------------------------------


def _bounds(pointer: str, schema: dict[str, Any]) -> Iterator[Problem]:
    for low, high in (*_ORDERED, *_APART):
        if low in schema and high in schema:
            least, most = schema[low], schema[high]
            if least > most or (least == most and (low, high) in _APART):
                yield (
                    below(pointer, low),
                    f"{least} leaves no value below {high} {most}",
                )
    if schema.get("additionalProperties") is not False:
        return
    for index, name in enumerate(schema.get("required", ())):
        if name not in schema.get("properties", {}):
            reason = f"{name!r} is required, but additionalProperties forbids it"
            yield below(pointer, "required", index), reason


def _values(pointer: str, schema: dict[str, Any]) -> Iterator[Problem]:
    """Check that constants, options and defaults satisfy what stands beside them."""
    bounds = {key: schema[key] for key in _OF_VALUES if key in schema}
    options = {key: schema[key] for key in ("enum", "const") if key in schema}
    values = [((f"enum/{n}"), one) for n, one in enumerate(schema.get("enum", ()))]
    values += [(key, schema[key]) for key in ("const", "default") if key in schema]
    for place, value in values:
        rules = bounds | options if place == "default" else bounds
        for error in _validator(rules).iter_errors(value):
            yield f"{pointer}/{place}", error.message


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


def _circles(document: SupportedDocument) -> Iterator[Problem]:
    """Find schemas that consist of themselves; a member of an object may."""
    schemas = document.root.get("components", {}).get("schemas", {})
    parts = {
        below("#/components/schemas", name): _consists_of(schema)
        for name, schema in schemas.items()
    }
    try:
        TopologicalSorter(parts).prepare()
    except CycleError as error:
        circle: list[str] = error.args[1]
        yield circle[0], "consists of itself without end: make it a member of an object"


def _consists_of(schema: Any) -> list[str]:
    """Return what a schema refers to, except from the members of an object."""
    if not is_object(schema):
        return []
    if "$ref" in schema:
        return [schema["$ref"]]
    branches = [one for key in _IN_PLACE for one in schema.get(key, ())]
    branches += [schema.get("not")]
    if "properties" not in schema:  # a list or a map has no name where it could end
        branches += [schema.get(key) for key in ("items", "additionalProperties")]
    return [target for branch in branches for target in _consists_of(branch)]
