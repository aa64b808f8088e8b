"""Check plain JSON data against the schemas of a document.

The client depends on attrs and httpx alone, so it has its own checker. It knows the
keywords of `KEYWORDS`. The generator refuses a document that uses others, so that no
bound is dropped silently.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from ._types import is_array, is_object

SchemaData: TypeAlias = Mapping[str, Any]
"""A schema as the document has it: `{}` for true, and `{"not": {}}` for false."""


class Violation(NamedTuple):
    """A value that breaks a keyword of its schema.

    Attributes:
        bound: The keyword and its argument, for example `maximum 1`.
        reason: What is wrong, to follow the name of the value in a sentence.
        pointer: The JSON pointer of the schema.
        path: Where the value is, seen from the value that was checked.
        value: The value.
    """

    bound: str
    reason: str
    pointer: str = ""
    path: tuple[str | int, ...] = ()
    value: Any = None

    def within(self, pointer: str, *key: str | int) -> Violation:
        """Return this violation as the schema and the value around it see it.

        Args:
            pointer: Leads from there to this schema. It changes nothing behind a
                `$ref`, which has led to a place of its own.
            key: The index or the name of the value, if it is part of another.
        """
        bound, reason, own, path, value = self
        whole = own if own.startswith("#") else pointer + own
        return Violation(bound, reason, whole, (*key, *path), value)


Check: TypeAlias = "Callable[[Any, SchemaData, Schemas], Violation | None]"
"""Checks a value against one keyword of a schema."""


class Schemas:
    """The schemas of one document.

    Args:
        components: The schemas that a `$ref` can name, by reference
            (`#/components/schemas/…`).
    """

    def __init__(self, components: Mapping[str, SchemaData]) -> None:
        self.components = components

    def __getitem__(self, reference: str) -> Schema:
        return Schema(self, reference, self.components[reference])

    def at(self, pointer: str, data: SchemaData) -> Schema:
        """Return a schema at another place in the same document."""
        return Schema(self, pointer, data)


class Schema(NamedTuple):
    """A schema at its place in a document.

    Attributes:
        schemas: The schemas of the document.
        pointer: The JSON pointer of the schema.
        data: The schema.
    """

    schemas: Schemas
    pointer: str
    data: SchemaData

    def violation(self, value: Any) -> Violation | None:
        """Return the first violation of a value, or None if it is valid.

        Args:
            value: Plain JSON data: dict, list, str, int, float, bool, None.
        """
        violation = _violation(value, self.data, self.schemas)
        if violation is None:
            return None
        steps: tuple[Any, ...] = violation.path
        for step in steps:  # the last one may lead to a member that is missing
            value = value[step] if is_array(value) else value.get(step)
        return violation.within(self.pointer)._replace(value=value)


def _violation(value: Any, schema: SchemaData, schemas: Schemas) -> Violation | None:
    """Check the keywords in the schema's order; leave out the violation's value."""
    for keyword in schema:
        check = _CHECKS.get(keyword)
        if check is not None:
            violation = check(value, schema, schemas)
            if violation is not None:
                return violation
    return None


# One value: its type, its constants, its bounds


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    """Return whether a number has no fraction: JSON Schema accepts 1.0 as integer."""
    return _is_number(value) and (isinstance(value, int) or value.is_integer())


# For each type the class that nearly all of its values have, and the exact test.
_TYPES: dict[str, tuple[type, Callable[[Any], bool]]] = {
    "string": (str, lambda value: isinstance(value, str)),
    "number": (int, _is_number),
    "integer": (int, _is_integer),
    "boolean": (bool, lambda value: isinstance(value, bool)),
    "null": (type(None), lambda value: value is None),
    "array": (list, is_array),
    "object": (dict, is_object),
}


def _type(value: Any, schema: SchemaData, _: Schemas) -> Violation | None:
    names = schema["type"]
    allowed: list[str] = [names] if isinstance(names, str) else names
    for name in allowed:
        usual, is_of_type = _TYPES[name]
        if value.__class__ is usual or is_of_type(value):
            return None
    words = " or ".join(allowed)
    return Violation(f"type {words}", f"is not of type {words}")


def _same_json(left: Any, right: Any) -> bool:
    """Compare as JSON does: 1 equals 1.0, but true does not equal 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if is_object(left) and is_object(right):
        return left.keys() == right.keys() and all(
            _same_json(left[key], right[key]) for key in left
        )
    if is_array(left) and is_array(right):
        return len(left) == len(right) and all(map(_same_json, left, right))
    return bool(left == right)


