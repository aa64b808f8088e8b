"""The normal form of a schema: schemas with the same meaning look the same here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .._located import Located

ALL_TYPES = frozenset({"null", "boolean", "number", "string", "array", "object"})
NULL = frozenset({"null"})

Schema = tuple[Located, ...]
"""Schema objects that all apply at once; an empty tuple allows everything."""

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
"""The type that a bound limits; it has no effect on values of other types."""


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


@dataclass(frozen=True, slots=True)
class Items:
    """What one schema object says about the items of an array."""

    prefix: tuple[Located, ...]
    rest: Located | None


@dataclass(frozen=True, slots=True)
class Group:
    """The branches of one `oneOf` (exclusive) or `anyOf`.

    Attributes:
        pointer: Where the keyword stands.
        exclusive: Whether it is `oneOf`.
        branches: The schema of each branch.
        alone: Whether the document has no group here: a schema that is compared with
            a group is treated as a group of one.
    """

    pointer: str
    exclusive: bool
    branches: tuple[Schema, ...]
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A schema with its `$ref`s and `allOf`s merged, and its bounds in one form.

    Attributes:
        pointer: Where the outermost part of the schema stands.
        types: The types that a value can have; integers are numbers with a bound.
        where: Where a merged keyword stands, by keyword.
        bounds: What limits a value, the strictest of each keyword.
        patterns: The patterns that a text must match, and where each stands.
        enums: The values of each type that is enumerated, by their canonical text.
        members: What each merged schema says about members.
        required: The required members, and where that is said.
        items: What each merged schema says about items.
        names: The schemas of the names of members.
        content: The schemas of what a text contains.
        rules: Keywords whose effect is not worked out, and where each stands.
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
    names: Schema = ()
    content: Schema = ()
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
            or self.names
            or self.content
            or self.rules
            or self.unevaluated
        )

    def note(self, keyword: str) -> Any:
        """Return the value of a note that has effect, the outermost one, or None."""
        notes = self.notes.get(keyword)
        return notes[0].value if notes else None

    def place(self, *keywords: str) -> str:
        """Return where the first of these keywords stands, or the schema itself."""
        places = [self.where[one] for one in keywords if one in self.where]
        return places[0] if places else self.pointer


def declared(shape: Shape) -> dict[str, Located]:
    """Return the members that a shape names, and where."""
    names: dict[str, Located] = {}
    for one in shape.members:
        for name, located in one.properties.items():
            names.setdefault(name, located)
    return names


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
