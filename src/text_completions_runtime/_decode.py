"""Decode JSON to the values that models hold. A value that does not fit is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ._models import Model
from ._types import is_array, is_object

_Decoder = Callable[[Any], Any]


def decode_list(value: Any, item: _Decoder) -> Any:
    """Decode each item of an array."""
    return [item(one) for one in value] if is_array(value) else value


def decode_map(value: Any, member: _Decoder) -> Any:
    """Decode each member of an object whose names are free."""
    if not is_object(value):
        return value
    return {key: member(one) for key, one in value.items()}


def decode_variant(
    value: Any,
    tag: str,
    variants: Mapping[str, type[Model]],
    other: type[Model] | None = None,
) -> Any:
    """Decode an object of one of several kinds that a member tells apart.

    Args:
        value: Decoded JSON.
        tag: The name of that member.
        variants: The models by the value of that member.
        other: The model for other values. Without it such an object is kept as it is.
    """
    if not is_object(value):
        return value
    kind = value.get(tag)
    model = variants.get(kind, other) if isinstance(kind, str) else other
    return value if model is None else model.from_dict(value)


def decode_fitting(value: Any, models: Sequence[type[Model]]) -> Any:
    """Decode an object as the first model whose required members are all there.

    An object that fits no model is kept as it is.
    """
    if not is_object(value):
        return value
    for model in models:
        if value.keys() >= model.REQUIRED:
            return model.from_dict(value)
    return value
