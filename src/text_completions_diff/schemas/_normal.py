"""Make the shape of a schema: follow references, merge `allOf`, simplify unions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import reduce

from text_completions_document import Document

from .._located import Located
from ._flat import flat_shape
from ._merge import fold, intersect, settle
from ._shape import ALL_TYPES, Group, Members, Schema, Shape, key_of

_EFFECTIVE = ("default", "readOnly", "writeOnly", "deprecated")


class Shapes:
    """The shapes of one document's schemas, each made once."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._made: dict[tuple[str, ...], Shape] = {}
        self._making: set[tuple[str, ...]] = set()

    def of(self, schema: Schema) -> Shape:
        """Return the shape of schemas that all apply at once."""
        key = key_of(schema)
        if key not in self._made:
            self._making.add(key)
            self._made[key] = self._make(schema)
            self._making.discard(key)
        return self._made[key]

    def _make(self, schema: Schema) -> Shape:
        shapes = [flat_shape(one) for one in self._applied(schema)]
        whole = reduce(intersect, shapes) if shapes else Shape()
        if whole.rules:
            whole = self._with_rules(whole)
        whole = settle(whole)
        if whole.groups:
            groups, whole = whole.groups, replace(whole, groups=())
            for group in groups:
                whole = self._with_group(whole, group)
            whole = settle(self._with_types_of_groups(whole))
        return _closed_by_unevaluated(whole)

    def _applied(self, schema: Schema) -> Iterator[Located]:
        """Yield every schema object that applies, outermost first, each once."""
        seen: set[str] = set()
        waiting = list(schema)
        while waiting:
            located = waiting.pop(0)
            if located.pointer in seen:
                continue
            seen.add(located.pointer)
            yield located
            parts = located.items("allOf")
            if isinstance(reference := located.get("$ref"), str):
                target = self.document.target(reference, located.pointer)
                parts = [Located(*target), *parts]
            waiting[:0] = parts

    def _with_rules(self, whole: Shape) -> Shape:
        """Replace rules that say the same as types, or as a closed object."""
        rules, whole = whole.rules, replace(whole, rules=())
        for key, located in rules:
            is_known = key in ("not", "propertyNames")
            if is_known and not self._is_in_progress((located,)):
                shape = self.of((located,))
                has_types_alone = not (shape.limited or shape.groups)
                if key == "not" and has_types_alone:
                    whole = replace(whole, types=whole.types - shape.types)
                    continue
                if key == "propertyNames" and (names := shape.enums.get("string")):
                    members = _named(names.values(), located)
                    whole = replace(whole, members=(*whole.members, members))
                    continue
                if has_types_alone and "string" in shape.types:
                    continue  # every name is a text
            whole = replace(whole, rules=(*whole.rules, (key, located)))
        return whole

    def _with_group(self, whole: Shape, group: Group) -> Shape:
        """Merge a group into the rest where that is exact; else keep it beside."""
        whole, group = self._unnested(whole, group)
        branches = list(group.branches)
        if not any(self._is_in_progress(branch) for branch in branches):
            branches = [branch for branch in branches if not self.of(branch).never]
            shapes = [self.of(branch) for branch in branches]
            if len(shapes) == 1:
                return intersect(whole, shapes[0])
            whole = replace(whole, notes=_noted(whole, shapes, group.pointer))
            folded = fold(shapes, group)
            if folded is not None:
                return settle(intersect(whole, folded))
        if whole.unevaluated is not None and whole.unevaluated.value is False:
            branches = [_closed(branch, whole.unevaluated) for branch in branches]
        kept = replace(group, branches=tuple(branches))
        return replace(whole, groups=(*whole.groups, kept))

    def _unnested(self, whole: Shape, group: Group) -> tuple[Shape, Group]:
        """Replace a branch that is nothing but a union by its branches, if exact.

        That is so in an `anyOf` of `anyOf`s. If each branch has types of its own, only
        the branches of the inner union can overlap: its kind is that of the whole.
        """
        # What is in progress could be anything.
        shapes = [
            Shape() if self._is_in_progress(branch) else self.of(branch)
            for branch in group.branches
        ]
        unions = [
            shape.groups[0] if shape.free and len(shape.groups) == 1 else None
            for shape in shapes
        ]
        types = [kind for shape in shapes for kind in shape.types]
        are_apart = len(types) == len(set(types))
        exclusive = group.exclusive
        kinds = {inner.exclusive for inner in unions if inner}
        if are_apart and len(kinds) == 1:
            exclusive = kinds.pop()
        branches: list[Schema] = []
        for branch, shape, inner in zip(group.branches, shapes, unions, strict=True):
            is_same_kind = inner is not None and inner.exclusive == exclusive
            if inner and is_same_kind and (are_apart or not exclusive):
                branches += inner.branches
                whole = replace(whole, notes=_noted(whole, [shape]))
            else:
                branches.append(branch)
        # Unions that share branches would double them at every level.
        once = {key_of(branch): branch for branch in branches}
        group = replace(group, exclusive=exclusive, branches=tuple(once.values()))
        return whole, group

    def _with_types_of_groups(self, whole: Shape) -> Shape:
        """Limit the types to those that the branches of each group have."""
        types = whole.types
        free = not whole.limited
        for group in whole.groups:
            if any(self._is_in_progress(branch) for branch in group.branches):
                free = free and whole.types == ALL_TYPES
                continue
            possible = [self.of(branch).types for branch in group.branches]
            union = frozenset[str]().union(*possible)
            free = free and union <= whole.types
            types = types & union
        return replace(whole, types=types, free=free and bool(whole.groups))

    def _is_in_progress(self, schema: Schema) -> bool:
        return key_of(schema) in self._making


def _named(names: Iterable[str], located: Located) -> Members:
    """Return members that are limited to some names."""
    free, closed = Located(located.pointer, True), Located(located.pointer, False)
    return Members(dict.fromkeys(names, free), {}, closed)


def _closed(branch: Schema, unevaluated: Located) -> Schema:
    """Return a branch of an object that allows no members but those described."""
    pointer = f"{unevaluated.pointer}?{branch[0].pointer}"
    return (*branch, Located(pointer, {"unevaluatedProperties": False}))


def _noted(
    whole: Shape, shapes: Iterable[Shape], pointer: str | None = None
) -> Mapping[str, tuple[Located, ...]]:
    """Add the notes of branches; not those that stand below a pointer themselves."""
    notes = dict(whole.notes)
    for shape in shapes:
        for key, located in shape.notes.items():
            if key not in _EFFECTIVE:
                elsewhere = [
                    one
                    for one in located
                    if pointer is None or not one.pointer.startswith(pointer)
                ]
                notes[key] = (*notes.get(key, ()), *elsewhere)
    return {key: located for key, located in notes.items() if located}


def _closed_by_unevaluated(shape: Shape) -> Shape:
    """Let `unevaluatedProperties` close what no other schema leaves open."""
    last = shape.unevaluated
    if last is None or any(one.additional for one in shape.members):
        return shape
    known: dict[str, Located] = {}
    patterns: dict[str, Located] = {}
    for one in shape.members:
        known |= {k: Located(s.pointer, True) for k, s in one.properties.items()}
        patterns |= {k: Located(s.pointer, True) for k, s in one.patterns.items()}
    return replace(shape, members=(*shape.members, Members(known, patterns, last)))