def _enum(value: Any, schema: SchemaData, _: Schemas) -> Violation | None:
    values = schema["enum"]
    if isinstance(value, str):  # most are, and this is quick
        is_one = value in values
    else:
        is_one = any(_same_json(value, one) for one in values)
    if is_one:
        return None
    words = ", ".join(map(repr, values))
    return Violation(f"enum {words}", f"is not one of {words}")


def _const(value: Any, schema: SchemaData, _: Schemas) -> Violation | None:
    constant = schema["const"]
    if _same_json(value, constant):
        return None
    return Violation(f"const {constant!r}", f"is not {constant!r}")


def _is_below(value: Any, size: int) -> bool:
    return len(value) < size


def _is_above(value: Any, size: int) -> bool:
    return len(value) > size


def _is_indivisible(value: float, step: float) -> bool:
    """Divide as decimals, so that 0.3 is a multiple of 0.1."""
    from fractions import Fraction  # few documents need it, and it takes 3 ms

    if isinstance(value, float) and not math.isfinite(value):
        return False
    return Fraction(str(value)) % Fraction(str(step)) != 0


def _has_repeats(value: list[Any], unique: bool) -> bool:
    return unique and any(
        _same_json(item, earlier)
        for index, item in enumerate(value)
        for earlier in value[:index]
    )


def _has_no_match(value: str, pattern: str) -> bool:
    return _python_pattern(pattern).search(value) is None


# An escape, a character class, or a `$` of a pattern.
_DIFFERENT = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$", re.DOTALL)
_ESCAPE = re.compile(r"\\.", re.DOTALL)
# What `\s` is in ECMA-262, within a class.
_SPACE = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


