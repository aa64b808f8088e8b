"""Check the arguments of public classes and functions."""

from __future__ import annotations

import math
from collections.abc import Sequence


def check_number(
    name: str,
    value: object,
    least: float = 0,
    most: float = math.inf,
    *,
    whole: bool = False,
    above: bool = False,
    unit: str = "",
) -> None:
    """Check a finite number; `above` excludes the least one.

    Raises:
        TypeError: It is not a number, or not a whole one.
        ValueError: It is out of its bounds.
    """
    types = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, types):
        noun = "a whole number" if whole else "a number"
        raise TypeError(f"{name} must be {noun}, such as {name}=2, not {value!r}")
    if not (least <= value <= most and value < math.inf) or (above and value == least):
        bounds = f"{'more than' if above else 'at least'} {least}"
        bounds = bounds if most == math.inf else f"{least} to {most}"
        raise ValueError(f"{name} must be {bounds}{unit and ' '}{unit}, not {value}")


def check_choice(name: str, value: object, choices: Sequence[str]) -> None:
    """Check a value of which there are only a few.

    Raises:
        ValueError: It is not one of them.
    """
    if value not in choices:
        known = f"{', '.join(choices[:-1])} or {choices[-1]}"
        raise ValueError(f"{name} must be {known}, not {value!r}")
