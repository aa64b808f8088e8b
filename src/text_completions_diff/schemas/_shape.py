"""The normal form of a schema: schemas with the same meaning look the same here."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from text_completions_document import is_list, mapping, sequence

from .._changes import Difference
from .._located import Located, canonical

ALL_TYPES = frozenset({"null", "boolean", "number", "string", "array", "object"})
NULL = frozenset({"null"})

Schema = tuple[Located, ...]
"""Schema objects that all apply at once; an empty tuple allows everything."""


@dataclass(frozen=True, slots=True)
class SchemaPair:
    """Two schemas to compare."""

    old: Schema
    new: Schema
    unclear: bool = False  # their effect depends on a keyword such as `not`
    silent: bool = False  # their notes are compared elsewhere


Finding = Difference | SchemaPair
"""What comparing two shapes finds: a difference, or schemas to compare next."""

BOUNDS = {
    "minimum": "number",
    "maximum": "number",
    "multipleOf": "number",
    "minLength": "string",
    "maxLength": "string",
    "contentMediaType": "string",
    "contentEncoding": "string",
    "minItems": "array",
    "maxItems": "array",
    "uniqueItems": "array",
    "minProperties": "object",
    "maxProperties": "object",
}
"""The type that a bound limits; it has no effect on values of other types."""

RULES = {
    "contentSchema": "string",
    "contains": "array",
    "minContains": "array",
    "maxContains": "array",
    "unevaluatedItems": "array",
    "propertyNames": "object",
    "dependentSchemas": "object",
    "dependentRequired": "object",
    "dependencies": "object",
    "not": "any",
    "xml": "any",
    "$dynamicRef": "any",
    "$recursiveRef": "any",
    "if": "any",
    "then": "any",
    "else": "any",
}
"""Keywords that are compared one by one, and the type that each limits."""

_MANY = 100  # a range of more numbers is not listed one by one

# A pattern of a document is run only if it cannot take long: no group is repeated,
# and few of its characters are.
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_REPEATED = re.compile(r"[*+]|\{\d*,\}")


class Bound(NamedTuple):
    """An end of a range, and whether the end itself is excluded."""

    value: float
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Members:
    """What one schema object says about the members of an object."""

    properties: Mapping[str, Located]
    patterns: Mapping[str, Located]
    additional: Located | None

    def matched(self, name: str) -> list[Located]:
        return [one for key, one in self.patterns.items() if matches(key, name)]


@dataclass(frozen=True, slots=True)
class Items:
    """What one schema object says about the items of an array."""

    prefix: tuple[Located, ...]
    rest: Located | None


@dataclass(frozen=True, slots=True)
class Group:
    """The branches of one `oneOf` (exclusive) or `anyOf`."""

    pointer: str
    exclusive: bool
    branches: tuple[Schema, ...]
    alone: bool = False  # not of the document: a schema that is compared with a group


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A schema with its `$ref`s and `allOf`s merged, and its bounds in one form.

    Attributes:
        pointer: Where the outermost part of the schema stands.
        types: The types that a value can have; integers are multiples of 1.
        where: Where a merged keyword stands, by keyword.
        bounds: What limits a value, the strictest of each keyword.
        patterns: The patterns that a text must match, and where each stands.
        enums: The values of each type that is enumerated, by their canonical text.
        members: What each merged schema says about members.
        required: The required members, and where that is said.
        items: What each merged schema says about items.
        rules: Keywords of `RULES`, and their values.
        groups: Each `oneOf` and `anyOf` that could not be merged into the rest.
        variants: The branches that were merged into the rest, for their notes.
        notes: Keywords that limit nothing, from the outermost to the innermost.
        unevaluated: What members must be that nothing else describes.
        free: Whether nothing limits a value but the groups.
    """

    pointer: str = "#"
    types: frozenset[str] = ALL_TYPES
    where: Mapping[str, str] = field(default_factory=dict[str, str])
    bounds: Mapping[str, Any] = field(default_factory=dict[str, Any])
    patterns: Mapping[str, str] = field(default_factory=dict[str, str])
    enums: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict[str, Mapping[str, Any]]
    )
    members: tuple[Members, ...] = ()
    required: Mapping[str, str] = field(default_factory=dict[str, str])
    items: tuple[Items, ...] = ()
    rules: tuple[tuple[str, Located], ...] = ()
    groups: tuple[Group, ...] = ()
    variants: tuple[Shape, ...] = ()
    notes: Mapping[str, tuple[Located, ...]] = field(
        default_factory=dict[str, tuple[Located, ...]]
    )
    unevaluated: Located | None = None
    free: bool = False

    @property
    def never(self) -> bool:
        """Whether no value is valid."""
        return not self.types

    @property
    def limited(self) -> bool:
        """Whether a value is limited by more than its type and groups."""
        return bool(
            self.bounds
            or self.patterns
            or self.enums
            or self.members
            or self.required
            or self.items
            or self.rules
            or self.unevaluated
        )

    @property
    def is_whole(self) -> bool:
        """Whether a number must be an integer."""
        step = self.bounds.get("multipleOf")
        return step is not None and is_multiple(step, 1)

    @property
    def declared(self) -> dict[str, Located]:
        """The members that are named, and where."""
        names: dict[str, Located] = {}
        for one in self.members:
            for name, located in one.properties.items():
                names.setdefault(name, located)
        return names

    @property
    def constant(self) -> str | None:
        """The canonical text of the only value that is valid, or None."""
        values = [key for listed in self.enums.values() for key in listed]
        return values[0] if len(self.types) == len(values) == 1 else None

    def values(self, kind: str) -> Mapping[str, Any] | None:
        """Return the values of a type by canonical text, if they are listed or few."""
        if kind in self.enums:
            return self.enums[kind]
        values: list[Any] = self._numbers() if kind == "number" else []
        if kind == "string" and self.bounds.get("maxLength") == Bound(0):
            values = [""]
        return {canonical(one): one for one in values if self.fits(one)} or None

    def _numbers(self) -> list[float]:
        """Return the numbers of a range, if they are few."""
        low, high = self.bounds.get("minimum"), self.bounds.get("maximum")
        if not (low and high):
            return []
        if low.value == high.value:
            return [low.value]
        is_short = self.is_whole and high.value - low.value < _MANY
        return [*range(int(low.value), int(high.value) + 1)] if is_short else []

    def note(self, keyword: str) -> Any:
        notes = self.notes.get(keyword)
        return notes[0].value if notes else None

    def rule(self, keyword: str) -> Schema:
        """Return the values of a keyword that is compared by itself."""
        return tuple(located for key, located in self.rules if key == keyword)

    def place(self, *keywords: str) -> str:
        """Return where the first of these keywords stands, or the schema itself."""
        places = [self.where[one] for one in keywords if one in self.where]
        return places[0] if places else self.pointer

    def member(self, name: str) -> Schema:
        schemas: list[Located] = []
        for one in self.members:
            named = [one.properties[name]] if name in one.properties else []
            named += one.matched(name)
            schemas += named or ([one.additional] if one.additional else [])
        return tuple(schemas)

    def additional(self, name: str | None = None) -> Schema:
        """Return the schemas of members that are not named; None fits no pattern."""
        schemas: list[Located] = []
        for one in self.members:
            described = [] if name is None else one.matched(name)
            schemas += described or ([one.additional] if one.additional else [])
        return tuple(schemas)

    def item(self, index: int | None) -> Schema:
        """Return the schemas of an item by its index; None is the items of the rest."""
        schemas: list[Located] = []
        for one in self.items:
            if index is not None and index < len(one.prefix):
                schemas.append(one.prefix[index])
            elif one.rest is not None:
                schemas.append(one.rest)
        return tuple(schemas)

    def fits(self, value: object) -> bool:
        """Tell whether a value is within the bounds; formats are not checked."""
        if isinstance(value, bool) or value is None:
            return True
        if isinstance(value, (int, float)):
            step = self.bounds.get("multipleOf")
            return self._within(value, "imum") and (
                not step or is_multiple(value, step)
            )
        if isinstance(value, str):
            return self._within(len(value), "Length") and all(
                matches(pattern, value) is not False for pattern in self.patterns
            )
        if is_list(value):
            return self._within(len(sequence(value)), "Items")
        return self._within(len(mapping(value)), "Properties")

    def _within(self, size: float, what: str) -> bool:
        low, high = self.bounds.get(f"min{what}"), self.bounds.get(f"max{what}")
        return (
            low is None or size > low.value or (size == low.value and not low.exclusive)
        ) and (
            high is None
            or size < high.value
            or (size == high.value and not high.exclusive)
        )


