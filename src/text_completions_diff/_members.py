"""Members of objects and items of arrays: what came, went, or must be there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from text_completions_document import below

from ._build import Shapes
from ._change import Difference
from ._kind_table import KINDS
from ._kinds import Side
from ._shape import Schema, Shape, Site
from ._values import alike, same, shown

_HIDDEN = {Side.REQUEST: "readOnly", Side.ANSWER: "writeOnly"}


@dataclass(slots=True)
class Found:
    """What comparing two shapes gives: differences here, and pairs to go on with.

    Attributes:
        unclear: Pairs below a keyword whose effect is not worked out.
        silent: Pairs whose notes were compared already.
    """

    differences: list[Difference] = field(default_factory=list[Difference])
    pairs: list[tuple[Schema, Schema]] = field(
        default_factory=list[tuple[Schema, Schema]]
    )
    unclear: list[tuple[Schema, Schema]] = field(
        default_factory=list[tuple[Schema, Schema]]
    )
    silent: list[tuple[Schema, Schema]] = field(
        default_factory=list[tuple[Schema, Schema]]
    )

    def add(self, kind: str, pointer: str, *rest: object) -> None:
        before, after, detail = (
            (*rest, None, None, "")[:3] if rest else (None, None, "")
        )
        told = detail if isinstance(detail, str) else ""
        self.differences.append(Difference(KINDS[kind], pointer, before, after, told))


class Objects:
    """Compares the members of two shapes as one side of an exchange sees them."""

    def __init__(
        self, shapes: tuple[Shapes, Shapes], pair: tuple[Shape, Shape], side: Side
    ) -> None:
        self.old_shapes, self.new_shapes = shapes
        self.old, self.new = pair
        self.side = side
        self.found = Found()

    def compare(self) -> Found:
        """Compare what both shapes say of members."""
        old, new = declared(self.old), declared(self.new)
        gone = [name for name in old if name not in new]
        come = [name for name in new if name not in old]
        for before, after in self._renamed(gone, come):
            gone.remove(before)
            come.remove(after)
            self._rename(before, after)
        for name in gone:
            self._removed(name)
        for name in come:
            self._added(name)
        for name in new:
            if name in old:
                self._kept(name)
        for name in dict.fromkeys((*self.old.required, *self.new.required)):
            if name not in old and name not in new:
                places = {**self.old.required, **self.new.required}
                self._requirement(name, places[name])
        self._others()
        return self.found

    def _kept(self, name: str) -> None:
        pointer = declared(self.new)[name].pointer
        self.found.pairs.append(self._schemas(name))
        hidden = _HIDDEN[self.side]
        before, after = self._is(name, hidden)
        if not (before and after):
            self._flag("readOnly", "read-only", name)
            self._flag("writeOnly", "write-only", name)
        if before or after:
            if before and not after and name in self.new.required:
                self.found.add("property-required", pointer)
            return
        self._requirement(name, pointer)

    def _flag(self, keyword: str, kind: str, name: str) -> None:
        before, after = self._is(name, keyword)
        if before != after:
            pointer = declared(self.new)[name].pointer
            change = "added" if after else "removed"
            self.found.add(f"{kind}-{change}", pointer, before, after)

    def _is(self, name: str, keyword: str) -> tuple[bool, bool]:
        old, new = self._schemas(name)
        return (
            bool(self.old_shapes.of(old).note(keyword)),
            bool(self.new_shapes.of(new).note(keyword)),
        )

    def _schemas(self, name: str) -> tuple[Schema, Schema]:
        return member(self.old, name), member(self.new, name)

    def _requirement(self, name: str, pointer: str) -> None:
        before, after = name in self.old.required, name in self.new.required
        if before != after:
            kind = "property-required" if after else "property-optional"
            self.found.differences.append(
                Difference(KINDS[kind], pointer, before, after, subject=name)
            )

    def _added(self, name: str) -> None:
        site = declared(self.new)[name]
        schema = member(self.new, name)
        shape = self.new_shapes.of(schema)
        if shape.note(_HIDDEN[self.side]):
            return
        others = additional(self.old, name)
        closed = self._closed(self.old, self.old_shapes, name)
        if name in self.new.required and name not in self.old.required:
            kind = "required-property-added"
        else:
            kind = "closed-property-added" if closed else "property-added"
        if others and not closed:
            self.found.pairs.append((others, schema))
        if not shape.never:
            self.found.add(kind, site.pointer, None, site.value)

    def _removed(self, name: str) -> None:
        site = declared(self.old)[name]
        schema = member(self.old, name)
        shape = self.old_shapes.of(schema)
        if shape.note(_HIDDEN[self.side]) or shape.never:
            return
        if self._closed(self.new, self.new_shapes, name):
            kind = "closed-property-removed"
        else:
            kind = "property-removed"
            if others := additional(self.new, name):
                self.found.pairs.append((schema, others))
        self.found.add(kind, site.pointer, site.value, None)

    def _closed(self, shape: Shape, shapes: Shapes, name: str) -> bool:
        others = additional(shape, name)
        return bool(others) and shapes.of(others).never

    def _renamed(self, gone: list[str], come: list[str]) -> list[tuple[str, str]]:
        """Find what has another name and is the same in everything else."""
        old, new = declared(self.old), declared(self.new)
        pairs = [
            (before, after)
            for before in gone
            for after in come
            if old[before].value not in (True, {})
            and same(old[before].value, new[after].value)
            and (before in self.old.required) == (after in self.new.required)
        ]
        befores, afters = [b for b, _ in pairs], [a for _, a in pairs]
        # Two members of one kind that went leave open which of them was renamed.
        return [
            (b, a) for b, a in pairs if befores.count(b) == 1 and afters.count(a) == 1
        ]

    def _rename(self, before: str, after: str) -> None:
        pointer = declared(self.new)[after].pointer
        self.found.add("property-renamed", pointer, before, after, shown(before))
        self.found.pairs.append((member(self.old, before), member(self.new, after)))

    def _others(self) -> None:
        """Compare members without a name of their own, and all members' names."""
        old, new = additional(self.old), additional(self.new)
        was, now = self.old_shapes.of(old), self.new_shapes.of(new)
        place = (new or old or (Site(self.new.pointer, True),))[0].pointer
        if was.never != now.never:
            kind = "object-closed" if now.never else "object-opened"
            self.found.add(kind, place, not was.never, not now.never)
        elif old or new:
            here = Site(below(self.new.pointer, "additionalProperties"), True)
            self.found.pairs.append((old or (here,), new or (here,)))
        patterns = _patterns(self.old), _patterns(self.new)
        for pattern in dict.fromkeys((*patterns[0], *patterns[1])):
            self._pattern(patterns[0].get(pattern), patterns[1].get(pattern))
        if self.old.names or self.new.names:
            here = Site(below(self.new.pointer, "propertyNames"), {"type": "string"})
            self.found.pairs.append(
                (self.old.names or (here,), self.new.names or (here,))
            )

    def _pattern(self, old: Schema | None, new: Schema | None) -> None:
        if old and new:
            self.found.pairs.append((old, new))
        elif new:
            closed = self.old_shapes.of(additional(self.old)).never
            kind = "closed-property-added" if closed else "property-added"
            self.found.add(kind, new[0].pointer, None, new[0].value)
        elif old:
            closed = self.new_shapes.of(additional(self.new)).never
            kind = "closed-property-removed" if closed else "property-removed"
            self.found.add(kind, old[0].pointer, old[0].value, None)


