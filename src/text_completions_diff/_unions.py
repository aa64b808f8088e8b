"""Branches of `oneOf` and `anyOf`, matched by what they are and not by position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ._build import Shapes
from ._kind_table import KINDS
from ._members import Found, declared, member
from ._scalars import choice, narrower, scalar_differences, type_names
from ._shape import NULL, Group, Schema, Shape
from ._values import canonical, same

_KNOWN = {
    "enum-value-added": "known-value-added",
    "enum-value-removed": "known-value-removed",
}


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch with what tells it from others."""

    schema: Schema
    shape: Shape
    name: str | None
    tags: dict[str, str] = field(default_factory=dict[str, str])

    def told(self) -> str:
        """What the branch is, in a sentence."""
        if self.tags:
            return " and ".join(f"{key} {tag}" for key, tag in self.tags.items())
        title = self.name or self.shape.note("title")
        if isinstance(title, str):
            return f"of the form {title}"
        values = [v for found in self.shape.enums.values() for v in found.values()]
        return (
            choice(values) if values else f"any {' or '.join(type_names(self.shape))}"
        )


def branches_of(shapes: Shapes, group: Group) -> list[Branch]:
    """The branches of a group."""
    found: list[Branch] = []
    for schema in group.branches:
        shape = shapes.of(schema)
        found.append(Branch(schema, shape, shapes.name(schema), _tags(shapes, shape)))
    return found


def _tags(shapes: Shapes, shape: Shape) -> dict[str, str]:
    """The required members with one value, which tell objects apart."""
    tags: dict[str, str] = {}
    for name in declared(shape):
        # A discriminator may be optional in its schema; a constant tells all the same.
        enums = shapes.of(member(shape, name)).enums
        if len(enums) == 1 and len(values := next(iter(enums.values()))) == 1:
            tags[name] = next(iter(values))
    return tags


class Unions:
    """Compares the groups of two shapes."""

    def __init__(self, old: Shapes, new: Shapes) -> None:
        self.old_shapes, self.new_shapes = old, new

    def compare(self, old: Shape, new: Shape) -> Found:
        """Compare every group with the one it became."""
        found = Found()
        matched = list(self._groups(list(old.groups), list(new.groups)))
        for before, after in matched:
            self._compare(found, before, after)
        kept_old = [id(before) for before, _ in matched]
        kept_new = [id(after) for _, after in matched]
        for group in old.groups:
            if id(group) not in kept_old:
                self._one_sided(found, "constraint-removed", group)
        for group in new.groups:
            if id(group) not in kept_new:
                self._one_sided(found, "constraint-added", group)
        return found

    def _groups(
        self, old: list[Group], new: list[Group]
    ) -> Iterator[tuple[Group, Group]]:
        for after in list(new):
            names = self._names(self.new_shapes, after)
            for before in old:
                if self._names(self.old_shapes, before) == names:
                    old.remove(before)
                    new.remove(after)
                    yield before, after
                    break
        yield from zip(old, new, strict=False)

    def _names(self, shapes: Shapes, group: Group) -> tuple[bool, list[str]]:
        return group.exclusive, sorted(one.told() for one in branches_of(shapes, group))

    def _one_sided(self, found: Found, kind: str, group: Group) -> None:
        keyword = "oneOf" if group.exclusive else "anyOf"
        found.add(kind, group.pointer, None, None, f"a branch of its {keyword}")

    def _compare(self, found: Found, old: Group, new: Group) -> None:
        before = branches_of(self.old_shapes, old)
        after = branches_of(self.new_shapes, new)
        left = list(before)
        local = Found()
        for branch in after:
            partner = _partner(branch, left)
            if partner is None:
                self._added(local, branch, before)
                continue
            left.remove(partner)
            self._kept(local, partner, branch, before, after)
        if old.alone or new.alone:
            local.silent, local.pairs = local.pairs, []
        for branch in left:
            self._removed(local, branch, after)
        found.differences += local.differences
        found.pairs += local.pairs
        found.silent += local.silent
        self._exclusiveness(found, local, (old, before), (new, after))

    def _kept(
        self,
        found: Found,
        old: Branch,
        new: Branch,
        before: list[Branch],
        after: list[Branch],
    ) -> None:
        absorbed = _absorbed(old, before) and _absorbed(new, after)
        if not absorbed:
            found.pairs.append((old.schema, new.schema))
            return
        for one in scalar_differences(old.shape, new.shape):
            name = _KNOWN.get(one.kind.name, "known-value-added")
            found.differences.append(replace(one, kind=KINDS[name]))

    def _added(self, found: Found, branch: Branch, before: list[Branch]) -> None:
        pointer = branch.schema[0].pointer
        value = branch.schema[0].value
        if branch.shape.types == NULL:
            kind = "null-allowed"
        elif any(narrower(branch.shape, one.shape) for one in before):
            kind = "known-value-added"
        else:
            kind = "alternative-added"
        found.add(kind, pointer, None, value, branch.told())

    def _removed(self, found: Found, branch: Branch, after: list[Branch]) -> None:
        pointer, value = branch.schema[0].pointer, branch.schema[0].value
        if branch.shape.types == NULL:
            kind = "null-refused"
        elif any(narrower(branch.shape, one.shape) for one in after):
            kind = "known-value-removed"
        else:
            kind = "alternative-removed"
        found.add(kind, pointer, value, None, branch.told())

    def _exclusiveness(
        self,
        found: Found,
        local: Found,
        old: tuple[Group, list[Branch]],
        new: tuple[Group, list[Branch]],
    ) -> None:
        pointer = new[0].pointer
        if old[0].exclusive != new[0].exclusive:
            if _overlap(old[1]) or _overlap(new[1]):
                kind = "exclusive" if new[0].exclusive else "inclusive"
                found.add(f"alternatives-{kind}", pointer)
        elif new[0].exclusive and (_overlap(new[1]) or _overlap(old[1])):
            moved = [
                pair
                for pair in (*local.pairs, *local.silent)
                if any(
                    scalar_differences(
                        self.old_shapes.of(pair[0]), self.new_shapes.of(pair[1])
                    )
                )
            ]
            if local.differences or moved:
                found.add("alternatives-overlap", pointer)


