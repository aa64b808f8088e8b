"""JSON Schema, as far as a contract needs it, as a function of values.

The client depends on attrs and httpx alone, so it brings its own checker. It
knows the keywords listed in `KEYWORDS`; the generator refuses a document that
uses others, so no bound is ever passed over. Data is plain JSON, as `encode`
makes it: dict, list, str, int, float, bool, None.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._bounds import BOUNDS
from ._quick import surely_fits
from ._types import is_array, is_object
from ._violations import Check, Place, Schema, Violation, violation

__all__ = ["ANNOTATIONS", "KEYWORDS", "Schema", "Violation", "first_violation"]


def first_violation(
    value: Any, schema: Schema, schemas: Mapping[str, Schema], pointer: str
) -> Violation | None:
    """Check a value and return the first thing wrong with it, or None.

    Args:
        value: Plain JSON data.
        schema: The schema that the value must match.
        schemas: What `$ref`s point to, by their full text (`#/components/…`).
        pointer: Where the document has the schema.
    """
    if surely_fits(value, schema, schemas):
        return None
    return _first(value, schema, Place((), pointer, (), schemas))


def _first(value: Any, schema: Schema, place: Place) -> Violation | None:
    for keyword, argument in schema.items():
        check = _CHECKS.get(keyword)
        if check is not None:
            found = check(value, argument, schema, place)
            if found is not None:
                return found
    return None


def _items(
    value: Any, schema: Schema, _parent: Schema, place: Place
) -> Violation | None:
    if is_array(value):
        for index, item in enumerate(value):
            found = _first(item, schema, place.member(index, "items"))
            if found is not None:
                return found
    return None


def _required(
    value: Any, names: list[str], _schema: Schema, place: Place
) -> Violation | None:
    if is_object(value):
        for name in names:
            if name not in value:
                reason = "is missing and required"
                return violation(None, "required", reason, place.member(name))
    return None


def _properties(
    value: Any, schemas: Mapping[str, Schema], _schema: Schema, place: Place
) -> Violation | None:
    if is_object(value):
        for name, schema in schemas.items():
            if name in value:
                below = place.member(name, "properties", name)
                found = _first(value[name], schema, below)
                if found is not None:
                    return found
    return None


def _additional_properties(
    value: Any, schema: Schema | bool, parent: Schema, place: Place
) -> Violation | None:
    if not is_object(value) or schema is True:
        return None
    known = parent.get("properties", {})
    for name, member in value.items():
        if name in known:
            continue
        below = place.member(name, "additionalProperties")
        if isinstance(schema, bool):
            bound = "additionalProperties false"
            return violation(member, bound, "is not a member of the contract", below)
        found = _first(member, schema, below)
        if found is not None:
            return found
    return None


def _ref(value: Any, target: str, _schema: Schema, place: Place) -> Violation | None:
    return _first(value, place.schemas[target], place.referred(target))


def _all_of(
    value: Any, schemas: list[Schema], _schema: Schema, place: Place
) -> Violation | None:
    for index, schema in enumerate(schemas):
        found = _first(value, schema, place.schema("allOf", str(index)))
        if found is not None:
            return found
    return None


def _first_of_each(
    value: Any, schemas: list[Schema], keyword: str, place: Place
) -> list[Violation | None]:
    """Return for each branch the first violation, or None where it matches."""
    return [
        _first(value, schema, place.schema(keyword, str(index)))
        for index, schema in enumerate(schemas)
    ]


def _closest(value: Any, found: list[Violation], bound: str, place: Place) -> Violation:
    """Of the branches that failed, tell of the one that was meant, if it shows.

    A branch that got past the type of the value was meant: it failed deeper down,
    or by another keyword. One that has another constant, or misses a member, was
    meant less than one in which a member is there and wrong; and of those the one
    that got furthest.
    """
    meant = [
        one
        for one in found
        if one.path != place.path or not one.bound.startswith("type ")
    ]
    for unlikely in (_is_other_kind, _is_missing):
        meant = [one for one in meant if not unlikely(one)] or meant
    furthest = max((len(one.path) for one in meant), default=0)
    if furthest > len(place.path):
        meant = [one for one in meant if len(one.path) == furthest]
    if len(meant) == 1:
        return meant[0]
    reasons = " and ".join(dict.fromkeys(one.reason for one in (meant or found)))
    return violation(value, bound, reasons, place)


def _is_other_kind(found: Violation) -> bool:
    return found.bound.startswith(("const ", "enum "))


def _is_missing(found: Violation) -> bool:
    return found.bound == "required"


def _any_of(
    value: Any, schemas: list[Schema], _schema: Schema, place: Place
) -> Violation | None:
    found = [one for one in _first_of_each(value, schemas, "anyOf", place) if one]
    if len(found) == len(schemas):
        return _closest(value, found, "anyOf", place)
    return None


def _one_of(
    value: Any, schemas: list[Schema], _schema: Schema, place: Place
) -> Violation | None:
    found = [one for one in _first_of_each(value, schemas, "oneOf", place) if one]
    matches = len(schemas) - len(found)
    if matches == 0:
        return _closest(value, found, "oneOf", place)
    if matches > 1:
        reason = f"matches {matches} alternatives where exactly one may match"
        return violation(value, "oneOf", reason, place)
    return None


def _not(value: Any, schema: Schema, _parent: Schema, place: Place) -> Violation | None:
    if _first(value, schema, place.schema("not")) is None:
        return violation(value, "not", "is excluded by the contract", place)
    return None


_CHECKS: dict[str, Check] = {
    **BOUNDS,
    "items": _items,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional_properties,
    "$ref": _ref,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
}

KEYWORDS = frozenset(_CHECKS)
"""The keywords that are checked."""

ANNOTATIONS = frozenset(
    {
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "default",
        "deprecated",
        "description",
        "discriminator",
        "example",
        "examples",
        "externalDocs",
        "format",
        "readOnly",
        "title",
        "writeOnly",
        "xml",
        "$comment",
    }
)
"""The keywords that say something and check nothing."""
