"""Pairs of schemas, compared once each, and who meets what was found there.

Schemas refer to each other in circles, and one schema stands in many places. So
pairs are nodes of a graph: first every node is looked at by itself, then each place
is told what the nodes that it reaches have found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from text_completions_document import Document

from ._build import Shapes
from ._change import Difference, Place
from ._kind_table import KINDS
from ._kinds import Side
from ._members import Found, Objects, compare_items, compare_rules
from ._notes import note_differences
from ._scalars import scalar_differences
from ._shape import Group, Schema, Shape
from ._unions import Unions

Key = tuple[tuple[str, ...], tuple[str, ...], Side, bool, bool]


@dataclass(slots=True)
class _Pair:
    """Two schemas on one side of the exchange.

    Attributes:
        unclear: Whether what they mean depends on a keyword above them whose effect
            is not worked out, such as `not`.
        silent: Whether their notes were compared already.
    """

    old: Schema
    new: Schema
    side: Side
    unclear: bool = False
    silent: bool = False
    found: list[Difference] = field(default_factory=list[Difference])
    below: list[Key] = field(default_factory=list[Key])

    @property
    def key(self) -> Key:
        old = tuple(site.pointer for site in self.old)
        new = tuple(site.pointer for site in self.new)
        return old, new, self.side, self.unclear, self.silent


class SchemaGraph:
    """Compares the schemas of two documents."""

    def __init__(self, old: Document, new: Document) -> None:
        self.old_shapes, self.new_shapes = Shapes(old), Shapes(new)
        self._unions = Unions(self.old_shapes, self.new_shapes)
        self._pairs: dict[Key, _Pair] = {}
        self._roots: list[tuple[Key, Place]] = []

    def add(self, old: Schema, new: Schema, place: Place) -> None:
        """Compare two schemas that stand at this place."""
        first = _Pair(old, new, place.side)
        self._roots.append((first.key, place))
        waiting = [first]
        while waiting:
            pair = waiting.pop()
            if pair.key not in self._pairs:
                self._pairs[pair.key] = pair
                waiting += self._look(pair)

    def results(self) -> Iterator[tuple[Difference, list[Place]]]:
        """What was found, with the places that meet it."""
        for key, meeting in self._meeting().items():
            if self._pairs[key].found:
                places = [
                    place
                    for index, (_, place) in enumerate(self._roots)
                    if meeting >> index & 1
                ]
                yield from ((found, places) for found in self._pairs[key].found)

    def _meeting(self) -> dict[Key, int]:
        """Which roots reach each telling pair: a bit for each root."""
        telling = self._telling()
        meeting = {key: 0 for key in self._pairs if key in telling}
        for index, (root, _) in enumerate(self._roots):
            if root in telling:
                meeting[root] |= 1 << index
        waiting = dict.fromkeys(root for root, _ in self._roots if root in telling)
        while waiting:
            key = next(iter(waiting))
            del waiting[key]
            for child in self._pairs[key].below:
                if child in telling and meeting[key] | meeting[child] != meeting[child]:
                    meeting[child] |= meeting[key]
                    waiting[child] = None
        return meeting

    def _telling(self) -> set[Key]:
        """The pairs at which, or below which, something was found."""
        above: dict[Key, list[Key]] = {}
        for key, pair in self._pairs.items():
            for child in pair.below:
                above.setdefault(child, []).append(key)
        telling: set[Key] = set()
        waiting = [key for key, pair in self._pairs.items() if pair.found]
        while waiting:
            key = waiting.pop()
            if key not in telling:
                telling.add(key)
                waiting += above.get(key, [])
        return telling

    def _look(self, pair: _Pair) -> list[_Pair]:
        """Compare one pair by itself, and name the pairs below it."""
        found = self._compare(pair)
        pair.found = [
            _unclear(one) if pair.unclear else one for one in found.differences
        ]
        side, unclear = pair.side, pair.unclear
        children = [
            *(_Pair(old, new, side, unclear) for old, new in found.pairs),
            *(_Pair(old, new, side, unclear=True) for old, new in found.unclear),
            *(_Pair(old, new, side, unclear, True) for old, new in found.silent),
        ]
        pair.below = [child.key for child in children]
        return children

    def _compare(self, pair: _Pair) -> Found:
        old, new = self._alike(pair)
        found = Found(list(scalar_differences(old, new)))
        if not pair.silent:
            found.differences += note_differences(old, new)
        common = old.types & new.types
        if "object" in common:
            shapes = self.old_shapes, self.new_shapes
            _join(found, Objects(shapes, (old, new), pair.side).compare())
        if "array" in common:
            _join(found, compare_items(old, new))
        if "string" in common and old.content and new.content:
            found.pairs.append((old.content, new.content))
        elif "string" in common and (old.content or new.content):
            kind = "constraint-added" if new.content else "constraint-removed"
            place = (new.content or old.content)[0].pointer
            found.add(kind, place, None, None, "its `contentSchema`")
        if common:
            _join(found, compare_rules(old, new))
            _join(found, self._unions.compare(old, new))
        return found

    def _alike(self, pair: _Pair) -> tuple[Shape, Shape]:
        """Both shapes; one that became a branch of many is taken for a branch."""
        old, new = self.old_shapes.of(pair.old), self.new_shapes.of(pair.new)
        if _only_branches(new) and not old.groups and not old.bare:
            return _as_group(old, pair.old, new.groups[0]), new
        if _only_branches(old) and not new.groups and not new.bare:
            return old, _as_group(new, pair.new, old.groups[0])
        return old, new


def _only_branches(shape: Shape) -> bool:
    return shape.bare and len(shape.groups) == 1


def _as_group(shape: Shape, schema: Schema, like: Group) -> Shape:
    group = Group(shape.pointer, like.exclusive, (schema,), alone=True)
    return Shape(pointer=shape.pointer, groups=(group,), notes=shape.notes)


def _join(found: Found, other: Found) -> None:
    found.differences += other.differences
    found.pairs += other.pairs
    found.unclear += other.unclear
    found.silent += other.silent


def _unclear(difference: Difference) -> Difference:
    if difference.kind.request.severity == "documentation":
        return difference
    keyword = difference.pointer.rpartition("/")[2]
    return replace(difference, kind=KINDS["not-comparable"], detail=keyword)
