"""Compare keywords that limit no value, but inform people or programs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from text_completions_document import Node, below, mapping

from .._changes import Difference
from .._located import Located, canonical, same, shown
from ._shape import Shape

_PROSE = ("title", "summary", "description")
_EXAMPLES = ("example", "examples")
_EFFECTIVE = ("default", "deprecated", "readOnly", "writeOnly", "discriminator")


def note_differences(old: Shape, new: Shape) -> Iterator[Difference]:
    """Compare descriptions, examples, defaults and extensions."""
    before, after = _default(old), _default(new)
    located = after or before
    if located:
        yield from default_difference(located.pointer, before, after)
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
    if before is None and after is not None:
        detail = shown(after.value)
        yield Difference("default-added", pointer, None, after.value, detail)
    elif before is not None and after is None:
        detail = shown(before.value)
        yield Difference("default-removed", pointer, before.value, None, detail)
    elif before and after and not same(before.value, after.value):
        detail = f"{shown(after.value)} instead of {shown(before.value)}"
        yield Difference("default-changed", pointer, before.value, after.value, detail)


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
    located = next(iter((*new.notes.get(key, ()), *old.notes.get(key, ()))), None)
    if located is None or not (before or after):
        return
    pointer, name = located.pointer, after.get("propertyName")
    if before.get("propertyName") != name:
        kind = "discriminator-changed" if before else "discriminator-added"
        detail = f"its member {shown(name)}"
        yield Difference(kind, pointer, dict(before), dict(after), detail)
        return
    yield from _default_branch(pointer, before, after)
    names = mapping(before.get("mapping")), mapping(after.get("mapping"))
    yield from _names_of_branches(
        below(pointer, "mapping"), *names, _definitions(old), _definitions(new)
    )


def _names_of_branches(
    pointer: str, old: Node, new: Node, olds: Collection[str], news: Collection[str]
) -> Iterator[Difference]:
    """Compare which names stand for which definitions.

    Args:
        pointer: Where the names are listed.
        old: The names that the old document lists.
        new: The names that the new document lists.
        olds: The definitions that are branches in the old document; the name of a
            definition stands for it without being listed.
        news: Those of the new document.
    """
    before = {one: one for one in olds} | _targets(old)
    after = {one: one for one in news} | _targets(new)
    gone = [name for name in old if name not in after]
    come = [name for name in new if name not in before]
    moved = [
        f"{name} names {after[name]}"
        for name in (*before, *after)
        if before.get(name) != after.get(name)
        # A definition that only one of the documents has is compared as a branch.
        and before.get(name) in {*news, *after.values()}
        and after.get(name) in {*olds, *before.values()}
    ]
    values = dict(old), dict(new)
    if gone:
        detail = f"other names: {', '.join(gone)} no longer names a branch"
        yield Difference("discriminator-changed", pointer, *values, detail)
    elif moved:
        detail = f"other branches: {', '.join(dict.fromkeys(moved))}"
        yield Difference("discriminator-changed", pointer, *values, detail)
    elif come:
        detail = f"more names: {', '.join(come)}"
        yield Difference("discriminator-added", pointer, *values, detail)


def _definitions(shape: Shape) -> list[str]:
    """Return the names of the definitions that are branches."""
    branches = [one for group in shape.groups for one in group.branches]
    found = [_definition(branch[0].get("$ref")) for branch in branches if branch]
    return [one for one in found if one]


def _targets(names: Node) -> dict[str, str]:
    return {name: _definition(target) for name, target in names.items()}


def _definition(reference: object) -> str:
    return reference.rpartition("/")[2] if isinstance(reference, str) else ""


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
        if not same(before, after):
            kind = _kind_of_model(before, after)
            yield Difference(kind, below(pointer, name), before, after, name)


def _kind_of_model(before: Any, after: Any) -> str:
    if before is None:
        return "model-added"
    if after is None:
        return "model-removed"
    is_shorter = _context(mapping(before)) > _context(mapping(after))
    return "model-shrunk" if is_shorter else "model-changed"


def _context(model: Mapping[str, Any]) -> float:
    context = model.get("context")
    return context if isinstance(context, (int, float)) else 0
