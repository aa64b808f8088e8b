"""What breaks a schema, and where: the words that all checks share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

__all__ = ["Check", "Place", "Schema", "Violation", "violation"]

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


class Place(NamedTuple):
    """Where the check stands: in the value, in the document, among the schemas."""

    path: tuple[str | int, ...]
    pointer: str
    steps: tuple[str, ...]  # below the pointer; joined when there is a violation
    schemas: Mapping[str, Schema]

    def member(self, key: str | int, *steps: str) -> Place:
        path, pointer, above, schemas = self
        return Place((*path, key), pointer, above + steps, schemas)

    def schema(self, *steps: str) -> Place:
        path, pointer, above, schemas = self
        return Place(path, pointer, above + steps, schemas)

    def referred(self, target: str) -> Place:
        return Place(self.path, target, (), self.schemas)

    def name(self) -> str:
        escaped = [step.replace("~", "~0").replace("/", "~1") for step in self.steps]
        return "/".join([self.pointer, *escaped])


Check = Callable[[Any, Any, Schema, Place], Violation | None]
"""Checks a value against a keyword's argument; is told the whole schema besides."""


def violation(value: Any, bound: str, reason: str, place: Place) -> Violation:
    """Say that the value at a place breaks a bound."""
    return Violation(place.path, value, bound, reason, place.name())
