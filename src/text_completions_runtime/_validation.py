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
from typing import Any, NamedTuple, TypeAlias

from ._types import is_array, is_object

__all__ = ["KEYWORDS", "Schema", "Schemas", "Violation"]

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


def _value_at(value: Any, path: tuple[Any, ...]) -> Any:
    """Return the value at the path of a violation; None for a missing member."""
    for step in path:
        value = value[step] if is_array(value) else value.get(step)
    return value


class Schema:
    """A schema at its place in a document. It is compiled when it is first used.

    Attributes:
        pointer: The JSON pointer of the schema.
    """

    def __init__(self, schemas: Schemas, pointer: str, data: SchemaData) -> None:
        self.pointer = pointer
        self._schemas = schemas
        self._data = data
        self._check: Check | None = None

    def violation(self, value: Any) -> Violation | None:
        """Return the first violation of a value, or None if it is valid.

        Args:
            value: Plain JSON data: dict, list, str, int, float, bool, None.
        """
        violation = self.check(value)
        if violation is None:
            return None
        return violation._replace(value=_value_at(value, violation.path))

    def check(self, value: Any) -> Violation | None:
        """Return the first violation without its value."""
        if self._check is None:
            self._check = _compile(self._schemas, self._data, self.pointer)
        return self._check(value)


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


Make: TypeAlias = Callable[[Schemas, SchemaData, str], Check]
"""Compile one keyword of a schema at a pointer."""


def _compile(schemas: Schemas, schema: SchemaData, pointer: str) -> Check:
    """Compile a schema: its keywords are checked in the schema's order."""
    checks = [
        make(schemas, schema, pointer)
        for keyword in schema
        if (make := _KEYWORDS.get(keyword)) is not None
    ]
    return checks[0] if len(checks) == 1 else _all(checks)


def _below(pointer: str, *steps: str | int) -> str:
    escaped = [str(step).replace("~", "~0").replace("/", "~1") for step in steps]
    return "/".join([pointer, *escaped])


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


def _type(_schemas: Schemas, schema: SchemaData, pointer: str) -> Check:
    names = schema["type"]
    allowed: list[str] = [names] if isinstance(names, str) else names
    words = " or ".join(allowed)
    violation = Violation(f"type {words}", f"is not of type {words}", pointer)
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


def _one_of_values(values: list[Any], violation: Violation) -> Check:
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


def _enum(_schemas: Schemas, schema: SchemaData, pointer: str) -> Check:
    words = ", ".join(repr(value) for value in schema["enum"])
    violation = Violation(f"enum {words}", f"is not one of {words}", pointer)
    return _one_of_values(schema["enum"], violation)


def _const(_schemas: Schemas, schema: SchemaData, pointer: str) -> Check:
    value = schema["const"]
    violation = Violation(f"const {value!r}", f"is not {value!r}", pointer)
    return _one_of_values([value], violation)


def _bound(
    keyword: str,
    classes: tuple[type, ...],
    is_broken: Callable[[Any, Any], bool],
    words: str,
) -> Make:
    """Make a keyword that compares values of some classes with its argument."""

    def make(_schemas: Schemas, schema: SchemaData, pointer: str) -> Check:
        argument = schema[keyword]
        bound, reason = f"{keyword} {argument}", f"{words} {argument}"
        violation = Violation(bound, reason, pointer)

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


def _pattern(_schemas: Schemas, schema: SchemaData, pointer: str) -> Check:
    pattern = schema["pattern"]
    search = _python_pattern(pattern).search
    reason = f"does not match the pattern {pattern}"
    violation = Violation(f"pattern {pattern}", reason, pointer)

    def check(value: Any) -> Violation | None:
        if isinstance(value, str) and search(value) is None:
            return violation
        return None

    return check


# An escape, a character class, or a `$` of a pattern.
_DIFFERENT = re.compile(r"(\\.)|(\[(?:\\.|[^\]\\])*\])|(\$)", re.DOTALL)
_SHORTHANDS = {r"\d": "0-9", r"\w": "A-Za-z0-9_"}


