"""Tell whether a value is within the bounds of a shape."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from text_completions_document import is_list, mapping, sequence

from ._shape import Shape

# A pattern of a document is run only if it cannot take long: no group is repeated,
# and few of its characters are.
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_REPEATED = re.compile(r"[*+]|\{\d*,\}")


def matches(pattern: str, text: str) -> bool | None:
    """Tell whether a text matches a pattern; None if that is not safe to find out."""
    if len(pattern) > 200 or len(text) > 200 or _REPEATED_GROUP.search(pattern):
        return None
    if len(_REPEATED.findall(pattern)) > 3:
        return None
    try:
        return re.search(pattern, text) is not None
    except (re.error, OverflowError, RecursionError):
        return None


def fits(shape: Shape, value: object) -> bool:
    """Tell whether a value is within a shape's bounds; formats are not checked."""
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, (int, float)):
        return _number_fits(shape, value)
    if isinstance(value, str):
        return _within(shape, len(value), "Length") and all(
            matches(pattern, value) is not False for pattern in shape.patterns
        )
    if is_list(value):
        return _within(shape, len(sequence(value)), "Items")
    return _within(shape, len(mapping(value)), "Properties")


def is_multiple(value: float, step: float) -> bool:
    """Tell whether a number is so many steps, as they are written: 0.3 of 0.1."""
    return (Fraction(str(value)) / Fraction(str(step))).denominator == 1


def _number_fits(shape: Shape, value: float) -> bool:
    if shape.bounds.get("integer") and value != math.floor(value):
        return False
    step = shape.bounds.get("multipleOf")
    return _within(shape, value, "imum") and (not step or is_multiple(value, step))


def _within(shape: Shape, size: float, what: str) -> bool:
    low, high = shape.bounds.get(f"min{what}"), shape.bounds.get(f"max{what}")
    if low is not None and (size < low.value or (size == low.value and low.exclusive)):
        return False
    return high is None or not (
        size > high.value or (size == high.value and high.exclusive)
    )
