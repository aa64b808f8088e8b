"""JSON: read strictly, written compactly."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from typing import Final, NoReturn, cast

import msgspec

MAX_DEPTH = 100
"""The maximum depth of arrays and objects in a request; the API needs five."""


class NotJson(ValueError):
    """The bytes are not JSON; the message says why."""


def parse_json(body: bytes) -> object:
    """Read a request body as RFC 8259 says, and refuse what is ambiguous.

    Refused beside bad syntax: anything but UTF-8, NaN and Infinity, numbers out of
    range, a name twice in one object, half of a surrogate pair, deep nesting.

    Raises:
        NotJson: The message says what is wrong.
    """
    if not body or body.isspace():
        raise NotJson("unexpected end of data")
    try:
        text = body.decode().strip(_WHITE_SPACE)
        value, end = _DECODER.raw_decode(text)  # half the time of decode()
        if end < len(text):
            raise NotJson(f"extra data after the value, at character {end}")
    except UnicodeDecodeError as error:
        raise NotJson(f"not UTF-8 at byte {error.start}") from error
    except RecursionError as error:
        raise NotJson(_TOO_DEEP) from error
    except json.JSONDecodeError as error:
        raise NotJson(str(error)) from error
    except NotJson:
        raise
    except ValueError as error:  # int() refuses to read thousands of digits
        raise NotJson("number out of range") from error
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _is_deep(value):
        raise NotJson(_TOO_DEEP)
    if b"\\u" in body and _has_lone_surrogate(value):  # only an escape can write one
        raise NotJson("a lone surrogate is not a character")
    return value


_WHITE_SPACE = " \t\n\r"
_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        name = json.dumps(_repeated(name for name, _ in pairs))
        raise NotJson(f"the name {name} appears twice in one object")
    return value


def _repeated(names: Iterable[str]) -> str:
    left = Counter(names)
    return max(left, key=left.__getitem__)


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise NotJson("number out of range")
    return number


def _constant(name: str) -> NoReturn:
    raise NotJson(f"{name} is not JSON")


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for outer in level for inner in _members(outer)]
    return bool(level)


def _members(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(cast("dict[str, object]", value).values())
    return cast("list[object]", value) if isinstance(value, list) else []


def _has_lone_surrogate(value: object) -> bool:
    try:
        dump_json(value)
    except UnicodeEncodeError:
        return True
    return False


def _of_built_in_type(value: object) -> object:
    """Return a text of a subclass as plain text, such as a backend may yield."""
    if isinstance(value, str):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not a type of JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_float, parse_constant=_constant
)

dump_json: Final = msgspec.json.Encoder(enc_hook=_of_built_in_type).encode
"""Write JSON as the service does: without white space and needless escapes."""
