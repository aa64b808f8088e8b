"""The same part in both documents, and what a comparison has found so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from text_completions_document import Document, below

from .._changes import Difference, Usage
from .._kinds import Side
from .._located import Located
from ..schemas._graph import SchemaGraph
from ..schemas._notes import note_difference
from ..schemas._shape import Schema, Shape

CLIENT = "x-contract-client"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of two documents, and everything that it found."""

    old: Document
    new: Document
    graph: SchemaGraph
    differences: list[tuple[Difference, Usage]] = field(
        default_factory=list[tuple[Difference, Usage]]
    )

    @property
    def has_client(self) -> bool:
        return CLIENT in self.old.root and CLIENT in self.new.root

    def results(self) -> Iterator[tuple[Difference, list[Usage]]]:
        yield from ((one, [usage]) for one, usage in self.differences)
        yield from self.graph.results()


@dataclass(frozen=True, slots=True)
class Pair:
    """The same part in both documents; the value of a missing one is None."""

    comparison: Comparison
    old: Located
    new: Located
    usage: Usage
    is_reverse: bool = False  # the server is the one who calls, as in a webhook

    def report(
        self,
        kind: str,
        *keys: str,
        values: tuple[Any, Any] | None = None,
        detail: str = "",
    ) -> None:
        """Report a difference at a member of the new part, or of the old if only it is.

        The values are those of the member, unless others are given.
        """
        parts = (self.old, self.new) if self.new.value is None else (self.new, self.old)
        here = parts[0].pointer or parts[1].pointer
        if values is None:
            values = self.old.member(*keys).value, self.new.member(*keys).value
        difference = Difference(kind, below(here, *keys), *values, detail)
        self.found([difference])

    def found(self, differences: Iterable[Difference]) -> None:
        self.comparison.differences.extend((one, self.usage) for one in differences)

    def values(self, key: str) -> tuple[Any, Any]:
        return self.old.get(key), self.new.get(key)

    def at(self, old: Located, new: Located) -> Pair:
        return replace(self, old=old, new=new)

    def followed(self, old: Located, new: Located) -> Pair:
        """Return another pair that callers meet here, `$ref`s followed."""
        documents = self.comparison
        return self.at(old.followed(documents.old), new.followed(documents.new))

    def member(self, key: str) -> Pair:
        """Return the pair of a member, `$ref`s followed."""
        return self.followed(self.old.member(key), self.new.member(key))

    def members(
        self, key: str, name: Callable[[str], str] = str
    ) -> Iterator[tuple[str, Pair]]:
        """Yield the pairs of the members of an object, those of the old part first."""
        old, new = (
            {name(one): located for one, located in part.members(key).items()}
            for part in (self.old, self.new)
        )
        for one in dict.fromkeys((*old, *new)):
            missing = Located(below(self.new.pointer, key, one), None)
            yield one, self.followed(old.get(one, missing), new.get(one, missing))

    def flag(self, key: str, added: str, removed: str, detail: str = "") -> None:
        """Report that a member which is true or false changed."""
        before, after = (bool(value) for value in self.values(key))
        if before != after:
            kind = added if after else removed
            self.report(kind, key, values=(before, after), detail=detail)

    def deprecation(self) -> None:
        self.flag("deprecated", "deprecated", "no-longer-deprecated")

    def notes(self, *read: str) -> None:
        """Report differences of members that only inform, all but those named."""
        for key in dict.fromkeys((*self.old.node, *self.new.node)):
            if key not in read and key != "$ref":
                old, new = (
                    part.member(key) if key in part.node else None
                    for part in (self.old, self.new)
                )
                self.found(note_difference(key, old, new))

    def schemas(self, key: str = "schema") -> None:
        """Compare the schemas at a member; a missing one allows everything."""
        self.compare_schemas((self.old.schema(key),), (self.new.schema(key),))

    def compare_schemas(self, old: Schema, new: Schema) -> None:
        self.comparison.graph.add(old, new, self.usage)

    def shapes(self, old: Schema, new: Schema) -> tuple[Shape, Shape]:
        """Return the shapes of a schema of each document."""
        shapes = self.comparison.graph.shapes
        return shapes[0].of(old), shapes[1].of(new)

    def written(self, side: Side, what: str) -> Pair:
        """Return this pair as a part of a request or of a response.

        Where the server is the one who calls, the sides change places.
        """
        if self.is_reverse:
            side = Side.RESPONSE if side is Side.REQUEST else Side.REQUEST
        name = self.usage.name.rpartition(": ")[0]
        return replace(self, usage=Usage(side, f"{name}: {what}"))
