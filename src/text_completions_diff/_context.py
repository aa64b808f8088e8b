"""What all parts of a comparison share: both documents, and what was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from text_completions_document import Document, Node, below, mapping

from ._change import Difference, Place
from ._graph import SchemaGraph
from ._kind_table import KINDS
from ._kinds import Side
from ._notes import told
from ._shape import Site
from ._values import same

Spot = tuple[str, Node]
"""A pointer, and the object that stands there."""


@dataclass(frozen=True, slots=True)
class Callers:
    """Who calls whom: in a webhook it is the server that calls."""

    name: str
    reverse: bool = False

    def writes(self, what: str) -> Place:
        """A place where the one who calls writes."""
        side = Side.ANSWER if self.reverse else Side.REQUEST
        return Place(side, f"{self.name}: {what}")

    def reads(self, what: str) -> Place:
        """A place where the one who is called writes."""
        side = Side.REQUEST if self.reverse else Side.ANSWER
        return Place(side, f"{self.name}: {what}")


class Context:
    """One comparison of two documents."""

    def __init__(self, old: Document, new: Document) -> None:
        self.old, self.new = old, new
        self.graph = SchemaGraph(old, new)
        self.found: list[tuple[Difference, Place]] = []

    @property
    def has_client(self) -> bool:
        """Whether both documents name the parts of a client."""
        key = "x-contract-client"
        return key in self.old.root and key in self.new.root

    def tell(
        self,
        kind: str,
        place: Place,
        pointer: str,
        before: Any = None,
        after: Any = None,
        detail: str = "",
    ) -> None:
        """Report a difference."""
        difference = Difference(KINDS[kind], pointer, before, after, detail)
        self.found.append((difference, place))

    def notes(
        self, old: Spot, new: Spot, place: Place, read: frozenset[str] | set[str]
    ) -> None:
        """Report what differs in keys that only tell something."""
        for key in (*old[1], *(key for key in new[1] if key not in old[1])):
            if key not in read and key != "$ref":
                before, after = _site(old, key), _site(new, key)
                self.found += [(one, place) for one in told(key, before, after)]

    def deprecation(self, old: Spot, new: Spot, place: Place) -> None:
        """Report that something is to go, or is not."""
        before, after = bool(old[1].get("deprecated")), bool(new[1].get("deprecated"))
        if before != after:
            kind = "deprecated" if after else "no-longer-deprecated"
            self.tell(kind, place, below(new[0], "deprecated"), before, after)

    def schemas(self, old: Spot, new: Spot, key: str, place: Place) -> None:
        """Compare the schemas at a key; none is the schema of anything."""
        sites = [
            _site(spot, key) or Site(below(spot[0], key), True) for spot in (old, new)
        ]
        self.graph.add((sites[0],), (sites[1],), place)

    def results(self) -> Iterator[tuple[Difference, list[Place]]]:
        """Everything found, of values and of the rest."""
        yield from ((difference, [place]) for difference, place in self.found)
        yield from self.graph.results()


def _site(spot: Spot, key: str) -> Site | None:
    return Site(below(spot[0], key), spot[1][key]) if key in spot[1] else None


def follow(document: Document, pointer: str, value: object) -> Spot:
    """The object at a place, where its `$ref` leads."""
    where, target = document.follow(pointer, value)
    return where, mapping(target)


def named(document: Document, spot: Spot, key: str) -> dict[str, Spot]:
    """The named objects at a key, where their `$ref`s lead."""
    return {
        name: follow(document, below(spot[0], key, name), value)
        for name, value in mapping(spot[1].get(key)).items()
    }


def only_renamed(gone: dict[str, Spot], come: dict[str, Spot]) -> list[tuple[str, str]]:
    """Find what came in the place of something that is the same but for its name."""
    pairs = [
        (old, new) for old in gone for new in come if same(gone[old][1], come[new][1])
    ]
    olds, news = [old for old, _ in pairs], [new for _, new in pairs]
    return [(o, n) for o, n in pairs if olds.count(o) == 1 and news.count(n) == 1]
