"""What a value may be, as far as one value can be judged by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ._change import Difference
from ._kind_table import KINDS
from ._limits import fits, is_multiple
from ._shape import ALL_TYPES, NULL, TYPE_OF_BOUND, Bound, Shape
from ._values import shown

_UNITS = {
    "minLength": " characters long",
    "maxLength": " characters long",
    "minItems": " items long",
    "maxItems": " items long",
    "minProperties": " members large",
    "maxProperties": " members large",
}
_WIDER_FORMATS = {("int32", "int64"), ("float", "double")}


def scalar_differences(old: Shape, new: Shape) -> Iterator[Difference]:
    """Compare types, enumerations, bounds, formats and patterns."""
    yield from _types(old, new)
    common = old.types & new.types
    for kind in sorted(common):
        yield from _values(old, new, kind)
    for keyword in sorted(old.bounds.keys() | new.bounds.keys()):
        limited = TYPE_OF_BOUND.get(keyword)
        listed = limited in old.enums or limited in new.enums
        if (limited is None or limited in common) and not listed and common:
            yield from _bound(old, new, keyword)
    if "string" in common and not ({"string"} & (old.enums.keys() | new.enums.keys())):
        yield from _patterns(old, new)


def narrower(one: Shape, other: Shape) -> bool:
    """Whether whatever fits one scalar shape fits the other."""
    if not (one.scalar and other.scalar):
        return False
    return not any(
        difference.kind.request.severity == "breaking"
        for difference in scalar_differences(one, other)
    )


def _types(old: Shape, new: Shape) -> Iterator[Difference]:
    gone, come = old.types - new.types, new.types - old.types
    place = new.place("type", "const", "enum", "anyOf", "oneOf")
    before, after = type_names(old), type_names(new)
    if not gone and not come:
        return
    if gone == NULL:
        yield Difference(KINDS["null-refused"], place, before, after)
        gone = gone - {"null"}
    elif come == NULL:
        yield Difference(KINDS["null-allowed"], place, before, after)
        come = come - {"null"}
    if gone and come:
        detail = f"{_listing(after)}, not {_listing(before)}"
        yield Difference(KINDS["type-changed"], place, before, after, detail)
    elif gone:
        detail = _other_than(new) if old.types == ALL_TYPES else _listing(sorted(gone))
        yield Difference(KINDS["type-narrowed"], place, before, after, detail)
    elif come:
        place = place if place != new.pointer else old.place("type")
        detail = _other_than(old) if new.types == ALL_TYPES else _listing(sorted(come))
        yield Difference(KINDS["type-widened"], place, before, after, detail)


def type_names(shape: Shape) -> list[str]:
    """The types of a shape as a schema would name them."""
    integer = shape.bounds.get("integer")
    return [
        "integer" if name == "number" and integer else name
        for name in sorted(shape.types)
    ]


def _listing(names: list[str]) -> str:
    if not names:
        return "nothing"
    article = {"integer": "an", "array": "an", "object": "an", "null": ""}
    told = [f"{article.get(name, 'a')} {name}".strip() for name in names]
    return " or ".join(told)


def _other_than(shape: Shape) -> str:
    if shape.never:
        return "anything at all"
    return f"anything but {_listing(type_names(shape))}"


def _values(old: Shape, new: Shape, kind: str) -> Iterator[Difference]:
    before, after = old.enums.get(kind), new.enums.get(kind)
    if before is None and after is None:
        return
    place, was = new.place("enum", "const"), old.place("enum", "const")
    if before is None or after is None:
        yield from _enumeration(old, new, kind)
        return
    values = list(before.values()), list(after.values())
    gone = [before[key] for key in before if key not in after]
    come = [after[key] for key in after if key not in before]
    if gone and come and len(before) == len(after) == 1:
        detail = f"{shown(come[0])} instead of {shown(gone[0])}"
        yield Difference(KINDS["constant-changed"], place, gone[0], come[0], detail)
        return
    if gone:
        detail = choice(gone)
        yield Difference(KINDS["enum-value-removed"], place or was, *values, detail)
    if come:
        yield Difference(KINDS["enum-value-added"], place, *values, choice(come))


def _enumeration(old: Shape, new: Shape, kind: str) -> Iterator[Difference]:
    """An enumeration where the other side has bounds."""
    before, after = old.enums.get(kind), new.enums.get(kind)
    if before is None:
        values, place = list((after or {}).values()), new.place("enum", "const")
        strange = [value for value in values if not fits(old, value)]
        yield Difference(KINDS["enum-added"], place, None, values, choice(values))
        kind_of_strange = KINDS["enum-value-added"]
    else:
        values, place = list(before.values()), old.place("enum", "const")
        strange = [value for value in values if not fits(new, value)]
        yield Difference(KINDS["enum-removed"], place, values, None, choice(values))
        kind_of_strange = KINDS["enum-value-removed"]
    if strange:
        yield Difference(kind_of_strange, place, None, strange, choice(strange))


def choice(values: list[Any]) -> str:
    """Values in a sentence."""
    told = [shown(value) for value in values]
    return " or ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)


def _bound(old: Shape, new: Shape, keyword: str) -> Iterator[Difference]:
    before, after = old.bounds.get(keyword), new.bounds.get(keyword)
    if before == after:
        return
    place = new.place(keyword) if after is not None else old.place(keyword)
    if keyword == "integer":
        yield _fraction(old, new)
    elif keyword in ("format", "contentMediaType", "contentEncoding"):
        yield from _format(before, after, place)
    elif keyword == "multipleOf":
        yield _step(before, after, place)
    elif keyword == "uniqueItems":
        kind = KINDS["bound-tightened" if after else "bound-loosened"]
        yield Difference(kind, place, before, after, "a list with repeated items")
    else:
        yield _end(keyword, before, after, place)


def _fraction(old: Shape, new: Shape) -> Difference:
    kind = KINDS["type-narrowed" if new.bounds.get("integer") else "type-widened"]
    names = type_names(old), type_names(new)
    return Difference(kind, new.place("type"), *names, "a number with a fraction")


def _format(before: str | None, after: str | None, place: str) -> Iterator[Difference]:
    if before is None:
        yield Difference(KINDS["format-added"], place, before, after, shown(after))
    elif after is None:
        yield Difference(KINDS["format-removed"], place, before, after, shown(before))
    elif (before, after) in _WIDER_FORMATS:
        yield Difference(KINDS["bound-loosened"], place, before, after, f"any {after}")
    elif (after, before) in _WIDER_FORMATS:
        detail = f"a {before} that is no {after}"
        yield Difference(KINDS["bound-tightened"], place, before, after, detail)
    else:
        detail = f"{after} instead of {before}"
        yield Difference(KINDS["format-changed"], place, before, after, detail)


def _step(before: float | None, after: float | None, place: str) -> Difference:
    if before is None or (after is not None and _divides(before, after)):
        detail = f"no multiple of {after}"
        return Difference(KINDS["bound-tightened"], place, before, after, detail)
    if after is None or _divides(after, before):
        detail = f"no multiple of {before}"
        return Difference(KINDS["bound-loosened"], place, before, after, detail)
    detail = f"multiples of {after} instead of {before}"
    return Difference(KINDS["bound-changed"], place, before, after, detail)


def _divides(one: float, other: float) -> bool:
    return bool(one) and is_multiple(other, one)


def _end(keyword: str, old: Bound | None, new: Bound | None, place: str) -> Difference:
    tighter = old is None or (new is not None and _stricter(keyword, new, old))
    ended, other = (old, new) if tighter else (new, old)
    kind = KINDS["bound-tightened" if tighter else "bound-loosened"]
    detail = _witness(keyword, ended, other)
    return Difference(kind, place, old and old.value, new and new.value, detail)


def _stricter(keyword: str, one: Bound, other: Bound) -> bool:
    if keyword.startswith("min"):
        return one > other
    return (one.value, not one.exclusive) < (other.value, not other.exclusive)


def _witness(keyword: str, wide: Bound | None, tight: Bound | None) -> str:
    """A value, or values, within the wide bound and outside of the tight one."""
    unit = _UNITS.get(keyword, "")
    if wide is not None and not wide.exclusive:
        return f"{_plain(wide.value)}{unit}"
    low = keyword.startswith("min")
    if tight is not None and tight.exclusive:
        return f"{_plain(tight.value)}{unit}"
    words = ("less than " if unit else "below ") if low else "more than "
    return f"{words}{_plain(tight.value if tight else 0)}{unit}"


def _plain(value: float) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)


def _patterns(old: Shape, new: Shape) -> Iterator[Difference]:
    gone = [one for one in old.patterns if one not in new.patterns]
    come = [one for one in new.patterns if one not in old.patterns]
    if len(gone) == len(come) == 1:
        detail = f"it matches {shown(come[0])} instead of {shown(gone[0])}"
        place = new.patterns[come[0]]
        yield Difference(KINDS["bound-changed"], place, gone[0], come[0], detail)
        return
    for one in gone:
        detail = f"no match of {shown(one)}"
        yield Difference(KINDS["bound-loosened"], old.patterns[one], one, None, detail)
    for one in come:
        detail = f"no match of {shown(one)}"
        yield Difference(KINDS["bound-tightened"], new.patterns[one], None, one, detail)
