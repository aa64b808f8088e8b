"""The keywords that look at one value alone: its type, its size, its form."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ._types import is_array, is_object
from ._violations import Check, Place, Schema, Violation, violation

__all__ = ["BOUNDS", "same_json"]


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    """A number without a fraction: JSON Schema counts 1.0 among the integers."""
    return _is_number(value) and (isinstance(value, int) or value.is_integer())


_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": _is_integer,
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "array": is_array,
    "object": is_object,
}


def _type(
    value: Any, names: str | list[str], _schema: Schema, place: Place
) -> Violation | None:
    allowed = [names] if isinstance(names, str) else names
    if not any(_TYPES[name](value) for name in allowed):
        words = " or ".join(allowed)
        return violation(value, f"type {words}", f"is not of type {words}", place)
    return None


def same_json(left: Any, right: Any) -> bool:
    """Compare as JSON does: 1 equals 1.0, but true does not equal 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if is_object(left) and is_object(right):
        return left.keys() == right.keys() and all(
            same_json(left[key], right[key]) for key in left
        )
    if is_array(left) and is_array(right):
        return len(left) == len(right) and all(map(same_json, left, right))
    return bool(left == right)


def _enum(
    value: Any, values: list[Any], _schema: Schema, place: Place
) -> Violation | None:
    if not any(same_json(value, one) for one in values):
        words = ", ".join(repr(one) for one in values)
        return violation(value, f"enum {words}", f"is none of {words}", place)
    return None


def _const(
    value: Any, expected: Any, _schema: Schema, place: Place
) -> Violation | None:
    if not same_json(value, expected):
        return violation(value, f"const {expected!r}", f"is not {expected!r}", place)
    return None


def _bound(
    keyword: str,
    applies: Callable[[Any], bool],
    broken: Callable[[Any, Any], bool],
    words: str,
) -> Check:
    """Make the check of a keyword that compares a value with its argument."""

    def check(
        value: Any, argument: Any, _schema: Schema, place: Place
    ) -> Violation | None:
        if applies(value) and broken(value, argument):
            reason = f"{words} {argument}"
            return violation(value, f"{keyword} {argument}", reason, place)
        return None

    return check


def _indivisible(value: float, step: float) -> bool:
    """Divide as decimals, so that 0.3 is a multiple of 0.1."""
    from fractions import Fraction  # few documents need it, and it takes 3 ms

    return Fraction(str(value)) % Fraction(str(step)) != 0


def _repeats(value: list[Any], unique: bool) -> bool:
    return unique and any(
        same_json(one, other)
        for index, one in enumerate(value)
        for other in value[:index]
    )


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern of ECMA-262, whose `$` is the end and whose `\d` is ASCII."""
    return re.compile(re.sub(_FOREIGN, _translated, pattern, flags=re.DOTALL))


_FOREIGN = r"(\\.)|(\[(?:\\.|[^\]\\])*\])|(\$)"
_SHORTHANDS = {r"\d": "0-9", r"\w": "A-Za-z0-9_"}


def _translated(found: re.Match[str]) -> str:
    escape, charset, end = found.groups()
    if end:
        return r"\Z"
    if escape:
        inside = _SHORTHANDS.get(escape)
        return f"[{inside}]" if inside else str(escape)
    return re.sub(r"\\.", lambda one: _SHORTHANDS.get(one[0], one[0]), str(charset))


_is_string = _TYPES["string"]

BOUNDS: dict[str, Check] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minimum": _bound("minimum", _is_number, lambda v, b: v < b, "is less than"),
    "maximum": _bound("maximum", _is_number, lambda v, b: v > b, "is greater than"),
    "exclusiveMinimum": _bound(
        "exclusiveMinimum", _is_number, lambda v, b: v <= b, "is not greater than"
    ),
    "exclusiveMaximum": _bound(
        "exclusiveMaximum", _is_number, lambda v, b: v >= b, "is not less than"
    ),
    "multipleOf": _bound(
        "multipleOf", _is_number, _indivisible, "is not a multiple of"
    ),
    "minLength": _bound(
        "minLength", _is_string, lambda v, b: len(v) < b, "is shorter than"
    ),
    "maxLength": _bound(
        "maxLength", _is_string, lambda v, b: len(v) > b, "is longer than"
    ),
    "pattern": _bound(
        "pattern",
        _is_string,
        lambda v, b: _compiled(b).search(v) is None,
        "does not match the pattern",
    ),
    "minItems": _bound(
        "minItems", is_array, lambda v, b: len(v) < b, "has fewer items than"
    ),
    "maxItems": _bound(
        "maxItems", is_array, lambda v, b: len(v) > b, "has more items than"
    ),
    "uniqueItems": _bound(
        "uniqueItems", is_array, _repeats, "repeats an item against uniqueItems"
    ),
    "minProperties": _bound(
        "minProperties", is_object, lambda v, b: len(v) < b, "has fewer members than"
    ),
    "maxProperties": _bound(
        "maxProperties", is_object, lambda v, b: len(v) > b, "has more members than"
    ),
}
"""The checks by keyword."""
