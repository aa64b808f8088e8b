"""Put shapes together: what is valid for all of them, or for any of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ._shape import (
    ALL_TYPES,
    BOUNDS,
    NULL,
    RULES,
    Bound,
    Group,
    Shape,
    common_multiple,
    is_stricter,
)

_INTEGER_FORMATS = {"int32": 2**31, "int64": 2**63}


def intersect(one: Shape, other: Shape) -> Shape:
    """Return the shape of what is valid for both; the first is the outer one."""
    bounds = _strictest(one.bounds, other.bounds)
    where = dict(one.where)
    for key, place in other.where.items():
        if key not in where or (key in bounds and bounds[key] != one.bounds.get(key)):
            where[key] = place
    return Shape(
        pointer=one.pointer,
        types=one.types & other.types,
        where=where,
        bounds=bounds,
        patterns={**other.patterns, **one.patterns},
        enums=_common(one, other),
        members=(*one.members, *other.members),
        required={**other.required, **one.required},
        items=(*one.items, *other.items),
        rules=(*one.rules, *other.rules),
        groups=(*one.groups, *other.groups),
        variants=(*one.variants, *other.variants),
        notes={
            key: (*one.notes.get(key, ()), *other.notes.get(key, ()))
            for key in (*one.notes, *(k for k in other.notes if k not in one.notes))
        },
        unevaluated=one.unevaluated or other.unevaluated,
    )


def _strictest(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    bounds = {**other, **one}
    for key in one.keys() & other.keys():
        if key.startswith(("min", "max")):
            stricter = is_stricter(key, other[key], one[key])
            bounds[key] = other[key] if stricter else one[key]
        elif key == "multipleOf":
            bounds[key] = common_multiple(one[key], other[key])
    return bounds


def _common(one: Shape, other: Shape) -> dict[str, Mapping[str, Any]]:
    enums: dict[str, Mapping[str, Any]] = {**other.enums, **one.enums}
    for kind in one.enums.keys() & other.enums.keys():
        second = other.enums[kind]
        enums[kind] = {k: v for k, v in one.enums[kind].items() if k in second}
    return enums


def settle(shape: Shape) -> Shape:
    """Drop what limits nothing, and give bounds of whole numbers one form."""
    types = shape.types
    bounds = {
        key: value
        for key, value in shape.bounds.items()
        if BOUNDS.get(key, "string") in types
        or (key == "format" and types & {"string", "number"})
    }
    if shape.is_whole:
        bounds = _whole(bounds)
    least = bounds.get("minProperties")
    if least is not None and least.value <= len(shape.required):
        del bounds["minProperties"]
    enums = {kind: one for kind, one in shape.enums.items() if kind in types}
    shape = replace(shape, bounds=bounds, enums=enums)
    if enums:
        shape = _enumerated(shape)
    is_object = "object" in shape.types
    has_items = "array" in shape.types and bounds.get("maxItems") != Bound(0)
    return replace(
        shape,
        patterns=shape.patterns if "string" in shape.types else {},
        items=shape.items if has_items else (),
        members=shape.members if is_object else (),
        required=shape.required if is_object else {},
        unevaluated=shape.unevaluated if is_object else None,
        rules=tuple(
            (key, rule)
            for key, rule in shape.rules
            if RULES[key] == "any" or RULES[key] in shape.types
        ),
    )


def _whole(bounds: dict[str, Any]) -> dict[str, Any]:
    """Include the ends of a range of whole numbers, and drop a format it implies."""
    bounds = dict(bounds)
    low, high = bounds.get("minimum"), bounds.get("maximum")
    if low is not None:
        floor = math.floor(low.value) + 1 if low.exclusive else math.ceil(low.value)
        low = bounds["minimum"] = Bound(floor)
    if high is not None:
        end = math.ceil(high.value) - 1 if high.exclusive else math.floor(high.value)
        high = bounds["maximum"] = Bound(end)
    limit = _INTEGER_FORMATS.get(bounds.get("format", ""))
    if limit and low and high and -limit <= low.value and high.value < limit:
        del bounds["format"]
    return bounds


def _enumerated(shape: Shape) -> Shape:
    """Keep of enumerated values those within the bounds, and then no bounds."""
    types, enums, bounds = shape.types, dict(shape.enums), dict(shape.bounds)
    for kind in shape.enums:
        enums[kind] = {k: v for k, v in enums[kind].items() if shape.fits(v)}
        if not enums[kind]:
            types = types - {kind}
            del enums[kind]
        bounds = {k: v for k, v in bounds.items() if BOUNDS.get(k) != kind}
    numbers = enums.get("number", {}).values()
    limit = _INTEGER_FORMATS.get(bounds.get("format", ""))
    if limit and numbers and all(-limit <= value < limit for value in numbers):
        del bounds["format"]
    return replace(shape, types=types, enums=enums, bounds=bounds)


def fold(shapes: list[Shape], group: Group) -> Shape | None:
    """Make one shape of branches, if they have different types or list values.

    Returns:
        None if one shape cannot express the branches exactly.
    """
    for one in shapes:
        is_typed = all(RULES[key] != "any" for key, _ in one.rules)
        if one.groups or one.unevaluated or not is_typed:
            return None
    whole = Shape(pointer=group.pointer, types=frozenset())
    for one in shapes:
        shared = whole.types & one.types
        if not group.exclusive:
            shared = shared - NULL  # it has one value, which may match twice
        if shared and not (_listed(whole, shared) and _listed(one, shared)):
            return None
        enums = {**whole.enums, **one.enums}
        for kind in shared:
            first, second = whole.enums[kind], one.enums[kind]
            if group.exclusive and first.keys() & second.keys():
                return None
            enums[kind] = {**first, **second}
        whole = replace(
            intersect(
                replace(whole, types=ALL_TYPES, enums={}),
                replace(one, types=ALL_TYPES, enums={}, notes={}),
            ),
            types=whole.types | one.types,
            enums=enums,
        )
    where = {**whole.where, "type": group.pointer, "enum": group.pointer}
    return replace(whole, where=where, variants=tuple(shapes))


def _listed(shape: Shape, types: frozenset[str]) -> bool:
    is_listed = all(kind in shape.enums for kind in types)
    return is_listed and not shape.patterns and not shape.rules
