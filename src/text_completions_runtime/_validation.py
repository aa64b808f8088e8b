"""JSON Schema, as far as a contract needs it, as a function of values.

The client depends on attrs and httpx alone, so it brings its own checker. It
knows the keywords listed in `KEYWORDS`; the generator refuses a document that
uses others, so no bound is ever passed over. Data is plain JSON, as `encode`
makes it: dict, list, str, int, float, bool, None.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ._json import is_array, is_object

__all__ = ["ANNOTATIONS", "KEYWORDS", "Schema", "Violation", "first_violation"]

Schema = Mapping[str, Any]
"""A schema object, or a boolean schema as `{}` (true) or `{"not": {}}` (false)."""


class Violation(NamedTuple):
    """A value that breaks a keyword of its schema.

    Attributes:
        path: Where the value stands, from the value that was checked.
        value: The value.
        bound: The keyword and its argument in words, `maximum 1`.
        reason: What is wrong, to follow the name of the value in a sentence.
        pointer: The JSON pointer of the schema that says so.
    """

    path: tuple[str | int, ...]
    value: Any
    bound: str
    reason: str
    pointer: str


class _Place(NamedTuple):
    """Where the check stands: in the value, in the document, among the schemas."""

    path: tuple[str | int, ...]
    pointer: str
    schemas: Mapping[str, Schema]

    def member(self, key: str | int, *steps: str) -> _Place:
        return self._replace(path=(*self.path, key), pointer=self._below(*steps))

    def schema(self, *steps: str) -> _Place:
        return self._replace(pointer=self._below(*steps))

    def _below(self, *steps: str) -> str:
        escaped = [step.replace("~", "~0").replace("/", "~1") for step in steps]
        return "/".join([self.pointer, *escaped])


_Check = Callable[[Any, Any, Schema, _Place], Iterator[Violation]]


def first_violation(
    value: Any, schema: Schema, schemas: Mapping[str, Schema], pointer: str
) -> Violation | None:
    """Check a value and return the first thing wrong with it, or None.

    Args:
        value: Plain JSON data.
        schema: The schema that the value must match.
        schemas: What `$ref`s point to, by their full text (`#/components/…`).
        pointer: Where the document has the schema.
    """
    return next(_violations(value, schema, _Place((), pointer, schemas)), None)


def _violations(value: Any, schema: Schema, place: _Place) -> Iterator[Violation]:
    for keyword, argument in schema.items():
        check = _CHECKS.get(keyword)
        if check is not None:
            yield from check(value, argument, schema, place)


def _violation(value: Any, bound: str, reason: str, place: _Place) -> Violation:
    return Violation(place.path, value, bound, reason, place.pointer)


# Types -----------------------------------------------------------------------


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    """A number without a fraction: JSON Schema counts 1.0 among the integers."""
    return _is_number(value) and (isinstance(value, int) or value.is_integer())


_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": _is_integer,
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "array": is_array,
    "object": is_object,
}


def _type(
    value: Any, names: str | list[str], _schema: Schema, place: _Place
) -> Iterator[Violation]:
    allowed = [names] if isinstance(names, str) else names
    if not any(_TYPES[name](value) for name in allowed):
        words = " or ".join(allowed)
        yield _violation(value, f"type {words}", f"is not of type {words}", place)


def same_json(left: Any, right: Any) -> bool:
    """Compare as JSON does: 1 equals 1.0, but true does not equal 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if is_object(left) and is_object(right):
        return left.keys() == right.keys() and all(
            same_json(left[key], right[key]) for key in left
        )
    if is_array(left) and is_array(right):
        return len(left) == len(right) and all(map(same_json, left, right))
    return bool(left == right)


def _enum(
    value: Any, values: list[Any], _schema: Schema, place: _Place
) -> Iterator[Violation]:
    if not any(same_json(value, one) for one in values):
        words = ", ".join(repr(one) for one in values)
        yield _violation(value, f"enum {words}", f"is none of {words}", place)


