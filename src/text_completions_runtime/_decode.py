"""Decode JSON to the values that models hold. A value that does not fit is kept."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args, get_origin

from ._models import Model
from ._types import is_array, is_object, read_timestamp

__all__ = [
    "CastError",
    "cast_json",
    "decode_date",
    "decode_datetime",
    "decode_fitting",
    "decode_list",
    "decode_map",
    "decode_uuid",
    "decode_variant",
    "parse_json",
    "require_castable",
]

_Decoder = Callable[[Any], Any]

# Python reads other forms of ISO 8601 too, for example 2024-W01.
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


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


# The type that a caller names

_NUMBERS = (bool, int, float)
_ANYTHING = (object, Any)


class CastError(ValueError):
    """A value is not of the type that the caller named."""


def require_castable(to: Any) -> None:
    """Refuse a type that JSON cannot be cast to.

    Raises:
        TypeError: The type is none of the supported ones.
    """
    origin = get_origin(to) or to
    if to in _ANYTHING or origin in (dict, list, *_NUMBERS) or _is_model(to):
        return
    message = (
        f"cast_to must be httpx.Response, str, bytes, None, a model of this package, "
        f"dict, list, bool, int, float or object, not {to!r}"
    )
    raise TypeError(message)


def cast_json(value: Any, to: Any) -> Any:
    """Return decoded JSON as a type that `require_castable` accepts.

    Raises:
        CastError: The value is not of that type.
    """
    if to in _ANYTHING:
        return value
    if _is_model(to):
        if not is_object(value):
            raise CastError(f"the JSON is not an object, as {to.__name__} is")
        return to.from_dict(value)
    origin, arguments = get_origin(to) or to, get_args(to)
    if origin is list and is_array(value):
        return [_cast_item(item, arguments) for item in value]
    if origin is dict and is_object(value):
        return {name: _cast_item(item, arguments[1:]) for name, item in value.items()}
    if origin in _NUMBERS and _is_number(value, origin):
        return origin(value)
    raise CastError(f"the JSON is not of the type {to!r}")


def _cast_item(value: Any, arguments: tuple[Any, ...]) -> Any:
    return cast_json(value, arguments[0]) if arguments else value


def _is_number(value: Any, to: Any) -> bool:
    if isinstance(value, bool) or to is bool:
        return isinstance(value, bool) and to is bool
    try:
        return isinstance(value, (int, float)) and to(value) == value
    except OverflowError:  # infinity as int, or an int that no float can hold
        return False


def _is_model(to: Any) -> bool:
    return isinstance(to, type) and issubclass(to, Model)