def _python_pattern(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern of ECMA-262: `$` is the end, `\d` and `\w` are ASCII."""

    def translated(match: re.Match[str]) -> str:
        escape, charset, end = match.groups()
        if end:
            return r"\Z"
        if escape:
            return f"[{_SHORTHANDS[escape]}]" if escape in _SHORTHANDS else str(escape)
        return re.sub(r"\\.", lambda one: _SHORTHANDS.get(one[0], one[0]), str(charset))

    return re.compile(_DIFFERENT.sub(translated, pattern))


# Arrays and objects


def _items(schemas: Schemas, schema: SchemaData, pointer: str) -> Check:
    check_item = _compile(schemas, schema["items"], _below(pointer, "items"))

    def check(value: Any) -> Violation | None:
        if is_array(value):
            for index, item in enumerate(value):
                violation = check_item(item)
                if violation is not None:
                    return violation.within(index)
        return None

    return check


def _required(_schemas: Schemas, schema: SchemaData, pointer: str) -> Check:
    names: list[str] = schema["required"]
    all_names = frozenset(names)
    violation = Violation("required", "is missing and required", pointer)

    def check(value: Any) -> Violation | None:
        if not is_object(value) or value.keys() >= all_names:
            return None
        return violation.within(next(name for name in names if name not in value))

    return check


def _properties(schemas: Schemas, schema: SchemaData, pointer: str) -> Check:
    checks = {
        name: _compile(schemas, member, _below(pointer, "properties", name))
        for name, member in schema["properties"].items()
    }

    def check(value: Any) -> Violation | None:
        if is_object(value):
            for name, member in value.items():
                check_member = checks.get(name)
                if check_member is not None:
                    violation = check_member(member)
                    if violation is not None:
                        return violation.within(name)
        return None

    return check


def _additional_properties(schemas: Schemas, schema: SchemaData, pointer: str) -> Check:
    argument = schema["additionalProperties"]
    if argument is True:
        return _accept
    known = frozenset(schema.get("properties", ()))
    pointer = _below(pointer, "additionalProperties")
    check_other = (
        _refuse_member(pointer)
        if argument is False
        else _compile(schemas, argument, pointer)
    )

    def check(value: Any) -> Violation | None:
        if not is_object(value) or value.keys() <= known:
            return None
        for name, member in value.items():
            if name not in known:
                violation = check_other(member)
                if violation is not None:
                    return violation.within(name)
        return None

    return check


def _refuse_member(pointer: str) -> Check:
    reason = "is not a member of the schema"
    violation = Violation("additionalProperties false", reason, pointer)
    return lambda _value: violation


# Schemas within schemas


def _accept(_value: Any) -> Violation | None:
    return None


def _all(checks: list[Check]) -> Check:
    def check(value: Any) -> Violation | None:
        for one in checks:
            violation = one(value)
            if violation is not None:
                return violation
        return None

    return check


def _branches(
    schemas: Schemas, schema: SchemaData, keyword: str, pointer: str
) -> list[Check]:
    return [
        _compile(schemas, branch, _below(pointer, keyword, index))
        for index, branch in enumerate(schema[keyword])
    ]


def _ref(schemas: Schemas, schema: SchemaData, _pointer: str) -> Check:
    return schemas[schema["$ref"]].check


def _all_of(schemas: Schemas, schema: SchemaData, pointer: str) -> Check:
    return _all(_branches(schemas, schema, "allOf", pointer))


def _any_of(schemas: Schemas, schema: SchemaData, pointer: str) -> Check:
    branches = _branches(schemas, schema, "anyOf", pointer)
    # The latest result, because most values fail alike: a null in each event of a
    # stream is compared with the same branches. Saves 3 µs of 5 for a Completion.
    latest: list[Violation] = []
    closest: Violation | None = None

    def check(value: Any) -> Violation | None:
        nonlocal latest, closest
        violations: list[Violation] = []
        for branch in branches:
            violation = branch(value)
            if violation is None:
                return None
            violations.append(violation)
        if closest is None or violations != latest:
            latest, closest = violations, _closest(violations, "anyOf", pointer)
        return closest

    return check


def _one_of(schemas: Schemas, schema: SchemaData, pointer: str) -> Check:
    branches = _branches(schemas, schema, "oneOf", pointer)

    def check(value: Any) -> Violation | None:
        results = [branch(value) for branch in branches]
        violations = [result for result in results if result is not None]
        matches = len(branches) - len(violations)
        if matches == 0:
            return _closest(violations, "oneOf", pointer)
        if matches > 1:
            reason = f"matches {matches} alternatives, but only one may match"
            return Violation("oneOf", reason, pointer)
        return None

    return check


def _closest(violations: list[Violation], keyword: str, pointer: str) -> Violation:
    """Report the branch that the value was closest to, or what several of them say."""
    closeness = [_closeness(violation) for violation in violations]
    best = max(closeness)
    closest = [
        violation
        for violation, own in zip(violations, closeness, strict=True)
        if own == best
    ]
    if len(closest) == 1:
        return closest[0]
    reasons = " and ".join(dict.fromkeys(violation.reason for violation in closest))
    return Violation(keyword, reasons, pointer)


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


def _not(schemas: Schemas, schema: SchemaData, pointer: str) -> Check:
    check_excluded = _compile(schemas, schema["not"], _below(pointer, "not"))
    violation = Violation("not", "is excluded by the schema", pointer)
    return lambda value: violation if check_excluded(value) is None else None


def _is_below(value: Any, size: int) -> bool:
    return len(value) < size


def _is_above(value: Any, size: int) -> bool:
    return len(value) > size


_NUMBERS, _TEXTS, _ARRAYS, _OBJECTS = (int, float), (str,), (list,), (dict,)

_BOUNDS: dict[str, tuple[tuple[type, ...], Callable[[Any, Any], bool], str]] = {
    "minimum": (_NUMBERS, operator.lt, "is less than"),
    "maximum": (_NUMBERS, operator.gt, "is greater than"),
    "exclusiveMinimum": (_NUMBERS, operator.le, "is not greater than"),
    "exclusiveMaximum": (_NUMBERS, operator.ge, "is not less than"),
    "multipleOf": (_NUMBERS, _is_indivisible, "is not a multiple of"),
    "minLength": (_TEXTS, _is_below, "is shorter than"),
    "maxLength": (_TEXTS, _is_above, "is longer than"),
    "minItems": (_ARRAYS, _is_below, "has fewer items than"),
    "maxItems": (_ARRAYS, _is_above, "has more items than"),
    "uniqueItems": (_ARRAYS, _has_repeats, "repeats an item, against uniqueItems"),
    "minProperties": (_OBJECTS, _is_below, "has fewer members than"),
    "maxProperties": (_OBJECTS, _is_above, "has more members than"),
}

_KEYWORDS: dict[str, Make] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    **{keyword: _bound(keyword, *how) for keyword, how in _BOUNDS.items()},
    "pattern": _pattern,
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

KEYWORDS = frozenset(_KEYWORDS)
"""The keywords that are checked."""
