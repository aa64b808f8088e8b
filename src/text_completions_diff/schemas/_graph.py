"""Compare pairs of schemas, each once, and tell who meets what was found there.

Schemas refer to each other in circles, and one schema stands in many places. So
pairs are nodes of a graph: first each pair is compared by itself, then each place is
told what the pairs that it reaches have found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from text_completions_document import Document

from .._changes import Difference, Usage
from .._kinds import KINDS, Severity, Side
from ._findings import Findings
from ._members import ObjectComparison, compare_items, compare_rules
from ._normal import Shapes, key_of
from ._notes import note_differences
from ._shape import ALL_TYPES, Group, Schema, Shape
from ._unions import Unions
from ._values import value_differences

Key = tuple[tuple[str, ...], tuple[str, ...], Side, bool, bool]


@dataclass(slots=True)
class _Pair:
    """Two schemas on one side of the exchange.

    Attributes:
        unclear: Whether their effect depends on a keyword above them whose effect is
            not worked out, such as `not`.
        silent: Whether their notes were compared already.
        differences: What was found at this pair itself.
        below: The keys of the pairs that it contains.
    """

    old: Schema
    new: Schema
    side: Side
    unclear: bool = False
    silent: bool = False
    differences: list[Difference] = field(default_factory=list[Difference])
    below: list[Key] = field(default_factory=list[Key])

    @property
    def key(self) -> Key:
        return key_of(self.old), key_of(self.new), self.side, self.unclear, self.silent


class SchemaGraph:
    """Compares the schemas of two documents."""

    def __init__(self, old: Document, new: Document) -> None:
        self.old_shapes, self.new_shapes = Shapes(old), Shapes(new)
        shapes = self.old_shapes, self.new_shapes
        self._unions = {side: Unions(*shapes, side) for side in Side}
        self._pairs: dict[Key, _Pair] = {}
        self._roots: list[tuple[Key, Usage]] = []

    def add(self, old: Schema, new: Schema, usage: Usage) -> None:
        """Compare two schemas that callers meet at a place."""
        first = _Pair(old, new, usage.side)
        self._roots.append((first.key, usage))
        waiting = [first]
        while waiting:
            pair = waiting.pop()
            if pair.key not in self._pairs:
                self._pairs[pair.key] = pair
                waiting += self._compare(pair)

    def results(self) -> Iterator[tuple[Difference, list[Usage]]]:
        """Return every difference with the places that meet it."""
        above: dict[Key, list[Key]] = {}
        for key, pair in self._pairs.items():
            for child in pair.below:
                above.setdefault(child, []).append(key)
        for key, pair in self._pairs.items():
            if pair.differences:
                reached_from = {key}
                waiting = [key]
                while waiting:
                    parents = set(above.get(waiting.pop(), ())) - reached_from
                    reached_from |= parents
                    waiting += parents
                usages = [usage for root, usage in self._roots if root in reached_from]
                yield from ((one, usages) for one in pair.differences)

    def _compare(self, pair: _Pair) -> list[_Pair]:
        """Compare one pair by itself, and return the pairs that it contains."""
        findings = self._findings(pair)
        pair.differences = [
            _unclear(one) if pair.unclear else one for one in findings.differences
        ]
        children = [
            _Pair(one.old, one.new, pair.side, pair.unclear or one.unclear, one.silent)
            for one in findings.next
        ]
        pair.below = [child.key for child in children]
        return children

    def _findings(self, pair: _Pair) -> Findings:
        old, new = self._as_groups(pair)
        findings = Findings(list(value_differences(old, new)))
        if not pair.silent:
            findings.differences += note_differences(old, new)
        common = old.types & new.types
        if "object" in common:
            shapes = self.old_shapes, self.new_shapes
            findings.extend(ObjectComparison(shapes, (old, new), pair.side).compare())
        if "array" in common:
            findings.extend(compare_items(old, new))
        if "string" in common:
            _compare_content(findings, old.content, new.content)
        if common:
            findings.extend(compare_rules(old, new))
            findings.extend(self._unions[pair.side].compare(old, new))
        return findings

    def _as_groups(self, pair: _Pair) -> tuple[Shape, Shape]:
        """Return both shapes; one that became a branch of many is made a group."""
        old, new = self.old_shapes.of(pair.old), self.new_shapes.of(pair.new)
        if _is_union(new) and _can_be_branch(old):
            return _as_group(old, pair.old, new.groups[0]), new
        if _is_union(old) and _can_be_branch(new):
            return old, _as_group(new, pair.new, old.groups[0])
        return old, new


def _is_union(shape: Shape) -> bool:
    return shape.free and len(shape.groups) == 1


def _can_be_branch(shape: Shape) -> bool:
    return not shape.groups and (shape.limited or shape.types != ALL_TYPES)


def _as_group(shape: Shape, schema: Schema, like: Group) -> Shape:
    group = Group(shape.pointer, like.exclusive, (schema,), alone=True)
    return Shape(
        shape.pointer, types=shape.types, groups=(group,), notes=shape.notes, free=True
    )


def _compare_content(findings: Findings, old: Schema, new: Schema) -> None:
    if old and new:
        findings.compare(old, new)
    elif old or new:
        kind = "constraint-added" if new else "constraint-removed"
        findings.add(kind, (new or old)[0].pointer, detail="its `contentSchema`")


def _unclear(difference: Difference) -> Difference:
    if difference.kind.request.severity is Severity.DOCUMENTATION:
        return difference
    keyword = difference.pointer.rpartition("/")[2]
    return replace(difference, kind=KINDS["not-comparable"], detail=keyword)
