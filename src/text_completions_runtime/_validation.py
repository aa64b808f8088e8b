"""Check plain JSON data against the schemas of a document.

The client depends on attrs and httpx alone, so it has its own checker. It knows the
keywords of `KEYWORDS`. The generator refuses a document that uses others, so that no
bound is dropped silently.

A schema is compiled to a function when it is first used. The function returns None
for a valid value, and the first violation for an invalid one.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeAlias, cast

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
    pointer: str
    path: tuple[str | int, ...] = ()
    value: Any = None

    def within(self, key: str | int) -> Violation:
        """Return this violation as the object or array that holds the value sees it."""
        return self._replace(path=(key, *self.path))


Check: TypeAlias = Callable[[Any], Violation | None]
"""A compiled schema or keyword. The violation is made beforehand, without the value.

Branches of anyOf fail all the time, and making a violation takes longer than a check.
"""


class Schema:
    """A schema at its place in a document. It is compiled when it is first used.

    Attributes:
        pointer: The JSON pointer of the schema.
        data: The schema.
        schemas: The schemas of the document.
    """

    def __init__(self, schemas: Schemas, pointer: str, data: SchemaData) -> None:
        self.schemas = schemas
        self.pointer = pointer
        self.data = data
        self._check: Check | None = None

    def violation(self, value: Any) -> Violation | None:
        """Return the first violation of a value, or None if it is valid.

        Args:
            value: Plain JSON data: dict, list, str, int, float, bool, None.
        """
        violation = self.check(value)
        if violation is None:
            return None
        steps: tuple[Any, ...] = violation.path
        for step in steps:  # the last one may lead to a member that is missing
            value = value[step] if is_array(value) else value.get(step)
        return violation._replace(value=value)

    def check(self, value: Any) -> Violation | None:
        """Return the first violation without its value."""
        if self._check is None:
            self._check = self.compile()
        return self._check(value)

    def compile(self) -> Check:
        """Return a function that checks the keywords in the schema's order."""
        makers = dict.fromkeys(_KEYWORDS[one] for one in self.data if one in _KEYWORDS)
        checks = [make(self) for make in makers]
        return checks[0] if len(checks) == 1 else _all(checks)

    def below(self, *steps: str | int) -> Schema:
        """Return the schema at this place within this one."""
        pointer, data = self.pointer, cast("Any", self.data)
        for step in steps:
            pointer += "/" + str(step).replace("~", "~0").replace("/", "~1")
            data = data[step]
        return Schema(self.schemas, pointer, data)

    def broken(self, bound: str, reason: str) -> Violation:
        """Return the violation of one of the schema's keywords."""
        return Violation(bound, reason, self.pointer)


class Schemas:
    """The schemas of one document.

    Args:
        components: The schemas that a `$ref` can name, by reference
            (`#/components/schemas/…`).
    """

    def __init__(self, components: Mapping[str, SchemaData]) -> None:
        self._components = {
            reference: Schema(self, reference, data)
            for reference, data in components.items()
        }

    def __getitem__(self, reference: str) -> Schema:
        return self._components[reference]

    def at(self, pointer: str, data: SchemaData) -> Schema:
        """Return a schema at another place in the same document."""
        return Schema(self, pointer, data)


def _all(checks: list[Check]) -> Check:
    def check(value: Any) -> Violation | None:
        for one in checks:
            violation = one(value)
            if violation is not None:
                return violation
        return None

    return check


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


def _type(schema: Schema) -> Check:
    names = schema.data["type"]
    allowed: list[str] = [names] if isinstance(names, str) else names
    words = " or ".join(allowed)
    violation = schema.broken(f"type {words}", f"is not of type {words}")
    classes = frozenset(_TYPES[name][0] for name in allowed)
    tests = [_TYPES[name][1] for name in allowed]

    def check(value: Any) -> Violation | None:
        if value.__class__ in classes:
            return None
        for test in tests:
            if test(value):
                return None
        return violation

    return check


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


def _enum(schema: Schema) -> Check:
    return _constants(schema, "enum", "is not one of", schema.data["enum"])


def _const(schema: Schema) -> Check:
    return _constants(schema, "const", "is not", [schema.data["const"]])


def _constants(schema: Schema, keyword: str, reason: str, values: list[Any]) -> Check:
    words = ", ".join(repr(value) for value in values)
    violation = schema.broken(f"{keyword} {words}", f"{reason} {words}")
    texts = frozenset(value for value in values if isinstance(value, str))
    others = [value for value in values if not isinstance(value, str)]

    def check(value: Any) -> Violation | None:
        if isinstance(value, str):
            return None if value in texts else violation
        for other in others:
            if _same_json(value, other):
                return None
        return violation

    return check


def _bound(
    keyword: str,
    classes: tuple[type, ...],
    is_broken: Callable[[Any, Any], bool],
    words: str,
) -> Callable[[Schema], Check]:
    """Make a keyword that compares values of some classes with its argument."""

    def make(schema: Schema) -> Check:
        argument = schema.data[keyword]
        violation = schema.broken(f"{keyword} {argument}", f"{words} {argument}")

        def check(value: Any) -> Violation | None:
            if (
                isinstance(value, classes)
                and value.__class__ is not bool
                and is_broken(value, argument)
            ):
                return violation
            return None

        return check

    return make


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


# An escape or a character class, which stay as they are, or a `$` of a pattern.
_DIFFERENT = re.compile(r"(\\.|\[(?:\\.|[^\]\\])*\])|\$", re.DOTALL)


