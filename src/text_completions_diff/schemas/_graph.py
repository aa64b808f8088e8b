"""Compare pairs of schemas, each once, and tell who meets what was found there.

Schemas refer to each other in circles, and one schema stands in many places. So
pairs are nodes of a graph: first each pair is compared by itself, then each place is
told what the pairs that it reaches have found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from text_completions_document import Document, mapping

from .._changes import Difference, Usage
from .._kinds import KINDS, Severity, Side
from .._located import Located, same_unordered, take_pairs, unordered
from ._members import ObjectComparison, compare_items
from ._normal import Shapes
from ._notes import note_differences
from ._shape import (
    ALL_TYPES,
    RULES,
    Finding,
    Group,
    Schema,
    SchemaPair,
    Shape,
    key_of,
)
from ._unions import Unions
from ._values import value_differences

_Key = tuple[object, ...]


@dataclass(slots=True)
class _Node:
    differences: list[Difference] = field(default_factory=list[Difference])
    below: list[_Key] = field(default_factory=list[_Key])


class SchemaGraph:
    """Compares the schemas of two documents."""

    def __init__(self, old: Document, new: Document) -> None:
        self.shapes = Shapes(old), Shapes(new)
        self._unions = {side: Unions(*self.shapes, side) for side in Side}
        self._nodes: dict[_Key, _Node] = {}
        self._roots: list[tuple[_Key, Usage]] = []

    def add(self, old: Schema, new: Schema, usage: Usage) -> None:
        """Compare two schemas that callers meet at a place."""
        side, first = usage.side, SchemaPair(old, new)
        self._roots.append((_key(first, side), usage))
        waiting = [first]
        while waiting:
            pair = waiting.pop()
            key = _key(pair, side)
            if key in self._nodes:
                continue
            node = self._nodes[key] = _Node()
            for one in self._compare(pair, side):
                if isinstance(one, Difference):
                    node.differences.append(_unclear(one) if pair.unclear else one)
                else:
                    child = replace(one, unclear=pair.unclear or one.unclear)
                    node.below.append(_key(child, side))
                    waiting.append(child)

    def results(self) -> Iterator[tuple[Difference, list[Usage]]]:
        """Return every difference with the places that meet it."""
        usages: dict[_Key, list[Usage]] = {key: [] for key in self._nodes}
        for root, usage in self._roots:
            reached, waiting = {root}, [root]
            while waiting:
                below = set(self._nodes[waiting.pop()].below) - reached
                reached |= below
                waiting += below
            for key in reached:
                usages[key].append(usage)
        for key, node in self._nodes.items():
            yield from ((one, usages[key]) for one in node.differences)

    def _compare(self, pair: SchemaPair, side: Side) -> Iterator[Finding]:
        old, new = self._as_groups(pair)
        yield from value_differences(old, new)
        if not pair.silent:
            yield from note_differences(old, new)
        common = old.types & new.types
        if "object" in common:
            yield from ObjectComparison(self.shapes, old, new, side).compare()
        if "array" in common:
            yield from compare_items(old, new)
        if common:
            yield from _compare_rules(old, new)
            yield from self._unions[side].compare(old, new)

    def _as_groups(self, pair: SchemaPair) -> tuple[Shape, Shape]:
        """Return both shapes; one that became a branch of many is made a group."""
        old, new = self.shapes[0].of(pair.old), self.shapes[1].of(pair.new)
        if _is_union(new) and _can_be_branch(old):
            return _as_group(old, pair.old, new.groups[0]), new
        if _is_union(old) and _can_be_branch(new):
            return old, _as_group(new, pair.new, old.groups[0])
        return old, new


def _key(pair: SchemaPair, side: Side) -> _Key:
    return key_of(pair.old), key_of(pair.new), side, pair.unclear, pair.silent


def _is_union(shape: Shape) -> bool:
    return shape.free and len(shape.groups) == 1


def _can_be_branch(shape: Shape) -> bool:
    return not shape.groups and (shape.limited or shape.types != ALL_TYPES)


def _as_group(shape: Shape, schema: Schema, like: Group) -> Shape:
    group = Group(shape.pointer, like.exclusive, (schema,), alone=True)
    return Shape(
        shape.pointer, types=shape.types, groups=(group,), notes=shape.notes, free=True
    )


def _compare_rules(old: Shape, new: Shape) -> Iterator[Finding]:
    for keyword in dict.fromkeys(key for key, _ in (*old.rules, *new.rules)):
        if RULES[keyword] not in {*old.types & new.types, "any"}:
            continue
        before, after = list(old.rule(keyword)), list(new.rule(keyword))
        for one, other in take_pairs(before, after, lambda one: unordered(one.value)):
            yield from _rule(keyword, one, other)
        for one in before:
            yield from _one_sided_rule("removed", keyword, one, one.value, None)
        for one in after:
            yield from _one_sided_rule("added", keyword, one, None, one.value)


def _rule(keyword: str, old: Located, new: Located) -> Iterator[Finding]:
    schemas = mapping(old.value), mapping(new.value)
    if keyword in ("contentSchema", "propertyNames"):
        yield SchemaPair((old,), (new,))
    elif keyword in ("not", "if", "then", "else", "contains", "unevaluatedItems"):
        yield SchemaPair((old,), (new,), unclear=True)
    elif keyword == "dependentSchemas" and schemas[0].keys() == schemas[1].keys():
        for name in schemas[1]:
            yield SchemaPair((old.member(name),), (new.member(name),), unclear=True)
    elif not same_unordered(old.value, new.value):
        values = old.value, new.value
        yield Difference("not-comparable", new.pointer, *values, keyword)


def _one_sided_rule(
    change: str, keyword: str, rule: Located, before: object, after: object
) -> Iterator[Difference]:
    values = before, after
    if keyword in ("minContains", "maxContains", "xml"):
        yield Difference("not-comparable", rule.pointer, *values, keyword)
    elif keyword != "if":
        kind = f"constraint-{change}"
        yield Difference(kind, rule.pointer, *values, f"its `{keyword}`")


def _unclear(difference: Difference) -> Difference:
    """Return a difference below a keyword whose effect is not worked out."""
    if KINDS[difference.kind].request.severity is Severity.DOCUMENTATION:
        return difference
    keyword = difference.pointer.rpartition("/")[2]
    return replace(difference, kind="not-comparable", detail=keyword)