@cache
def _python_pattern(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern of ECMA-262: `$` is the end, only `\s` is more than ASCII."""

    def translated(match: re.Match[str]) -> str:
        part: str | None = match[1]
        if part is None:
            return r"\Z"
        if part in (r"\s", r"\S"):
            return f"[{_SPACE}]" if part == r"\s" else f"[^{_SPACE}]"
        return _ESCAPE.sub(lambda one: _SPACE if one[0] == r"\s" else one[0], part)

    return re.compile(_DIFFERENT.sub(translated, pattern), re.ASCII)


def _bound(
    keyword: str,
    classes: type | tuple[type, ...],
    is_broken: Callable[[Any, Any], bool],
    words: str,
) -> Check:
    """Make the check of a keyword that compares values of some classes with it."""

    def check(value: Any, schema: SchemaData, _: Schemas) -> Violation | None:
        if isinstance(value, classes) and value.__class__ is not bool:
            argument = schema[keyword]
            if is_broken(value, argument):
                return Violation(f"{keyword} {argument}", f"{words} {argument}")
        return None

    return check


# Arrays and objects


def _items(value: Any, schema: SchemaData, schemas: Schemas) -> Violation | None:
    if is_array(value):
        for index, item in enumerate(value):
            violation = _violation(item, schema["items"], schemas)
            if violation is not None:
                return violation.within("/items", index)
    return None


def _required(value: Any, schema: SchemaData, _: Schemas) -> Violation | None:
    if is_object(value):
        for name in schema["required"]:
            if name not in value:
                return Violation("required", "is missing and required", path=(name,))
    return None


def _properties(value: Any, schema: SchemaData, schemas: Schemas) -> Violation | None:
    if is_object(value):
        for name, member_schema in schema["properties"].items():
            if name in value:
                violation = _violation(value[name], member_schema, schemas)
                if violation is not None:
                    step = name.replace("~", "~0").replace("/", "~1")
                    return violation.within(f"/properties/{step}", name)
    return None


def _additional_properties(
    value: Any, schema: SchemaData, schemas: Schemas
) -> Violation | None:
    others: Any = schema["additionalProperties"]
    if others is True or not is_object(value):
        return None
    properties = schema.get("properties", ())
    for name, member in value.items():
        if name in properties:
            continue
        is_free = others is not False
        violation = _violation(member, others, schemas) if is_free else _NO_MEMBER
        if violation is not None:
            return violation.within("/additionalProperties", name)
    return None


_NO_MEMBER = Violation("additionalProperties false", "is not a member of the schema")


# Schemas within schemas


def _ref(value: Any, schema: SchemaData, schemas: Schemas) -> Violation | None:
    reference: str = schema["$ref"]
    violation = _violation(value, schemas.components[reference], schemas)
    return violation and violation.within(reference)


def _all_of(value: Any, schema: SchemaData, schemas: Schemas) -> Violation | None:
    for index, branch in enumerate(schema["allOf"]):
        violation = _violation(value, branch, schemas)
        if violation is not None:
            return violation.within(f"/allOf/{index}")
    return None


def _any_of(value: Any, schema: SchemaData, schemas: Schemas) -> Violation | None:
    violations: list[Violation] = []
    for branch in schema["anyOf"]:
        violation = _violation(value, branch, schemas)
        if violation is None:
            return None
        violations.append(violation)
    return _closest(violations, "anyOf")


def _one_of(value: Any, schema: SchemaData, schemas: Schemas) -> Violation | None:
    results = [_violation(value, branch, schemas) for branch in schema["oneOf"]]
    violations = [result for result in results if result is not None]
    matches = len(results) - len(violations)
    if matches == 0:
        return _closest(violations, "oneOf")
    if matches > 1:
        reason = f"matches {matches} alternatives, but only one may match"
        return Violation("oneOf", reason)
    return None


def _closest(violations: list[Violation], keyword: str) -> Violation:
    """Report the branch that the value was closest to, or what several of them say."""
    ranks = [_closeness(violation) for violation in violations]
    best = max(ranks)
    if ranks.count(best) == 1:
        index = ranks.index(best)
        return violations[index].within(f"/{keyword}/{index}")
    closest = [one for one, rank in zip(violations, ranks, strict=True) if rank == best]
    reasons = dict.fromkeys(violation.reason for violation in closest)
    return Violation(keyword, " and ".join(reasons))


def _closeness(violation: Violation) -> tuple[bool, bool, bool, int]:
    """Rank the violation of a branch.

    A branch of the value's type is closer than one of another type. A wrong member is
    closer than another constant or a missing member. A deeper member is closer.
    """
    bound, depth = violation.bound, len(violation.path)
    return (
        depth > 0 or not bound.startswith("type "),
        not bound.startswith(("const ", "enum ")),
        bound != "required",
        depth,
    )


def _not(value: Any, schema: SchemaData, schemas: Schemas) -> Violation | None:
    is_excluded = _violation(value, schema["not"], schemas) is None
    return Violation("not", "is excluded by the schema") if is_excluded else None


_NUMBERS = (int, float)
_BOUNDS: dict[str, tuple[type | tuple[type, ...], Callable[[Any, Any], bool], str]] = {
    "minimum": (_NUMBERS, operator.lt, "is less than"),
    "maximum": (_NUMBERS, operator.gt, "is greater than"),
    "exclusiveMinimum": (_NUMBERS, operator.le, "is not greater than"),
    "exclusiveMaximum": (_NUMBERS, operator.ge, "is not less than"),
    "multipleOf": (_NUMBERS, _is_indivisible, "is not a multiple of"),
    "minLength": (str, _is_below, "is shorter than"),
    "maxLength": (str, _is_above, "is longer than"),
    "pattern": (str, _has_no_match, "does not match the pattern"),
    "minItems": (list, _is_below, "has fewer items than"),
    "maxItems": (list, _is_above, "has more items than"),
    "uniqueItems": (list, _has_repeats, "repeats an item, against uniqueItems"),
    "minProperties": (dict, _is_below, "has fewer members than"),
    "maxProperties": (dict, _is_above, "has more members than"),
}

_CHECKS: dict[str, Check] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    **{keyword: _bound(keyword, *how) for keyword, how in _BOUNDS.items()},
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
