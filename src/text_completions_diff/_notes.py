"""Keywords that limit no value, but tell people or programs something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text_completions_document import mapping

from ._change import Difference
from ._kind_table import KINDS
from ._shape import Shape, Site
from ._values import same, shown

PROSE = ("title", "summary", "description")
EXAMPLES = ("example", "examples")
_EFFECTIVE = ("default", "deprecated", "readOnly", "writeOnly", "discriminator")


def note_differences(old: Shape, new: Shape) -> Iterator[Difference]:
    """Compare descriptions, examples, defaults and extensions."""
    yield from _default(old, new)
    yield from _deprecated(old, new)
    yield from _discriminator(old, new)
    for key in (*old.notes, *(key for key in new.notes if key not in old.notes)):
        if key not in _EFFECTIVE:
            yield from _told(key, old.notes.get(key, ()), new.notes.get(key, ()))


def _told(
    key: str, old: tuple[Site, ...], new: tuple[Site, ...]
) -> Iterator[Difference]:
    """Compare the outermost note, and the inner ones of the same definitions."""
    first_old, first_new = old[0] if old else None, new[0] if new else None
    yield from told(key, first_old, first_new)
    places = {site.pointer: site for site in old[1:]}
    for site in new[1:]:
        if site.pointer in places:
            yield from told(key, places[site.pointer], site)


def told(key: str, old: Site | None, new: Site | None) -> Iterator[Difference]:
    """The difference between two notes of one keyword, if there is one."""
    before, after = old.value if old else None, new.value if new else None
    site = new or old
    if site is None or same(before, after):
        return
    if key == "x-contract-models":
        yield from _models(mapping(before), mapping(after), site.pointer)
    elif key == "x-contract-built-in":
        kind = KINDS["built-in-changed"]
        yield Difference(kind, site.pointer, before, after, shown(after))
    elif key in PROSE:
        yield Difference(KINDS["prose-changed"], site.pointer, before, after)
    elif key in EXAMPLES:
        yield Difference(KINDS["example-changed"], site.pointer, before, after)
    else:
        yield Difference(KINDS["note-changed"], site.pointer, before, after, key)


def _default(old: Shape, new: Shape) -> Iterator[Difference]:
    before, after = old.notes.get("default"), new.notes.get("default")
    if before is None and after is not None:
        site = after[0]
        detail = shown(site.value)
        yield Difference(KINDS["default-added"], site.pointer, None, site.value, detail)
    elif before is not None and after is None:
        site = before[0]
        detail = shown(site.value)
        yield Difference(
            KINDS["default-removed"], site.pointer, site.value, None, detail
        )
    elif before and after and not same(before[0].value, after[0].value):
        values = before[0].value, after[0].value
        detail = f"{shown(values[1])} instead of {shown(values[0])}"
        yield Difference(KINDS["default-changed"], after[0].pointer, *values, detail)


def _deprecated(old: Shape, new: Shape) -> Iterator[Difference]:
    before, after = bool(old.note("deprecated")), bool(new.note("deprecated"))
    if before != after:
        kind = KINDS["deprecated" if after else "no-longer-deprecated"]
        site = (new if after else old).notes["deprecated"][0]
        yield Difference(kind, site.pointer, before, after)


def _discriminator(old: Shape, new: Shape) -> Iterator[Difference]:
    before, after = (
        mapping(old.note("discriminator")),
        mapping(new.note("discriminator")),
    )
    found = old.notes.get("discriminator", ()), new.notes.get("discriminator", ())
    site = (found[1] or found[0] or (None,))[0]
    if site is None or not (before or after):
        return
    name = after.get("propertyName")
    if before.get("propertyName") != name:
        kind, detail = KINDS["discriminator-changed"], f"its member {name!r}"
        if not before:
            kind = KINDS["discriminator-added"]
        yield Difference(kind, site.pointer, dict(before), dict(after), detail)
        return
    yield from _mapping(
        mapping(before.get("mapping")), mapping(after.get("mapping")), site
    )


def _mapping(old: Any, new: Any, site: Site) -> Iterator[Difference]:
    """Compare the names of branches; where a branch moved to is no difference."""
    gone, come = [n for n in old if n not in new], [n for n in new if n not in old]
    if gone:
        detail = f"other names: {', '.join(gone)} stands for nothing any more"
        kind = KINDS["discriminator-changed"]
        yield Difference(kind, f"{site.pointer}/mapping", dict(old), dict(new), detail)
    elif come:
        detail = f"more names: {', '.join(come)}"
        kind = KINDS["discriminator-added"]
        yield Difference(kind, f"{site.pointer}/mapping", dict(old), dict(new), detail)


def _models(old: Any, new: Any, pointer: str) -> Iterator[Difference]:
    for name in (*old, *(name for name in new if name not in old)):
        before, after = old.get(name), new.get(name)
        if same(before, after):
            continue
        here = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
        if before is None:
            yield Difference(KINDS["model-added"], here, before, after, name)
        elif after is None:
            yield Difference(KINDS["model-removed"], here, before, after, name)
        elif (mapping(before).get("context") or 0) > (
            mapping(after).get("context") or 0
        ):
            yield Difference(KINDS["model-shrunk"], here, before, after, name)
        else:
            yield Difference(KINDS["model-changed"], here, before, after, name)