def _const(
    value: Any, expected: Any, _schema: Schema, place: _Place
) -> Iterator[Violation]:
    if not same_json(value, expected):
        yield _violation(value, f"const {expected!r}", f"is not {expected!r}", place)


# Numbers, strings, arrays and objects: one value against one bound -----------


def _bound(
    keyword: str,
    applies: Callable[[Any], bool],
    broken: Callable[[Any, Any], bool],
    words: str,
) -> _Check:
    """Make the check of a keyword that compares a value with its argument."""

    def check(
        value: Any, argument: Any, _schema: Schema, place: _Place
    ) -> Iterator[Violation]:
        if applies(value) and broken(value, argument):
            reason = f"{words} {argument}"
            yield _violation(value, f"{keyword} {argument}", reason, place)

    return check


def _indivisible(value: float, step: float) -> bool:
    """Divide as decimals, so that 0.3 is a multiple of 0.1."""
    from fractions import Fraction  # few documents need it, and it takes 3 ms

    return Fraction(str(value)) % Fraction(str(step)) != 0


def _repeats(value: list[Any], unique: bool) -> bool:
    return unique and any(
        same_json(one, other)
        for index, one in enumerate(value)
        for other in value[:index]
    )


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern of ECMA-262, whose `$` is the end and whose `\d` is ASCII."""
    return re.compile(re.sub(_FOREIGN, _translated, pattern, flags=re.DOTALL))


_FOREIGN = r"(\\.)|(\[(?:\\.|[^\]\\])*\])|(\$)"
_SHORTHANDS = {r"\d": "0-9", r"\w": "A-Za-z0-9_"}


def _translated(found: re.Match[str]) -> str:
    escape, charset, end = found.groups()
    if end:
        return r"\Z"
    if escape:
        inside = _SHORTHANDS.get(escape)
        return f"[{inside}]" if inside else str(escape)
    return re.sub(r"\\.", lambda one: _SHORTHANDS.get(one[0], one[0]), str(charset))


_is_string = _TYPES["string"]


# Members and items -----------------------------------------------------------


def _items(
    value: Any, schema: Schema, _parent: Schema, place: _Place
) -> Iterator[Violation]:
    if is_array(value):
        for index, item in enumerate(value):
            yield from _violations(item, schema, place.member(index, "items"))


def _required(
    value: Any, names: list[str], _schema: Schema, place: _Place
) -> Iterator[Violation]:
    if is_object(value):
        for name in names:
            if name not in value:
                reason = "is missing and required"
                yield _violation(None, "required", reason, place.member(name))


def _properties(
    value: Any, schemas: Mapping[str, Schema], _schema: Schema, place: _Place
) -> Iterator[Violation]:
    if is_object(value):
        for name, schema in schemas.items():
            if name in value:
                below = place.member(name, "properties", name)
                yield from _violations(value[name], schema, below)


def _additional_properties(
    value: Any, schema: Schema | bool, parent: Schema, place: _Place
) -> Iterator[Violation]:
    if not is_object(value) or schema is True:
        return
    known = parent.get("properties", {})
    for name, member in value.items():
        if name in known:
            continue
        below = place.member(name, "additionalProperties")
        if isinstance(schema, bool):
            bound = "additionalProperties false"
            yield _violation(member, bound, "is not a member of the contract", below)
        else:
            yield from _violations(member, schema, below)


# Combinations ----------------------------------------------------------------


def _ref(
    value: Any, target: str, _schema: Schema, place: _Place
) -> Iterator[Violation]:
    yield from _violations(value, place.schemas[target], place._replace(pointer=target))


def _all_of(
    value: Any, schemas: list[Schema], _schema: Schema, place: _Place
) -> Iterator[Violation]:
    for index, schema in enumerate(schemas):
        yield from _violations(value, schema, place.schema("allOf", str(index)))


def _first_of_each(
    value: Any, schemas: list[Schema], keyword: str, place: _Place
) -> list[Violation | None]:
    """Return for each branch the first violation, or None where it matches."""
    return [
        next(_violations(value, schema, place.schema(keyword, str(index))), None)
        for index, schema in enumerate(schemas)
    ]


def _closest(
    value: Any, found: list[Violation], bound: str, place: _Place
) -> Violation:
    """Of the branches that failed, tell of the one that was meant, if it shows.

    A branch that got past the type of the value was meant: it failed deeper down,
    or by another keyword.
    """
    meant = [
        one
        for one in found
        if one.path != place.path or not one.bound.startswith("type ")
    ]
    if len(meant) == 1:
        return meant[0]
    reasons = " and ".join(dict.fromkeys(one.reason for one in (meant or found)))
    return _violation(value, bound, reasons, place)


def _any_of(
    value: Any, schemas: list[Schema], _schema: Schema, place: _Place
) -> Iterator[Violation]:
    found = [one for one in _first_of_each(value, schemas, "anyOf", place) if one]
    if len(found) == len(schemas):
        yield _closest(value, found, "anyOf", place)


def _one_of(
    value: Any, schemas: list[Schema], _schema: Schema, place: _Place
) -> Iterator[Violation]:
    found = [one for one in _first_of_each(value, schemas, "oneOf", place) if one]
    matches = len(schemas) - len(found)
    if matches == 0:
        yield _closest(value, found, "oneOf", place)
    elif matches > 1:
        reason = f"matches {matches} alternatives where exactly one may match"
        yield _violation(value, "oneOf", reason, place)


def _not(
    value: Any, schema: Schema, _parent: Schema, place: _Place
) -> Iterator[Violation]:
    if next(_violations(value, schema, place.schema("not")), None) is None:
        yield _violation(value, "not", "is excluded by the contract", place)


_CHECKS: dict[str, _Check] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minimum": _bound("minimum", _is_number, lambda v, b: v < b, "is less than"),
    "maximum": _bound("maximum", _is_number, lambda v, b: v > b, "is greater than"),
    "exclusiveMinimum": _bound(
        "exclusiveMinimum", _is_number, lambda v, b: v <= b, "is not greater than"
    ),
    "exclusiveMaximum": _bound(
        "exclusiveMaximum", _is_number, lambda v, b: v >= b, "is not less than"
    ),
    "multipleOf": _bound(
        "multipleOf", _is_number, _indivisible, "is not a multiple of"
    ),
    "minLength": _bound(
        "minLength", _is_string, lambda v, b: len(v) < b, "is shorter than"
    ),
    "maxLength": _bound(
        "maxLength", _is_string, lambda v, b: len(v) > b, "is longer than"
    ),
    "pattern": _bound(
        "pattern",
        _is_string,
        lambda v, b: _compiled(b).search(v) is None,
        "does not match the pattern",
    ),
    "minItems": _bound(
        "minItems", is_array, lambda v, b: len(v) < b, "has fewer items than"
    ),
    "maxItems": _bound(
        "maxItems", is_array, lambda v, b: len(v) > b, "has more items than"
    ),
    "uniqueItems": _bound(
        "uniqueItems", is_array, _repeats, "repeats an item against uniqueItems"
    ),
    "minProperties": _bound(
        "minProperties", is_object, lambda v, b: len(v) < b, "has fewer members than"
    ),
    "maxProperties": _bound(
        "maxProperties", is_object, lambda v, b: len(v) > b, "has more members than"
    ),
    "items": _items,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional_properties,
    "$ref": _ref,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
}

KEYWORDS = frozenset(_CHECKS)
"""The keywords that are checked."""

ANNOTATIONS = frozenset(
    {
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "default",
        "deprecated",
        "description",
        "discriminator",
        "example",
        "examples",
        "externalDocs",
        "format",
        "readOnly",
        "title",
        "writeOnly",
        "xml",
        "$comment",
    }
)
"""The keywords that say something and check nothing."""