def declared(shape: Shape) -> dict[str, Site]:
    """The members that a shape names, and where."""
    found: dict[str, Site] = {}
    for one in shape.members:
        for name, site in one.properties.items():
            found.setdefault(name, site)
    return found


def member(shape: Shape, name: str) -> Schema:
    """The schemas of the member of this name."""
    found: list[Site] = []
    for one in shape.members:
        here = [one.properties[name]] if name in one.properties else []
        here += [site for pattern, site in one.patterns.items() if _hits(pattern, name)]
        if not here and one.additional is not None:
            here = [one.additional]
        found += here
    return tuple(found)


def additional(shape: Shape, name: str | None = None) -> Schema:
    """The schemas of members that are not named, but for those patterns describe."""
    found: list[Site] = []
    for one in shape.members:
        by_pattern = [
            site
            for pattern, site in one.patterns.items()
            if name is not None and _hits(pattern, name)
        ]
        found += by_pattern or ([one.additional] if one.additional else [])
    return tuple(found)


def _hits(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return False


def _patterns(shape: Shape) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for one in shape.members:
        for pattern, site in one.patterns.items():
            found[pattern] = (*found.get(pattern, ()), site)
    return found


def compare_items(old: Shape, new: Shape) -> Found:
    """Compare the items of arrays, the first ones and the rest."""
    found = Found()
    length = max(
        (len(one.prefix) for one in (*old.items, *new.items)),
        default=0,
    )
    for index in range(length):
        place = below(new.pointer, "prefixItems", index)
        found.pairs.append((_item(old, index, place), _item(new, index, place)))
    if old.items or new.items:
        place = below(new.pointer, "items")
        found.pairs.append((_item(old, None, place), _item(new, None, place)))
    return found


def _item(shape: Shape, index: int | None, place: str) -> Schema:
    sites: list[Site] = []
    for one in shape.items:
        if index is not None and index < len(one.prefix):
            sites.append(one.prefix[index])
        elif one.rest is not None:
            sites.append(one.rest)
    return tuple(sites) or (Site(place, True),)


def compare_rules(old: Shape, new: Shape) -> Found:
    """Compare the keywords whose effect is not worked out."""
    found = Found()
    for keyword in dict.fromkeys(key for key, _ in (*old.rules, *new.rules)):
        before = [site for key, site in old.rules if key == keyword]
        after = [site for key, site in new.rules if key == keyword]
        for one in list(before):  # what stayed is no partner for what changed
            other = next((site for site in after if alike(one.value, site.value)), None)
            if other is not None:
                before.remove(one)
                after.remove(other)
                _rule(found, keyword, one, other)
        for one, other in zip(before, after, strict=False):
            _rule(found, keyword, one, other)
        for site in before[len(after) :]:
            _one_sided(found, keyword, site, gone=True)
        for site in after[len(before) :]:
            _one_sided(found, keyword, site, gone=False)
    return found


def _rule(found: Found, keyword: str, old: Site, new: Site) -> None:
    if keyword in ("not", "if", "then", "else", "contains", "unevaluatedItems"):
        found.unclear.append(((old,), (new,)))
    elif keyword == "dependentSchemas" and old.value.keys() == new.value.keys():
        for name in new.value:
            here = below(old.pointer, name), below(new.pointer, name)
            found.unclear.append(
                ((Site(here[0], old.value[name]),), (Site(here[1], new.value[name]),))
            )
    elif not same(old.value, new.value):
        found.add("not-comparable", new.pointer, old.value, new.value, keyword)


def _one_sided(found: Found, keyword: str, site: Site, *, gone: bool) -> None:
    values = (site.value, None) if gone else (None, site.value)
    if keyword in ("minContains", "maxContains", "xml"):
        found.add("not-comparable", site.pointer, *values, keyword)
    elif keyword != "if":
        kind = "constraint-removed" if gone else "constraint-added"
        found.add(kind, site.pointer, *values, f"its `{keyword}`")
