"""Compare the members of objects and the items of arrays."""

from __future__ import annotations

from dataclasses import replace

from text_completions_document import below, mapping

from .._changes import difference
from .._kinds import Side
from .._located import MISSING, Located, same, same_unordered, shown
from ._findings import Findings
from ._normal import Shapes, additional, item, member, prefix_length
from ._shape import Schema, Shape, declared

_HIDDEN = {Side.REQUEST: "readOnly", Side.RESPONSE: "writeOnly"}


class ObjectComparison:
    """Compares the members of two shapes, as one side of an exchange sees them."""

    def __init__(
        self, shapes: tuple[Shapes, Shapes], pair: tuple[Shape, Shape], side: Side
    ) -> None:
        self._old_shapes, self._new_shapes = shapes
        self._old, self._new = pair
        self._side = side
        self._findings = Findings()

    def compare(self) -> Findings:
        """Compare everything that both shapes say about members."""
        old, new = declared(self._old), declared(self._new)
        gone = {name: located for name, located in old.items() if name not in new}
        come = {name: located for name, located in new.items() if name not in old}
        for before, after in self._renamed(gone, come):
            self._rename(before, gone.pop(before), after, come.pop(after))
        for name, located in gone.items():
            self._removed(name, located)
        for name, located in come.items():
            self._added(name, located)
        for name, located in new.items():
            if name in old:
                self._kept(name, located)
        required = {**self._old.required, **self._new.required}
        for name, pointer in required.items():
            if name not in old and name not in new:
                self._requirement(name, pointer)
        self._unnamed()
        self._by_pattern()
        self._names()
        return self._findings

    def _kept(self, name: str, located: Located) -> None:
        pointer = located.pointer
        old, new = member(self._old, name), member(self._new, name)
        shapes = self._old_shapes.of(old), self._new_shapes.of(new)
        hidden = [bool(one.note(_HIDDEN[self._side])) for one in shapes]
        if all(hidden):
            return  # this side sees it in neither document
        for keyword, kind in (("readOnly", "read-only"), ("writeOnly", "write-only")):
            before, after = (bool(one.note(keyword)) for one in shapes)
            if before != after:
                change = "added" if after else "removed"
                self._findings.add(f"{kind}-{change}", pointer, before, after)
        if not any(hidden):
            self._findings.compare(old, new)
            self._requirement(name, pointer)
        elif hidden[0] and name in self._new.required:
            self._findings.add("property-required", pointer)

    def _requirement(self, name: str, pointer: str) -> None:
        before, after = name in self._old.required, name in self._new.required
        if before != after:
            kind = "property-required" if after else "property-optional"
            one = difference(kind, pointer, before, after)
            self._findings.differences.append(replace(one, subject=name))

    def _added(self, name: str, located: Located) -> None:
        schema = member(self._new, name)
        shape = self._new_shapes.of(schema)
        if shape.note(_HIDDEN[self._side]):
            return
        others = additional(self._old, name)
        is_closed = self._old_shapes.of(others).never
        if others and not is_closed:
            self._findings.compare(others, schema)
        if shape.never:
            return
        is_required = name in self._new.required and name not in self._old.required
        # A response of a closed object could not have the member before.
        if is_required and not (is_closed and self._side is Side.RESPONSE):
            kind, value = "required-property-added", located.value
            self._findings.add(kind, located.pointer, None, value)
        else:
            self._gone_or_come("added", located, is_closed=is_closed)

    def _removed(self, name: str, located: Located) -> None:
        schema = member(self._old, name)
        shape = self._old_shapes.of(schema)
        if shape.note(_HIDDEN[self._side]) or shape.never:
            return
        others = additional(self._new, name)
        is_closed = self._new_shapes.of(others).never
        if others and not is_closed:
            self._findings.compare(schema, others)
        self._gone_or_come("removed", located, is_closed=is_closed)

    def _gone_or_come(self, change: str, located: Located, *, is_closed: bool) -> None:
        kind = f"closed-property-{change}" if is_closed else f"property-{change}"
        value = located.value
        before, after = (value, None) if change == "removed" else (None, value)
        self._findings.add(kind, located.pointer, before, after)

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
            and (before in self._old.required) == (after in self._new.required)
        ]
        befores, afters = [b for b, _ in pairs], [a for _, a in pairs]
        # If two equal members were removed it is not known which one was renamed.
        return [
            (b, a) for b, a in pairs if befores.count(b) == 1 and afters.count(a) == 1
        ]

    def _rename(self, before: str, old: Located, after: str, new: Located) -> None:
        self._findings.add(
            "property-renamed", new.pointer, before, after, shown(before)
        )
        self._findings.compare((old,), (new,))

    def _unnamed(self) -> None:
        old, new = additional(self._old), additional(self._new)
        was, now = self._old_shapes.of(old), self._new_shapes.of(new)
        place = (*new, *old, Located(self._new.pointer, True))[0].pointer
        if was.never != now.never:
            kind = "object-closed" if now.never else "object-opened"
            self._findings.add(kind, place, not was.never, not now.never)
        elif old or new:
            here = Located(below(self._new.pointer, "additionalProperties"), True)
            self._findings.compare(old or (here,), new or (here,))

    def _by_pattern(self) -> None:
        old, new = _patterns(self._old), _patterns(self._new)
        for pattern in dict.fromkeys((*old, *new)):
            before, after = old.get(pattern), new.get(pattern)
            if before and after:
                self._findings.compare(before, after)
                continue
            located = (before or after or (MISSING,))[0]
            if before:
                is_closed = self._new_shapes.of(additional(self._new)).never
                self._gone_or_come("removed", located, is_closed=is_closed)
            else:
                is_closed = self._old_shapes.of(additional(self._old)).never
                self._gone_or_come("added", located, is_closed=is_closed)

    def _names(self) -> None:
        if self._old.names or self._new.names:
            place = below(self._new.pointer, "propertyNames")
            here = Located(place, {"type": "string"})
            self._findings.compare(
                self._old.names or (here,), self._new.names or (here,)
            )


