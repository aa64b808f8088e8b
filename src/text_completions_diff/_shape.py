"""The normal form of a schema: what is the same by meaning looks the same here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

ALL_TYPES = frozenset({"null", "boolean", "number", "string", "array", "object"})
NULL = frozenset({"null"})


class Site(NamedTuple):
    """A place in a document, and the value that stands there."""

    pointer: str
    value: Any


Schema = tuple[Site, ...]
"""Schemas that all hold at once; none of them is the schema of anything."""


class Bound(NamedTuple):
    """An end of a range, and whether the end itself is out."""

    value: float
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Members:
    """What one schema says of an object's members."""

    properties: Mapping[str, Site]
    patterns: Mapping[str, Site]
    additional: Site | None


@dataclass(frozen=True, slots=True)
class Items:
    """What one schema says of an array's items."""

    prefix: tuple[Site, ...]
    rest: Site | None


@dataclass(frozen=True, slots=True)
class Group:
    """The branches of one `oneOf` (exclusive) or `anyOf`.

    Attributes:
        alone: Whether it is no group in the document, but a schema taken for one.
    """

    pointer: str
    exclusive: bool
    branches: tuple[Schema, ...]
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A schema with its `$ref`s and `allOf`s merged, and its bounds in one form.

    Attributes:
        pointer: Where the schema stands, its outermost part.
        types: The types a value may have; integers are numbers with a bound.
        where: Where a keyword stands that was merged, by keyword.
        bounds: What limits a value, the strictest of each keyword.
        patterns: The patterns that a text must match.
        enums: The values of a type that is enumerated, by their canonical text.
        members: What each merged schema says of members.
        required: The members that must be there, and where that is said.
        items: What each merged schema says of items.
        names: The schemas of members' names.
        content: The schemas of what a text holds.
        rules: Keywords whose effect is not worked out, and where each stands.
        groups: Each `oneOf` and `anyOf` that did not melt into the rest.
        notes: Keywords that limit nothing, from the outermost to the innermost.
        unevaluated: What members must be that nothing else describes.
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
    names: Schema = ()
    content: Schema = ()
    rules: tuple[tuple[str, Site], ...] = ()
    groups: tuple[Group, ...] = ()
    notes: Mapping[str, tuple[Site, ...]] = field(
        default_factory=dict[str, tuple[Site, ...]]
    )
    unevaluated: Site | None = None

    @property
    def never(self) -> bool:
        """Whether no value fits."""
        return not self.types

    @property
    def bare(self) -> bool:
        """Whether nothing limits a value but the groups."""
        return self.types == ALL_TYPES and not (
            self.limited or self.rules or self.unevaluated
        )

    @property
    def limited(self) -> bool:
        """Whether a value is limited beyond its type, groups and rules apart."""
        return bool(
            self.bounds
            or self.patterns
            or self.enums
            or self.members
            or self.required
            or self.items
            or self.names
            or self.content
        )

    @property
    def scalar(self) -> bool:
        """Whether it can be compared with another all by itself."""
        parts = (self.rules, self.groups, self.content, self.members, self.items)
        return not any(parts) and not self.types & {"array", "object"}

    def note(self, keyword: str) -> Any:
        """The effective value of a note: the outermost one, or None."""
        found = self.notes.get(keyword)
        return found[0].value if found else None

    def place(self, keyword: str, *others: str) -> str:
        """Where a keyword stands, or one of the others, or the schema itself."""
        for one in (keyword, *others):
            if one in self.where:
                return self.where[one]
        return self.pointer


def type_of(value: object) -> str:
    """The JSON type of a value; an integer is a number."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


TYPE_OF_BOUND = {
    "integer": "number",
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
"""The type that a bound limits; values of other types do not notice it."""
