"""Whether a value is within the bounds of a shape."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from text_completions_document import is_list, mapping, sequence

from ._shape import Shape


def fits(shape: Shape, value: object) -> bool:
    """Whether a value is within a shape's bounds; formats are not looked at."""
    bounds = shape.bounds
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, (int, float)):
        return _number_fits(bounds, value)
    if isinstance(value, str):
        return _within(bounds, len(value), "Length") and all(
            _matches(pattern, value) for pattern in shape.patterns
        )
    size = len(sequence(value)) if is_list(value) else len(mapping(value))
    return _within(bounds, size, "Items" if is_list(value) else "Properties")


def _number_fits(bounds: Mapping[str, Any], value: float) -> bool:
    if bounds.get("integer") and value != math.floor(value):
        return False
    step = bounds.get("multipleOf")
    return _within(bounds, value, "imum") and (not step or is_multiple(value, step))


def is_multiple(value: float, step: float) -> bool:
    """Whether a number is so many steps, as they are written: 0.3 is three of 0.1."""
    return (Fraction(str(value)) / Fraction(str(step))).denominator == 1


def _within(bounds: Mapping[str, Any], size: float, what: str) -> bool:
    low, high = bounds.get(f"min{what}"), bounds.get(f"max{what}")
    if low is not None and (size < low.value or (size == low.value and low.exclusive)):
        return False
    return high is None or not (
        size > high.value or (size == high.value and high.exclusive)
    )


def _matches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return False
