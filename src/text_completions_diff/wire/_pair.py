"""The same part in both documents, and what a comparison has found so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from text_completions_document import Document, below

from .._changes import Difference, Usage
from .._kinds import Side
from .._located import Located
from ..schemas._graph import SchemaGraph
from ..schemas._notes import note_difference

CLIENT = "x-contract-client"


class Comparison:
    """One comparison of two documents, and everything that it found."""

    def __init__(self, old: Document, new: Document) -> None:
        self.old, self.new = old, new
        self.graph = SchemaGraph(old, new)
        self.differences: list[tuple[Difference, Usage]] = []

    @property
    def has_client(self) -> bool:
        """Whether both documents name the parts of a client."""
        return CLIENT in self.old.root and CLIENT in self.new.root

    def results(self) -> Iterator[tuple[Difference, list[Usage]]]:
        """Return every difference with the places that meet it."""
        yield from ((one, [usage]) for one, usage in self.differences)
        yield from self.graph.results()


@dataclass(frozen=True, slots=True)
class Pair:
    """The same part in both documents, and where callers meet it.

    Attributes:
        comparison: The comparison that it belongs to.
        old: The part in the old document; its value is None where it is missing.
        new: The part in the new document.
        usage: Where callers meet it, and who writes it there.
        is_reverse: Whether the server is the one who calls, as in a webhook.
    """

    comparison: Comparison
    old: Located
    new: Located
    usage: Usage
    is_reverse: bool = False

    def report(
        self,
        kind: str,
        *keys: object,
        values: tuple[Any, Any] = (None, None),
        detail: str = "",
    ) -> None:
        """Report a difference at a member of the new part, with both values.

        If the new part is missing, the difference is at the old one.
        """
        here = self.old if self.new.value is None else self.new
        one = Difference(kind, below(here.pointer, *keys), *values, detail)
        self.comparison.differences.append((one, self.usage))

    def values(self, key: str) -> tuple[Any, Any]:
        """Return the values of a member."""
        return self.old.get(key), self.new.get(key)

    def has(self, key: str) -> bool:
        """Tell whether either part has a member."""
        return key in self.old.node or key in self.new.node

    def at(self, old: Located, new: Located) -> Pair:
        """Return another pair that callers meet at the same place."""
        return replace(self, old=old, new=new)

    def member(self, key: str) -> Pair:
        """Return the pair of a member, `$ref`s followed."""
        old, new = self.comparison.old, self.comparison.new
        return self.at(
            self.old.member(key).followed(old), self.new.member(key).followed(new)
        )

    def members(
        self, key: str, name: Callable[[str], str] = str
    ) -> Iterator[tuple[str, Pair]]:
        """Yield the pairs of the members of a member, those of the old part first.

        Args:
            key: The member, an object.
            name: Returns what a member is called in both documents.
        """
        sides = [
            {name(one): located for one, located in part.members(key).items()}
            for part in (self.old, self.new)
        ]
        for one in dict.fromkeys((*sides[0], *sides[1])):
            where = below(self.new.pointer, key, one)
            old, new = (side.get(one, Located(where, None)) for side in sides)
            pair = self.at(
                old.followed(self.comparison.old), new.followed(self.comparison.new)
            )
            yield one, pair

    def flag(self, key: str, added: str, removed: str) -> None:
        """Report that a member which is true or false changed."""
        before, after = (bool(value) for value in self.values(key))
        if before != after:
            kind = added if after else removed
            self.report(kind, key, values=(before, after))

    def deprecation(self) -> None:
        """Report that something was deprecated, or is no longer."""
        self.flag("deprecated", "deprecated", "no-longer-deprecated")

    def notes(self, *read: str) -> None:
        """Report differences of members that only inform, all but those named."""
        for key in dict.fromkeys((*self.old.node, *self.new.node)):
            if key not in read and key != "$ref":
                old, new = (
                    part.member(key) if key in part.node else None
                    for part in (self.old, self.new)
                )
                found = note_difference(key, old, new)
                self.comparison.differences += ((one, self.usage) for one in found)

    def schemas(self, key: str = "schema") -> None:
        """Compare the schemas at a member; a missing one allows everything."""
        old, new = (
            part.member(key)
            if key in part.node
            else Located(below(part.pointer, key), True)
            for part in (self.old, self.new)
        )
        self.comparison.graph.add((old,), (new,), self.usage)

    def written_by_caller(self, what: str) -> Pair:
        """Return this pair as what the caller writes, such as a parameter."""
        side = Side.RESPONSE if self.is_reverse else Side.REQUEST
        return self._used(side, what)

    def written_by_server(self, what: str) -> Pair:
        """Return this pair as what the server writes, such as a response."""
        side = Side.REQUEST if self.is_reverse else Side.RESPONSE
        return self._used(side, what)

    def _used(self, side: Side, what: str) -> Pair:
        name = self.usage.name.rpartition(": ")[0]
        return replace(self, usage=Usage(side, f"{name}: {what}"))
