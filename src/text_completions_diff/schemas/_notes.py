"""Compare keywords that limit no value, but inform people or programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text_completions_document import Node, below, mapping

from .._changes import Difference
from .._located import MISSING, Located, canonical, change_of, same, shown
from ._shape import Shape, definition

_PROSE = ("title", "summary", "description")
_EXAMPLES = ("example", "examples")
_EFFECTIVE = ("default", "deprecated", "readOnly", "writeOnly", "discriminator")


def note_differences(old: Shape, new: Shape) -> Iterator[Difference]:
    """Compare descriptions, examples, defaults and extensions."""
    before, after = _default(old), _default(new)
    pointer = (after or before or MISSING).pointer
    yield from default_difference(pointer, before, after)
    yield from _informal_differences(old, new)


def _informal_differences(old: Shape, new: Shape) -> Iterator[Difference]:
    yield from _deprecated(old, new)
    yield from _discriminator(old, new)
    for key in dict.fromkeys((*old.notes, *new.notes)):
        if key not in _EFFECTIVE:
            yield from _notes(key, old.notes.get(key, ()), new.notes.get(key, ()))
    variants = {_values_of(one): one for one in old.variants}
    for one in new.variants:
        if _values_of(one) in variants:
            yield from _informal_differences(variants[_values_of(one)], one)


def note_difference(
    key: str, old: Located | None, new: Located | None
) -> Iterator[Difference]:
    """Compare the notes of one keyword."""
    before, after = old.value if old else None, new.value if new else None
    located = new or old
    if located is None or same(before, after):
        return
    pointer = located.pointer
    if key == "x-contract-models":
        yield from _models(mapping(before), mapping(after), pointer)
    elif key == "x-contract-built-in":
        yield Difference("built-in-changed", pointer, before, after, shown(after))
    elif key in _PROSE:
        yield Difference("prose-changed", pointer, before, after)
    elif key in _EXAMPLES:
        yield Difference("example-changed", pointer, before, after)
    else:
        yield Difference("note-changed", pointer, before, after, key)


def default_difference(
    pointer: str, before: Located | None, after: Located | None
) -> Iterator[Difference]:
    """Compare two defaults; None is no default."""
    if before and after and same(before.value, after.value):
        return
    details = [shown(one.value) for one in (after, before) if one]
    if details:
        kind = f"default-{change_of(before, after)}"
        values = before and before.value, after and after.value
        yield Difference(kind, pointer, *values, " instead of ".join(details))


def _values_of(shape: Shape) -> str:
    """Return what identifies a branch that was merged: the values it allows."""
    listed = {kind: sorted(values) for kind, values in shape.enums.items()}
    return canonical([sorted(shape.types), listed])


def _notes(
    key: str, old: tuple[Located, ...], new: tuple[Located, ...]
) -> Iterator[Difference]:
    """Compare the outermost note, and the inner ones of the same definitions."""
    yield from note_difference(key, old[0] if old else None, new[0] if new else None)
    places = {located.pointer: located for located in old[1:]}
    for located in new[1:]:
        if located.pointer in places:
            yield from note_difference(key, places[located.pointer], located)


def _default(shape: Shape) -> Located | None:
    """Return the default of a shape, which may stand in one of its branches."""
    for one in (shape, *shape.variants):
        if "default" in one.notes:
            return one.notes["default"][0]
    return None


def _deprecated(old: Shape, new: Shape) -> Iterator[Difference]:
    before, after = bool(old.note("deprecated")), bool(new.note("deprecated"))
    if before != after:
        pointer = (new if after else old).notes["deprecated"][0].pointer
        kind = "deprecated" if after else "no-longer-deprecated"
        yield Difference(kind, pointer, before, after)


def _discriminator(old: Shape, new: Shape) -> Iterator[Difference]:
    key = "discriminator"
    before, after = mapping(old.note(key)), mapping(new.note(key))
    if not (before or after):
        return
    pointer = (*new.notes.get(key, ()), *old.notes.get(key, ()))[0].pointer
    name = after.get("propertyName")
    if before.get("propertyName") != name:
        kind = "discriminator-changed" if before else "discriminator-added"
        detail = f"its member {shown(name)}" if name else "no member"
        yield Difference(kind, pointer, before, after, detail)
    else:
        yield from _default_branch(pointer, before, after)
        yield from _branch_names(below(pointer, "mapping"), old, new)


def _branch_names(pointer: str, old: Shape, new: Shape) -> Iterator[Difference]:
    """Compare which names stand for which definitions."""
    listed = _listed_names(old), _listed_names(new)
    before, after = _branches_by_name(old, listed[0]), _branches_by_name(new, listed[1])
    gone = [name for name in listed[0] if name not in after]
    come = [name for name in listed[1] if name not in before]
    common = {*before, *before.values()} & {*after, *after.values()}
    moved = [
        f"{name} names {after[name]}"
        for name in before
        # A definition that only one of the documents has is compared as a branch.
        if before[name] != after.get(name) and {before[name], after.get(name)} <= common
    ]
    if gone:
        detail = f"other names: {', '.join(gone)} no longer names a branch"
        yield Difference("discriminator-changed", pointer, *listed, detail)
    elif moved:
        detail = f"other branches: {', '.join(moved)}"
        yield Difference("discriminator-changed", pointer, *listed, detail)
    elif come:
        detail = f"more names: {', '.join(come)}"
        yield Difference("discriminator-added", pointer, *listed, detail)


def _listed_names(shape: Shape) -> Node:
    return mapping(mapping(shape.note("discriminator")).get("mapping"))


def _branches_by_name(shape: Shape, listed: Node) -> dict[str, str]:
    """Return the definition of each name; that of a definition need not be listed."""
    branches = [branch for group in shape.groups for branch in group.branches]
    names = {name: name for name in map(definition, branches) if name}
    targets = {name: str(target).rpartition("/")[2] for name, target in listed.items()}
    return names | targets


def _default_branch(pointer: str, old: Node, new: Node) -> Iterator[Difference]:
    """Compare which branch values of unknown names belong to."""
    key = "defaultMapping"
    before, after = old.get(key), new.get(key)
    if before != after:
        kind = "discriminator-changed" if before is not None else "discriminator-added"
        detail = f"{key} {shown(after)}"
        yield Difference(kind, below(pointer, key), before, after, detail)


def _models(old: Node, new: Node, pointer: str) -> Iterator[Difference]:
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if same(before, after):
            continue
        kind = f"model-{change_of(before, after)}"
        if kind == "model-changed" and _context(before) > _context(after):
            kind = "model-shrunk"
        yield Difference(kind, below(pointer, name), before, after, name)


def _context(model: Any) -> float:
    context = mapping(model).get("context")
    return context if isinstance(context, (int, float)) else 0