@cache
def _python_pattern(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern of ECMA-262: `$` is the end, `\d` and `\w` are ASCII."""
    return re.compile(_DIFFERENT.sub(lambda one: one[1] or r"\Z", pattern), re.ASCII)


# Arrays and objects


def _items(schema: Schema) -> Check:
    check_item = schema.below("items").compile()

    def check(value: Any) -> Violation | None:
        if is_array(value):
            for index, item in enumerate(value):
                violation = check_item(item)
                if violation is not None:
                    return violation.within(index)
        return None

    return check


def _required(schema: Schema) -> Check:
    names: list[str] = schema.data["required"]
    all_names = frozenset(names)
    violation = schema.broken("required", "is missing and required")

    def check(value: Any) -> Violation | None:
        if not is_object(value) or value.keys() >= all_names:
            return None
        return violation.within(next(name for name in names if name not in value))

    return check


def _members(schema: Schema) -> Check:
    """Check `properties` and `additionalProperties` in one walk over an object."""
    checks = {
        name: schema.below("properties", name).compile()
        for name in schema.data.get("properties", ())
    }
    others = schema.data.get("additionalProperties", True)
    check_other: Check | None = None
    if others is not True:
        other = schema.below("additionalProperties")
        reason = "is not a member of the schema"
        refused = other.broken("additionalProperties false", reason)
        check_other = (lambda _: refused) if others is False else other.compile()

    def check(value: Any) -> Violation | None:
        if is_object(value):
            for name, member in value.items():
                check_member = checks.get(name, check_other)
                if check_member is not None:
                    violation = check_member(member)
                    if violation is not None:
                        return violation.within(name)
        return None

    return check


# Schemas within schemas


def _ref(schema: Schema) -> Check:
    return schema.schemas[schema.data["$ref"]].check  # later: it may be a circle


def _branches(schema: Schema, keyword: str) -> list[Check]:
    count = len(schema.data[keyword])
    return [schema.below(keyword, index).compile() for index in range(count)]


def _all_of(schema: Schema) -> Check:
    return _all(_branches(schema, "allOf"))


def _any_of(schema: Schema) -> Check:
    branches = _branches(schema, "anyOf")
    # The latest result, because most values fail alike: a null in each event of a
    # stream is compared with the same branches. Saves 3 µs of 5 for a Completion.
    latest: tuple[list[Violation], Violation] | None = None  # one value, for threads

    def check(value: Any) -> Violation | None:
        nonlocal latest
        violations: list[Violation] = []
        for branch in branches:
            violation = branch(value)
            if violation is None:
                return None
            violations.append(violation)
        known = latest
        if known is None or known[0] != violations:
            known = latest = violations, _closest(violations, schema, "anyOf")
        return known[1]

    return check


def _one_of(schema: Schema) -> Check:
    branches = _branches(schema, "oneOf")

    def check(value: Any) -> Violation | None:
        results = [branch(value) for branch in branches]
        violations = [result for result in results if result is not None]
        matches = len(branches) - len(violations)
        if matches == 0:
            return _closest(violations, schema, "oneOf")
        if matches > 1:
            reason = f"matches {matches} alternatives, but only one may match"
            return schema.broken("oneOf", reason)
        return None

    return check


def _closest(violations: list[Violation], schema: Schema, keyword: str) -> Violation:
    """Report the branch that the value was closest to, or what several of them say."""
    best = max(map(_closeness, violations))
    closest = [one for one in violations if _closeness(one) == best]
    if len(closest) == 1:
        return closest[0]
    reasons = " and ".join(dict.fromkeys(one.reason for one in closest))
    return schema.broken(keyword, reasons)


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


def _not(schema: Schema) -> Check:
    check_excluded = schema.below("not").compile()
    violation = schema.broken("not", "is excluded by the schema")
    return lambda value: violation if check_excluded(value) is None else None


_NUMBERS, _TEXTS, _ARRAYS, _OBJECTS = (int, float), (str,), (list,), (dict,)

_BOUNDS: dict[str, tuple[tuple[type, ...], Callable[[Any, Any], bool], str]] = {
    "minimum": (_NUMBERS, operator.lt, "is less than"),
    "maximum": (_NUMBERS, operator.gt, "is greater than"),
    "exclusiveMinimum": (_NUMBERS, operator.le, "is not greater than"),
    "exclusiveMaximum": (_NUMBERS, operator.ge, "is not less than"),
    "multipleOf": (_NUMBERS, _is_indivisible, "is not a multiple of"),
    "minLength": (_TEXTS, _is_below, "is shorter than"),
    "maxLength": (_TEXTS, _is_above, "is longer than"),
    "pattern": (_TEXTS, _has_no_match, "does not match the pattern"),
    "minItems": (_ARRAYS, _is_below, "has fewer items than"),
    "maxItems": (_ARRAYS, _is_above, "has more items than"),
    "uniqueItems": (_ARRAYS, _has_repeats, "repeats an item, against uniqueItems"),
    "minProperties": (_OBJECTS, _is_below, "has fewer members than"),
    "maxProperties": (_OBJECTS, _is_above, "has more members than"),
}

_KEYWORDS: dict[str, Callable[[Schema], Check]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    **{keyword: _bound(keyword, *how) for keyword, how in _BOUNDS.items()},
    "items": _items,
    "required": _required,
    "properties": _members,
    "additionalProperties": _members,
    "$ref": _ref,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
}

KEYWORDS = frozenset(_KEYWORDS)
"""The keywords that are checked."""
