"""From decoded JSON to the values that models hold. What does not fit is kept."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ._models import Model
from ._types import is_array, is_object

__all__ = [
    "decode_date",
    "decode_datetime",
    "decode_fitting",
    "decode_list",
    "decode_map",
    "decode_uuid",
    "decode_variant",
    "parse_json",
]

_Decoder = Callable[[Any], Any]


def parse_json(text: str | bytes) -> Any:
    """Decode JSON text.

    Raises:
        ValueError: The text is not JSON, or is nested too deeply to be read.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def decode_list(value: Any, item: _Decoder) -> Any:
    """Decode each item of an array."""
    return [item(one) for one in value] if is_array(value) else value


def decode_map(value: Any, member: _Decoder) -> Any:
    """Decode each member of an object whose names are free."""
    if not is_object(value):
        return value
    return {key: member(one) for key, one in value.items()}


def decode_datetime(value: Any) -> Any:
    """Decode an RFC 3339 date and time."""
    return _parsed(value, datetime.datetime.fromisoformat)


def decode_date(value: Any) -> Any:
    """Decode an RFC 3339 date."""
    return _parsed(value, datetime.date.fromisoformat)


def decode_uuid(value: Any) -> Any:
    """Decode a UUID."""
    import uuid  # here, because importing the client must not import it

    return _parsed(value, uuid.UUID)


def _parsed(value: Any, parse: Callable[[str], Any]) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except ValueError:
        return value


def decode_variant(
    value: Any,
    tag: str,
    variants: Mapping[str, type[Model]],
    other: type[Model] | None = None,
) -> Any:
    """Decode an object of one of several kinds.

    Args:
        value: Decoded JSON.
        tag: The member that tells the kind.
        variants: The models by the value of that member.
        other: The model for kinds that are not among them; without it the
            object is kept as it came.
    """
    if not is_object(value):
        return value
    kind = value.get(tag)
    model = variants.get(kind, other) if isinstance(kind, str) else other
    return value if model is None else model.from_dict(value)


def decode_fitting(value: Any, models: Sequence[type[Model]]) -> Any:
    """Decode an object of one of several kinds that no member tells apart.

    The first model whose required members are all there is taken; an object that
    fits none is kept as it came.
    """
    if not is_object(value):
        return value
    for model in models:
        if value.keys() >= model.REQUIRED:
            return model.from_dict(value)
    return value
