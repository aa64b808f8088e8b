"""From Python values to JSON, refusing what JSON cannot say."""

from __future__ import annotations

import datetime
import enum
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from ._models import Model
from ._types import NotGiven, Null, Omit

__all__ = ["EncodingError", "encode", "to_json"]

_Path = tuple[str | int, ...]
_MOST_BITS = 12_000  # of an integer: Python writes no more than 4300 digits


# Made once: `json.dumps` would make an encoder for each call.
_compact = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), allow_nan=False
).encode


class EncodingError(ValueError):
    """A value that has no form in JSON.

    Attributes:
        path: Where it stands within the value that was encoded.
        value: The value.
        reason: What is wrong with it, to follow its name in a sentence.
    """

    def __init__(self, path: _Path, value: object, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.value = value
        self.reason = reason


def encode(value: Any, path: _Path = ()) -> Any:
    """Turn a value into plain JSON data; the value itself is not changed.

    Any Sequence but str and bytes is an array, any Mapping an object. Dates and
    times take their RFC 3339 form, UUIDs and enumerations their text. Members that
    were not given are left out.

    Raises:
        EncodingError: The value, or one within it, has no form in JSON.
    """
    if value is None or isinstance(value, int):
        return value if value is None else _integer(value, path)
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, float):
        return _number(value, path)
    if isinstance(value, Model):
        return encode(value.to_dict(), path)
    if _is_mapping(value):
        return _object(value, path)
    if _is_sequence(value):
        return [encode(item, (*path, index)) for index, item in enumerate(value)]
    return _scalar(value, path)


def to_json(value: Any) -> bytes:
    """Write plain JSON data as compact UTF-8."""
    return _compact(value).encode("utf-8")


def _text(value: str, path: _Path) -> str:
    text: str = value.value if isinstance(value, enum.Enum) else value
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise EncodingError(path, value, "is not valid Unicode text") from None
    return text


def _integer(value: int, path: _Path) -> int:
    if value.bit_length() > _MOST_BITS:
        raise EncodingError(path, value, "has too many digits")
    number: int = value.value if isinstance(value, enum.Enum) else value
    return number


def _number(value: float, path: _Path) -> float:
    if not math.isfinite(value):
        raise EncodingError(path, value, "is not a finite number")
    return value


def _is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _is_sequence(value: Any) -> TypeGuard[Sequence[Any]]:
    return isinstance(value, Sequence) and not isinstance(
        value, (bytes, bytearray, memoryview)
    )


def _object(value: Mapping[Any, Any], path: _Path) -> dict[str, Any]:
    encoded: dict[str, Any] = {}
    for key, member in value.items():
        if not isinstance(key, str):
            raise EncodingError(path, value, f"has the key {key!r}, not a string")
        if not isinstance(member, (NotGiven, Omit)):
            encoded[_text(key, path)] = encode(member, (*path, key))
    return encoded


def _scalar(value: object, path: _Path) -> Any:
    if isinstance(value, Null):
        return None
    if isinstance(value, enum.Enum):
        return encode(value.value, path)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    import uuid  # here, because importing the client must not import it

    if isinstance(value, uuid.UUID):
        return str(value)
    raise EncodingError(path, value, f"is a {type(value).__name__}, which is not JSON")
