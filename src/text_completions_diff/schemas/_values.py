"""Compare what values are allowed, as far as one value can be judged by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .._changes import Difference
from .._located import shown
from ._shape import ALL_TYPES, BOUNDS, NULL, Bound, Shape, is_multiple, is_stricter

_UNITS = {"Length": "characters long", "Items": "items long", "Properties": "members"}
_WIDER_FORMATS = {("int32", "int64"), ("float", "double")}


def value_differences(old: Shape, new: Shape) -> Iterator[Difference]:
    """Compare types, enumerations, bounds, formats and patterns."""
    common = old.types & new.types
    are_unions = old.groups and new.groups and (old.free or new.free)
    if not (common and are_unions):  # branches are compared by themselves
        yield from _types(old, new)
    if not common:
        return
    listed = old.enums.keys() | new.enums.keys()
    for kind in sorted(common & listed):
        yield from _enumerations(old, new, kind)
    for keyword in sorted((old.bounds.keys() | new.bounds.keys()) - {"multipleOf"}):
        limited = BOUNDS.get(keyword)
        if limited is None or (limited in common and limited not in listed):
            yield from _bound(old, new, keyword)
    if "number" in common - listed:
        yield from _steps(old, new)
    if "string" in common - listed:
        yield from _patterns(old, new)


def type_names(shape: Shape) -> list[str]:
    """Return the types of a shape as a schema would name them."""
    number = "integer" if shape.is_whole else "number"
    return [number if name == "number" else name for name in sorted(shape.types)]


def choice(values: list[Any]) -> str:
    """Return values as they stand in a sentence."""
    texts = [shown(value) for value in values]
    return " or ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def _types(old: Shape, new: Shape) -> Iterator[Difference]:
    gone, come = old.types - new.types, new.types - old.types
    place = new.place("type", "const", "enum", "anyOf", "oneOf")
    before, after = type_names(old), type_names(new)
    if gone == NULL:
        yield Difference("null-refused", place, before, after)
        gone = gone - NULL
    elif come == NULL:
        yield Difference("null-allowed", place, before, after)
        come = come - NULL
    if gone and come:
        detail = f"{_listing(after)}, not {_listing(before)}"
        yield Difference("type-changed", place, before, after, detail)
    elif gone:
        detail = _other_than(new) if old.types == ALL_TYPES else _listing(sorted(gone))
        yield Difference("type-narrowed", place, before, after, detail)
    elif come:
        place = place if place != new.pointer else old.place("type")
        detail = _other_than(old) if new.types == ALL_TYPES else _listing(sorted(come))
        yield Difference("type-widened", place, before, after, detail)


def _listing(names: list[str]) -> str:
    if not names:
        return "nothing"
    articles = {"integer": "an ", "array": "an ", "object": "an ", "null": ""}
    return " or ".join(f"{articles.get(name, 'a ')}{name}" for name in names)


def _other_than(shape: Shape) -> str:
    if shape.never:
        return "anything at all"
    return f"anything but {_listing(type_names(shape))}"


def _enumerations(old: Shape, new: Shape, kind: str) -> Iterator[Difference]:
    before, after = old.values(kind), new.values(kind)
    keywords = "enum", "const", *(key for key in BOUNDS if BOUNDS[key] == kind)
    place = (old if after is None else new).place(*keywords)
    if before is None or after is None:
        yield from _one_enumeration(old, new, kind, place)
        return
    values = list(before.values()), list(after.values())
    gone = [before[key] for key in before if key not in after]
    come = [after[key] for key in after if key not in before]
    if gone and come and len(before) == len(after) == 1:
        detail = f"{shown(come[0])} instead of {shown(gone[0])}"
        yield Difference("constant-changed", place, gone[0], come[0], detail)
        return
    if gone:
        yield Difference("enum-value-removed", place, *values, choice(gone))
    if come:
        yield Difference("enum-value-added", place, *values, choice(come))


def _one_enumeration(
    old: Shape, new: Shape, kind: str, place: str
) -> Iterator[Difference]:
    """Compare an enumeration with the bounds of the other side."""
    added = kind in new.enums
    values = list((new if added else old).enums[kind].values())
    outside = [one for one in values if not (old if added else new).fits(one)]
    if added:
        yield Difference("enum-added", place, None, values, choice(values))
        strange = "enum-value-added"
    else:
        yield Difference("enum-removed", place, values, None, choice(values))
        strange = "enum-value-removed"
    if outside:
        yield Difference(strange, place, None, outside, choice(outside))


def _bound(old: Shape, new: Shape, keyword: str) -> Iterator[Difference]:
    before, after = old.bounds.get(keyword), new.bounds.get(keyword)
    if before == after:
        return
    place = (old if after is None else new).place(keyword)
    if keyword in ("format", "contentMediaType", "contentEncoding"):
        yield _format(before, after, place)
    elif keyword == "uniqueItems":
        kind = "bound-tightened" if after else "bound-loosened"
        yield Difference(kind, place, before, after, "a list with repeated items")
    else:
        yield _end(keyword, before, after, place)


def _format(before: str | None, after: str | None, place: str) -> Difference:
    values = before, after
    if before is None:
        return Difference("format-added", place, *values, shown(after))
    if after is None:
        return Difference("format-removed", place, *values, shown(before))
    if (before, after) in _WIDER_FORMATS:
        return Difference("bound-loosened", place, *values, f"any {after}")
    if (after, before) in _WIDER_FORMATS:
        detail = f"a {before} that is not a {after}"
        return Difference("bound-tightened", place, *values, detail)
    detail = f"{after} instead of {before}"
    return Difference("format-changed", place, *values, detail)


def _steps(old: Shape, new: Shape) -> Iterator[Difference]:
    """Compare of which step numbers are multiples; of integers it is a whole number."""
    before, after = old.bounds.get("multipleOf"), new.bounds.get("multipleOf")
    if before == after:
        return
    place = (new if after else old).place("multipleOf", "type")
    if (before or 1) == (after or 1) == 1:
        kind = "type-narrowed" if after else "type-widened"
        names = type_names(old), type_names(new)
        place = new.place("type", "multipleOf")
        yield Difference(kind, place, *names, "a number with a fraction")
    elif before is None or (after is not None and is_multiple(after, before)):
        detail = f"not a multiple of {after}"
        yield Difference("bound-tightened", place, before, after, detail)
    elif after is None or is_multiple(before, after):
        detail = f"not a multiple of {before}"
        yield Difference("bound-loosened", place, before, after, detail)
    else:
        detail = f"multiples of {after} instead of {before}"
        yield Difference("bound-changed", place, before, after, detail)


def _end(keyword: str, old: Bound | None, new: Bound | None, place: str) -> Difference:
    tighter = old is None or (new is not None and is_stricter(keyword, new, old))
    wide, tight = (old, new) if tighter else (new, old)
    kind = "bound-tightened" if tighter else "bound-loosened"
    detail = _example(keyword, wide, tight)
    return Difference(kind, place, old and old.value, new and new.value, detail)


def _example(keyword: str, wide: Bound | None, tight: Bound | None) -> str:
    """Return a value, or values, within the wide bound and outside the tight one."""
    unit = _UNITS.get(keyword[3:], "")
    end = None
    if wide is not None and not wide.exclusive:
        end = wide
    elif tight is not None and tight.exclusive:
        end = tight
    words = ""
    if end is None:
        end = tight or Bound(0)
        is_low = keyword.startswith("min")
        words = ("less than " if unit else "below ") if is_low else "more than "
    number = int(end.value) if is_multiple(end.value, 1) else end.value
    return f"{words}{number} {unit}".strip()


def _patterns(old: Shape, new: Shape) -> Iterator[Difference]:
    gone = [one for one in old.patterns if one not in new.patterns]
    come = [one for one in new.patterns if one not in old.patterns]
    if len(gone) == len(come) == 1:
        detail = f"it matches {shown(come[0])} instead of {shown(gone[0])}"
        place = new.patterns[come[0]]
        yield Difference("bound-changed", place, gone[0], come[0], detail)
        return
    for one in gone:
        detail = f"not a match of {shown(one)}"
        yield Difference("bound-loosened", old.patterns[one], one, None, detail)
    for one in come:
        detail = f"not a match of {shown(one)}"
        yield Difference("bound-tightened", new.patterns[one], None, one, detail)
