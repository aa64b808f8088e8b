"""Shapes of schemas: references followed, `allOf` merged, simple unions melted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import reduce

from text_completions_document import Document, below, mapping, sequence

from ._flat import flat_shape
from ._merge import fold, intersect, settle
from ._shape import ALL_TYPES, Group, Members, Schema, Shape, Site


class Shapes:
    """The shapes of one document's schemas, each made once."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._made: dict[tuple[str, ...], Shape] = {}
        self._making: set[tuple[str, ...]] = set()

    def of(self, schema: Schema) -> Shape:
        """The shape of schemas that all hold at once."""
        key = tuple(site.pointer for site in schema)
        if key not in self._made:
            self._making.add(key)
            self._made[key] = self._make(schema)
            self._making.discard(key)
        return self._made[key]

    def name(self, schema: Schema) -> str | None:
        """What the schema is called where it is nothing but a reference."""
        for site in schema:
            reference = mapping(site.value).get("$ref")
            if isinstance(reference, str):
                return reference.rpartition("/")[2]
        return None

    def _make(self, schema: Schema) -> Shape:
        flats = [flat_shape(site) for site in self._flat(schema)]
        whole = reduce(intersect, flats) if flats else Shape()
        whole = settle(whole)
        groups = whole.groups
        whole = replace(whole, groups=())
        for group in groups:
            whole = self._with(whole, group)
        whole = settle(self._without_idle_types(whole))
        return replace(whole, members=_closing(whole))

    def _flat(self, schema: Schema) -> Iterator[Site]:
        """Every schema object that holds, outermost first, each once."""
        seen: set[str] = set()
        waiting = list(schema)
        while waiting:
            site = waiting.pop(0)
            if site.pointer in seen:
                continue
            seen.add(site.pointer)
            yield site
            waiting[:0] = self._parts(site)

    def _parts(self, site: Site) -> Iterator[Site]:
        node = mapping(site.value)
        if isinstance(reference := node.get("$ref"), str):
            yield Site(*self.document.target(reference, site.pointer))
        for index, part in enumerate(sequence(node.get("allOf"))):
            yield Site(below(site.pointer, "allOf", index), part)

    def _with(self, whole: Shape, group: Group) -> Shape:
        """Melt a group into the rest where that is exact; else keep it beside."""
        branches = [
            branch for one in group.branches for branch in self._spliced(one, group)
        ]
        keys = [tuple(site.pointer for site in branch) for branch in branches]
        if not self._making.intersection(keys):
            shapes = [self.of(branch) for branch in branches]
            whole = replace(whole, notes=_noted(whole, shapes, group))
            if len(shapes) == 1:
                melted = shapes[0]
                groups = melted.groups
                beside = intersect(whole, replace(melted, groups=(), notes={}))
                return replace(beside, groups=(*whole.groups, *groups))
            folded = fold(shapes, group)
            if folded is not None:
                return settle(intersect(whole, folded))
        if whole.unevaluated is not None and not whole.unevaluated.value:
            branches = [_closed(branch, whole.unevaluated) for branch in branches]
        kept = replace(group, branches=tuple(branches))
        return replace(whole, groups=(*whole.groups, kept))

    def _spliced(self, branch: Schema, group: Group) -> list[Schema]:
        """The branches of an `anyOf` that is nothing but a branch of another."""
        key = tuple(site.pointer for site in branch)
        if key in self._making:
            return [branch]
        shape = self.of(branch)
        inner = shape.groups[0] if shape.bare and len(shape.groups) == 1 else None
        if inner is None or inner.exclusive or group.exclusive:
            return [branch]
        return list(inner.branches)

    def _without_idle_types(self, whole: Shape) -> Shape:
        """Drop a type beside groups whose branches all have it anyway."""
        if whole.types == ALL_TYPES or whole.bounds or whole.enums:
            return whole
        for group in whole.groups:
            keys = [tuple(site.pointer for site in branch) for branch in group.branches]
            if self._making.intersection(keys):
                continue
            found = [self.of(branch).types for branch in group.branches]
            if frozenset[str]().union(*found) <= whole.types:
                return replace(whole, types=ALL_TYPES)
        return whole


def _closed(branch: Schema, unevaluated: Site) -> Schema:
    """A branch of an object that takes no members but those described."""
    pointer = f"{unevaluated.pointer}?{branch[0].pointer}"
    return (*branch, Site(pointer, {"unevaluatedProperties": False}))


def _noted(
    whole: Shape, shapes: Iterable[Shape], group: Group
) -> Mapping[str, tuple[Site, ...]]:
    """Keep the notes of definitions that are branches: elsewhere nobody looks."""
    notes = dict(whole.notes)
    for shape in shapes:
        for key, sites in shape.notes.items():
            if key in ("default", "readOnly", "writeOnly", "deprecated"):
                continue
            inner = tuple(s for s in sites if not s.pointer.startswith(group.pointer))
            notes[key] = (*notes.get(key, ()), *inner)
    return {key: sites for key, sites in notes.items() if sites}


def _closing(shape: Shape) -> tuple[Members, ...]:
    """Let `unevaluatedProperties` close what no other schema leaves open."""
    last = shape.unevaluated
    if last is None or any(one.additional for one in shape.members):
        return shape.members
    known: dict[str, Site] = {}
    patterns: dict[str, Site] = {}
    for one in shape.members:
        known |= {
            name: Site(site.pointer, True) for name, site in one.properties.items()
        }
        patterns |= {name: Site(s.pointer, True) for name, s in one.patterns.items()}
    return (*shape.members, Members(known, patterns, last))
