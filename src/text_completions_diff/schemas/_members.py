"""Compare the members of objects and the items of arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from text_completions_document import below

from .._changes import Difference
from .._kinds import Side
from .._located import Located, same, shown, unambiguous
from ._normal import Shapes
from ._shape import Finding, Schema, SchemaPair, Shape, prefix_length

_HIDDEN = {Side.REQUEST: "readOnly", Side.RESPONSE: "writeOnly"}


@dataclass(frozen=True, slots=True)
class ObjectComparison:
    """Compares the members of two shapes, as one side of an exchange sees them."""

    shapes: tuple[Shapes, Shapes]
    old: Shape
    new: Shape
    side: Side

    def compare(self) -> Iterator[Finding]:
        old, new = self.old.declared, self.new.declared
        gone = {name: located for name, located in old.items() if name not in new}
        come = {name: located for name, located in new.items() if name not in old}
        for before, after in self._renamed(gone, come):
            was, now = gone.pop(before), come.pop(after)
            values = before, after
            yield Difference("property-renamed", now.pointer, *values, shown(before))
            yield SchemaPair((was,), (now,))
        for name, located in gone.items():
            yield from self._removed(name, located)
        for name, located in come.items():
            yield from self._added(name, located)
        for name, located in new.items():
            if name in old:
                yield from self._kept(name, located)
        for name, pointer in {**self.old.required, **self.new.required}.items():
            if name not in old and name not in new:
                yield from self._requirement(name, pointer)
        yield from self._unnamed()
        yield from self._by_pattern()

    def _kept(self, name: str, located: Located) -> Iterator[Finding]:
        schemas = self.old.member(name), self.new.member(name)
        old, new = self.shapes[0].of(schemas[0]), self.shapes[1].of(schemas[1])
        hidden = [bool(one.note(_HIDDEN[self.side])) for one in (old, new)]
        if all(hidden):
            return  # this side sees it in neither document
        for keyword, kind in (("readOnly", "read-only"), ("writeOnly", "write-only")):
            before, after = bool(old.note(keyword)), bool(new.note(keyword))
            if before != after:
                change = "added" if after else "removed"
                yield Difference(f"{kind}-{change}", located.pointer, before, after)
        if not any(hidden):
            yield SchemaPair(*schemas)
            yield from self._requirement(name, located.pointer)
        elif hidden[0] and name in self.new.required:
            yield Difference("property-required", located.pointer)

    def _requirement(self, name: str, pointer: str) -> Iterator[Finding]:
        before, after = name in self.old.required, name in self.new.required
        if before != after:
            kind = "property-required" if after else "property-optional"
            yield Difference(kind, pointer, before, after, subject=name)

    def _added(self, name: str, located: Located) -> Iterator[Finding]:
        schema = self.new.member(name)
        shape = self.shapes[1].of(schema)
        if shape.note(_HIDDEN[self.side]):
            return
        others = self.old.additional(name)
        is_closed = self.shapes[0].of(others).never
        if others and not is_closed:
            yield SchemaPair(others, schema)
        if shape.never:
            return
        is_required = name in self.new.required and name not in self.old.required
        # A response of a closed object could not have the member before.
        if is_required and not (is_closed and self.side is Side.RESPONSE):
            pointer, value = located
            yield Difference("required-property-added", pointer, None, value)
        else:
            yield _property_added(located, is_closed=is_closed)

    def _removed(self, name: str, located: Located) -> Iterator[Finding]:
        schema = self.old.member(name)
        shape = self.shapes[0].of(schema)
        if shape.note(_HIDDEN[self.side]) or shape.never:
            return
        others = self.new.additional(name)
        is_closed = self.shapes[1].of(others).never
        if others and not is_closed:
            yield SchemaPair(schema, others)
        yield _property_removed(located, is_closed=is_closed)

    def _renamed(
        self, gone: dict[str, Located], come: dict[str, Located]
    ) -> list[tuple[str, str]]:
        """Find members that have another name and are the same in everything else."""
        pairs = [
            (before, after)
            for before, old in gone.items()
            for after, new in come.items()
            if old.value not in (True, {})
            and same(old.value, new.value)
            and (before in self.old.required) == (after in self.new.required)
        ]
        return unambiguous(pairs)

    def _unnamed(self) -> Iterator[Finding]:
        old, new = self.old.additional(), self.new.additional()
        was, now = self.shapes[0].of(old), self.shapes[1].of(new)
        if was.never != now.never:
            kind = "object-closed" if now.never else "object-opened"
            place = (*new, *old)[0].pointer
            yield Difference(kind, place, not was.never, not now.never)
        elif old or new:
            place = below(self.new.pointer, "additionalProperties")
            yield _pair_at(place, old, new)

    def _by_pattern(self) -> Iterator[Finding]:
        old, new = _patterns(self.old), _patterns(self.new)
        for pattern in dict.fromkeys((*old, *new)):
            if pattern not in new:
                is_closed = self.shapes[1].of(self.new.additional()).never
                yield _property_removed(old[pattern][0], is_closed=is_closed)
            elif pattern not in old:
                is_closed = self.shapes[0].of(self.old.additional()).never
                yield _property_added(new[pattern][0], is_closed=is_closed)
            else:
                yield SchemaPair(old[pattern], new[pattern])


def _property_added(located: Located, *, is_closed: bool) -> Difference:
    kind = "closed-property-added" if is_closed else "property-added"
    return Difference(kind, located.pointer, None, located.value)


def _property_removed(located: Located, *, is_closed: bool) -> Difference:
    kind = "closed-property-removed" if is_closed else "property-removed"
    return Difference(kind, located.pointer, located.value, None)


def _patterns(shape: Shape) -> dict[str, Schema]:
    patterns: dict[str, Schema] = {}
    for one in shape.members:
        for pattern, located in one.patterns.items():
            patterns[pattern] = (*patterns.get(pattern, ()), located)
    return patterns


def compare_items(old: Shape, new: Shape) -> Iterator[Finding]:
    """Compare the items of arrays, the first ones and the rest."""
    if not (old.items or new.items):
        return
    ends = [shape.bounds.get("maxItems") for shape in (old, new)]
    longest = min((end.value for end in ends if end), default=None)
    length = prefix_length(old, new)
    for index in range(length):
        if longest is None or index < longest:
            place = below(new.pointer, "prefixItems", index)
            yield _pair_at(place, old.item(index), new.item(index))
    if longest is None or length < longest:
        yield _pair_at(below(new.pointer, "items"), old.item(None), new.item(None))


def _pair_at(place: str, old: Schema, new: Schema) -> SchemaPair:
    """Return two schemas; one that is missing allows everything at a place."""
    free = (Located(place, True),)
    return SchemaPair(old or free, new or free)
