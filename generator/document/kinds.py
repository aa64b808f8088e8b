"""The kinds of values that a document has: what each one is, in words for people."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple


class Leaf(NamedTuple):
    """A value with no parts of its own that matter here."""

    words: str
    fits: Callable[[Any], bool]


class Each(NamedTuple):
    """A mapping whose keys are free, and whose values are all of one kind."""

    kind: Kind
    names: Leaf | None = None


class Many(NamedTuple):
    """A sequence whose items are all of one kind."""

    kind: Kind
    least: int = 0


class Part(NamedTuple):
    """A mapping whose keys are known.

    Attributes:
        keys: The kind of each key's value.
        required: The keys that must be there.
        refused: Keys that OpenAPI knows and the client cannot honour, and why.
        place: Where among the components a `$ref` to such a part leads.
    """

    keys: dict[str, Kind]
    required: tuple[str, ...] = ()
    refused: Mapping[str, str] = MappingProxyType({})
    place: str | None = None


Kind = Leaf | Each | Many | str | tuple[Leaf, str]
"""A string names a part of the grammar; a pair is the leaf or else that part."""


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_pattern(value: Any) -> bool:
    try:
        re.compile(value)
    except (re.error, TypeError, RecursionError, OverflowError):
        return False
    return True


def _matches(pattern: str) -> Callable[[Any], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and bool(compiled.fullmatch(value))


def is_name(value: Any) -> bool:
    """Tell whether code can use a text of the document as a name, as it stands."""
    return (
        isinstance(value, str)
        and value.isascii()
        and value.isidentifier()
        and not keyword.iskeyword(value)
        and not value.startswith("_")
    )


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (str, int, float, bool))


ANY = Leaf("anything", lambda _: True)
TEXT = Leaf("text", lambda value: isinstance(value, str))
FLAG = Leaf("true or false", lambda value: isinstance(value, bool))
NUMBER = Leaf("a number", _is_number)
STEP = Leaf("a number above 0", lambda value: _is_number(value) and value > 0)
COUNT = Leaf("a whole number from 0", _is_count)
PATTERN = Leaf("a regular expression that Python knows", _is_pattern)
SCALAR = Leaf("text, a number, true or false", _is_scalar)
OPTION = Leaf("text, a number or null", lambda v: v is None or _is_option(v))
NAME = Leaf("a name that Python can use, in ASCII", is_name)
POINTER = Leaf("a JSON pointer, `/…`", _matches(r"(/[^/]+)+"))
MANNER = Leaf(
    "one of merge, put, append", lambda value: value in ("merge", "put", "append")
)
TOKEN = Leaf("the name of a header", _matches(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"))
PRINTED = Leaf("printable ASCII", _matches(r"[ -~]*"))
VARIABLE = Leaf("the name of an environment variable", _matches(r"[A-Za-z_]\w*"))
COMPONENT = Leaf("made of letters, digits, `.`, `_`, `-`", _matches(r"[\w.-]+"))
STATUS = Leaf("a status from 400 to 599, or 4XX or 5XX", _matches(r"[45](\d\d|XX)"))
RESPONSE = Leaf("a status of 2, 4 or 5, like 404 or 4XX", _matches(r"[245](\d\d|XX)"))
PATH = Leaf("a path, `/…`", _matches(r"/[^?#\s]*"))


def _is_option(value: Any) -> bool:
    return isinstance(value, str) or _is_number(value)
