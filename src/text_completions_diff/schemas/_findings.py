"""What comparing two shapes finds: differences, and schemas to compare next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .._changes import Difference, difference
from ._shape import Schema


class Next(NamedTuple):
    """Two schemas to compare next.

    Attributes:
        unclear: Whether their effect depends on a keyword such as `not`.
        silent: Whether their notes were compared already.
    """

    old: Schema
    new: Schema
    unclear: bool = False
    silent: bool = False


@dataclass(slots=True)
class Findings:
    """The differences of two shapes themselves, and the pairs of schemas in them."""

    differences: list[Difference] = field(default_factory=list[Difference])
    next: list[Next] = field(default_factory=list[Next])

    def add(
        self,
        kind: str,
        pointer: str,
        before: Any = None,
        after: Any = None,
        detail: str = "",
    ) -> None:
        """Add a difference."""
        self.differences.append(difference(kind, pointer, before, after, detail))

    def compare(self, old: Schema, new: Schema, *, unclear: bool = False) -> None:
        """Add two schemas that must be compared as well."""
        self.next.append(Next(old, new, unclear))

    def extend(self, other: Findings) -> None:
        """Add everything that another comparison found."""
        self.differences += other.differences
        self.next += other.next