def _partner(branch: Branch, others: list[Branch]) -> Branch | None:
    """The branch that this one was before: the one it has most in common with."""
    scored = [(score, one) for one in others if (score := _likeness(one, branch)) > 0]
    return max(scored, key=lambda pair: pair[0])[1] if scored else None


def _likeness(old: Branch, new: Branch) -> float:
    if not old.shape.types & new.shape.types or _told_apart(old, new):
        return 0
    score = 1.0 if old.shape.types == new.shape.types else 0.5
    names = set(declared(old.shape)), set(declared(new.shape))
    if names[0] or names[1]:
        score += 2 * len(names[0] & names[1]) / len(names[0] | names[1])
        if not names[0] & names[1]:
            score = 0
    enums = _values(old.shape), _values(new.shape)
    if enums[0] or enums[1]:
        common = len(enums[0] & enums[1])
        if enums[0] and enums[1] and not common:
            return 0
        score += common / len(enums[0] | enums[1])
    if old.name and old.name == new.name:
        score += 4
    if old.tags and old.tags == new.tags:
        score += 4
    if same(old.schema[0].value, new.schema[0].value):
        score += 4
    return score


def _values(shape: Shape) -> set[str]:
    return {key for found in shape.enums.values() for key in found}


def _told_apart(one: Branch, other: Branch) -> bool:
    """Whether a member with another value shows that these are two things."""
    shared = one.tags.keys() & other.tags.keys()
    return any(one.tags[key] != other.tags[key] for key in shared)


def _absorbed(branch: Branch, branches: list[Branch]) -> bool:
    """Whether another branch takes whatever this one takes."""
    return any(
        one is not branch and narrower(branch.shape, one.shape) for one in branches
    )


def _overlap(branches: list[Branch]) -> bool:
    """Whether some value fits two branches, as far as can be seen.

    Objects without a telling member are taken for different: so they are meant.
    """
    return any(
        _overlapping(one, other)
        for index, one in enumerate(branches)
        for other in branches[index + 1 :]
    )


def _overlapping(one: Branch, other: Branch) -> bool:
    shared = one.shape.types & other.shape.types
    if shared <= {"object", "array"}:
        return bool(shared) and canonical(one.schema[0].value) == canonical(
            other.schema[0].value
        )
    shared -= {"object", "array"}
    return any(_kind_overlaps(one.shape, other.shape, kind) for kind in shared)


def _kind_overlaps(one: Shape, other: Shape, kind: str) -> bool:
    first, second = one.enums.get(kind), other.enums.get(kind)
    if first is not None and second is not None:
        return bool(first.keys() & second.keys())
    if kind != "number":
        return True
    low, high = one.bounds.get("minimum"), other.bounds.get("maximum")
    if low and high and low.value > high.value:
        return False
    low, high = other.bounds.get("minimum"), one.bounds.get("maximum")
    return not (low and high and low.value > high.value)
