"""Inspect type annotations with `typing`."""

from __future__ import annotations

from collections.abc import Sequence
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin


def is_dict(value: object) -> bool:
    """Tell whether a value is a dictionary."""
    return isinstance(value, dict)


def is_list(value: object) -> bool:
    """Tell whether a value is a list."""
    return isinstance(value, list)


def is_list_type(type_: Any) -> bool:
    """Tell whether a type is that of a list."""
    return (get_origin(type_) or type_) is list


def is_sequence_type(type_: Any) -> bool:
    """Tell whether a type is that of any sequence."""
    return (get_origin(type_) or type_) is Sequence


def is_union_type(type_: Any) -> bool:
    """Tell whether a type is one of several."""
    return get_origin(type_) in (Union, UnionType)


def is_annotated_type(type_: Any) -> bool:
    """Tell whether a type has annotations of its own."""
    return get_origin(type_) is Annotated


def is_type_alias_type(type_: Any) -> bool:
    """Tell whether a type is an alias made by `type`."""
    return type(type_).__name__ == "TypeAliasType"


def extract_type_arg(type_: Any, index: int) -> Any:
    """Return an argument of a type."""
    return get_args(type_)[index]
