"""Shapes put together: what fits all of them, what fits any of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ._limits import fits
from ._shape import ALL_TYPES, TYPE_OF_BOUND, Bound, Group, Shape


def intersect(one: Shape, other: Shape) -> Shape:
    """The shape of what fits both; the first is the outer one."""
    return Shape(
        pointer=one.pointer,
        types=one.types & other.types,
        where={**one.where, **_stricter_places(one, other)},
        bounds=_strictest(one.bounds, other.bounds),
        patterns={**other.patterns, **one.patterns},
        enums=_common(one, other),
        members=(*one.members, *other.members),
        required={**other.required, **one.required},
        items=(*one.items, *other.items),
        names=(*one.names, *other.names),
        content=(*one.content, *other.content),
        rules=(*one.rules, *other.rules),
        groups=(*one.groups, *other.groups),
        notes={
            key: (*one.notes.get(key, ()), *other.notes.get(key, ()))
            for key in (*one.notes, *(k for k in other.notes if k not in one.notes))
        },
        unevaluated=one.unevaluated or other.unevaluated,
    )


def _stricter_places(one: Shape, other: Shape) -> dict[str, str]:
    merged = _strictest(one.bounds, other.bounds)
    return {
        key: place
        for key, place in other.where.items()
        if key not in one.where
        or (key in merged and merged[key] != one.bounds.get(key))
    }


def _strictest(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    found = {**other, **one}
    for key in one.keys() & other.keys():
        if key.startswith("min"):
            found[key] = max(one[key], other[key])
        elif key.startswith("max"):
            found[key] = min(
                one[key], other[key], key=lambda end: (end.value, not end.exclusive)
            )
        elif key == "multipleOf":
            found[key] = _common_multiple(one[key], other[key])
    return found


def _common_multiple(one: float, other: float) -> float:
    if isinstance(one, int) and isinstance(other, int):
        return math.lcm(one, other)
    return max(one, other)


def _common(one: Shape, other: Shape) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {**other.enums, **one.enums}
    for kind in one.enums.keys() & other.enums.keys():
        second = other.enums[kind]
        found[kind] = {k: v for k, v in one.enums[kind].items() if k in second}
    return found


def settle(shape: Shape) -> Shape:
    """Drop what limits nothing, and give bounds of whole numbers one form."""
    bounds = {
        key: value
        for key, value in shape.bounds.items()
        if TYPE_OF_BOUND.get(key, "string") in shape.types
        or (key == "format" and shape.types & {"string", "number"})
    }
    if bounds.get("integer"):
        bounds = _whole(bounds)
    enums = {
        kind: values for kind, values in shape.enums.items() if kind in shape.types
    }
    shape = replace(shape, bounds=bounds, enums=enums)
    shape = _enumerated(shape)
    has = shape.types
    return replace(
        shape,
        patterns=shape.patterns if "string" in has else {},
        content=shape.content if "string" in has else (),
        items=shape.items if "array" in has else (),
        members=shape.members if "object" in has else (),
        required=shape.required if "object" in has else {},
        names=shape.names if "object" in has else (),
        unevaluated=shape.unevaluated if "object" in has else None,
    )


def _whole(bounds: dict[str, Any]) -> dict[str, Any]:
    found = dict(bounds)
    if (low := bounds.get("minimum")) is not None:
        floor = math.floor(low.value) + 1 if low.exclusive else math.ceil(low.value)
        found["minimum"] = Bound(floor)
    if (high := bounds.get("maximum")) is not None:
        ceiling = (
            math.ceil(high.value) - 1 if high.exclusive else math.floor(high.value)
        )
        found["maximum"] = Bound(ceiling)
    if bounds.get("multipleOf") == 1:
        del found["multipleOf"]
    return found


def _enumerated(shape: Shape) -> Shape:
    """Leave of enumerated values those within the bounds, and then no bounds."""
    types, enums, bounds = shape.types, dict(shape.enums), dict(shape.bounds)
    for kind in shape.enums:
        enums[kind] = {k: v for k, v in enums[kind].items() if fits(shape, v)}
        if not enums[kind]:
            types = types - {kind}
            del enums[kind]
        bounds = {k: v for k, v in bounds.items() if TYPE_OF_BOUND.get(k) != kind}
    return replace(shape, types=types, enums=enums, bounds=bounds)


def fold(shapes: list[Shape], group: Group) -> Shape | None:
    """Make one shape of branches of different types, or of enumerations."""
    if any(one.rules or one.groups or one.unevaluated for one in shapes):
        return None
    found = Shape(pointer=group.pointer, types=frozenset())
    for one in shapes:
        shared = found.types & one.types
        if shared and not (_listed(found, shared) and _listed(one, one.types)):
            return None
        enums = {**found.enums, **one.enums}
        for kind in shared:
            first, second = found.enums[kind], one.enums[kind]
            if group.exclusive and first.keys() & second.keys():
                return None
            enums[kind] = {**first, **second}
        found = replace(
            intersect(
                replace(found, types=ALL_TYPES, enums={}),
                replace(one, types=ALL_TYPES, enums={}, notes={}),
            ),
            types=found.types | one.types,
            enums=enums,
        )
    where = {**found.where, "type": group.pointer, "enum": group.pointer}
    return replace(found, where=where)


def _listed(shape: Shape, types: frozenset[str]) -> bool:
    return all(kind in shape.enums for kind in types) and not shape.patterns
