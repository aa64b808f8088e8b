"""Decode JSON to the values that models hold. A value that does not fit is kept."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ._models import Model
from ._types import is_array, is_object, read_timestamp

_Decoder = Callable[[Any], Any]

# Python reads other forms of ISO 8601 too, for example 2024-W01.
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


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
    return _parsed(value, read_timestamp) if _is_like(_DATE_TIME, value) else value


def decode_date(value: Any) -> Any:
    """Decode an RFC 3339 date."""
    is_date = _is_like(_DATE, value)
    return _parsed(value, datetime.date.fromisoformat) if is_date else value


def decode_uuid(value: Any) -> Any:
    """Decode a UUID."""
    import uuid  # here, because importing the client must not import it

    return _parsed(value, uuid.UUID)


def _is_like(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


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