def _patterns(shape: Shape) -> dict[str, Schema]:
    patterns: dict[str, Schema] = {}
    for one in shape.members:
        for pattern, located in one.patterns.items():
            patterns[pattern] = (*patterns.get(pattern, ()), located)
    return patterns


def compare_items(old: Shape, new: Shape) -> Findings:
    """Compare the items of arrays, the first ones and the rest."""
    findings = Findings()
    if not (old.items or new.items):
        return findings
    ends = [shape.bounds.get("maxItems") for shape in (old, new)]
    longest = min((end.value for end in ends if end), default=None)
    length = prefix_length(old, new)
    for index in range(length):
        if longest is None or index < longest:
            place = below(new.pointer, "prefixItems", index)
            findings.compare(item(old, index, place), item(new, index, place))
    if longest is None or length < longest:
        place = below(new.pointer, "items")
        findings.compare(item(old, None, place), item(new, None, place))
    return findings


def compare_rules(old: Shape, new: Shape) -> Findings:
    """Compare the keywords whose effect is not worked out."""
    findings = Findings()
    for keyword in dict.fromkeys(key for key, _ in (*old.rules, *new.rules)):
        before = [located for key, located in old.rules if key == keyword]
        after = [located for key, located in new.rules if key == keyword]
        for one in list(before):  # what is unchanged must not be paired with others
            equals = (two for two in after if same_unordered(one.value, two.value))
            other = next(equals, None)
            if other is not None:
                before.remove(one)
                after.remove(other)
                _rule(findings, keyword, one, other)
        for one, other in zip(before, after, strict=False):
            _rule(findings, keyword, one, other)
        for located in before[len(after) :]:
            _one_sided_rule(findings, keyword, located, is_added=False)
        for located in after[len(before) :]:
            _one_sided_rule(findings, keyword, located, is_added=True)
    return findings


def _rule(findings: Findings, keyword: str, old: Located, new: Located) -> None:
    schemas = mapping(old.value), mapping(new.value)
    same_names = schemas[0].keys() == schemas[1].keys()
    if keyword in ("not", "if", "then", "else", "contains", "unevaluatedItems"):
        findings.compare((old,), (new,), unclear=True)
    elif keyword == "dependentSchemas" and schemas[0] and same_names:
        for name in schemas[1]:
            findings.compare((old.member(name),), (new.member(name),), unclear=True)
    elif not same_unordered(old.value, new.value):
        findings.add("not-comparable", new.pointer, old.value, new.value, keyword)


def _one_sided_rule(
    findings: Findings, keyword: str, located: Located, *, is_added: bool
) -> None:
    before, after = (None, located.value) if is_added else (located.value, None)
    if keyword in ("minContains", "maxContains", "xml"):
        findings.add("not-comparable", located.pointer, before, after, keyword)
    elif keyword != "if":
        kind = "constraint-added" if is_added else "constraint-removed"
        findings.add(kind, located.pointer, before, after, f"its `{keyword}`")