def prefix_length(*shapes: Shape) -> int:
    lengths = [len(one.prefix) for shape in shapes for one in shape.items]
    return max(lengths, default=0)


def key_of(schema: Schema) -> tuple[str, ...]:
    """Return what identifies a schema within its document: pointers, true or false."""
    return tuple(
        f"{pointer} {value}" if isinstance(value, bool) else pointer
        for pointer, value in schema
    )


def definition(schema: Schema) -> str | None:
    """Return the name of the definition if the schema is a reference."""
    references = (located.get("$ref") for located in schema)
    names = [one for one in references if isinstance(one, str)]
    return names[0].rpartition("/")[2] if names else None


def type_of(value: object) -> str:
    """Return the JSON type of a value; an integer is a number."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def is_stricter(keyword: str, one: Bound, other: Bound) -> bool:
    """Tell whether one bound of a keyword allows less than another."""
    if keyword.startswith("min"):
        return one > other
    return (one.value, not one.exclusive) < (other.value, not other.exclusive)


def is_multiple(value: float, step: float) -> bool:
    """Tell whether a number is so many steps, as they are written: 0.3 of 0.1."""
    return (Fraction(str(value)) / Fraction(str(step))).denominator == 1


def common_multiple(one: float, other: float) -> float:
    """Return the least number that is a multiple of both."""
    first, second = Fraction(str(one)), Fraction(str(other))
    below = math.lcm(first.denominator, second.denominator)
    multiple = Fraction(math.lcm(int(first * below), int(second * below)), below)
    return int(multiple) if multiple.denominator == 1 else float(multiple)


def matches(pattern: str, text: str) -> bool | None:
    """Tell whether a text matches a pattern; None if that is not safe to find out."""
    if len(pattern) > 200 or len(text) > 200 or _REPEATED_GROUP.search(pattern):
        return None
    if len(_REPEATED.findall(pattern)) > 3:
        return None
    try:
        return re.search(pattern, text) is not None
    except (re.error, OverflowError, RecursionError):
        return None
