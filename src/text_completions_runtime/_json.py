"""Decoded JSON: getting it, and telling type checkers what it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeGuard

__all__ = ["is_array", "is_mapping", "is_object", "parsed"]


def parsed(text: str | bytes) -> Any:
    """Decode JSON text.

    Raises:
        ValueError: It is not JSON, or nested deeper than can be read.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Tell whether decoded JSON is an object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Tell whether decoded JSON is an array."""
    return isinstance(value, list)


def is_mapping(value: Any) -> TypeGuard[Mapping[str, Any]]:
    """Tell whether a value of a caller's could become an object of JSON."""
    return isinstance(value, Mapping)
