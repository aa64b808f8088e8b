"""Compare the branches of `oneOf` and `anyOf`, matched by content, not by position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .._kinds import KINDS, Side
from .._located import same_unordered
from ._containment import Containment, Overlap, constant
from ._findings import Findings
from ._normal import Shapes
from ._notes import note_differences
from ._shape import NULL, Group, Schema, Shape, declared
from ._values import choice, type_names, value_differences

_KNOWN = {
    "enum-value-added": "known-value-added",
    "enum-value-removed": "known-value-removed",
}


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """A branch with what distinguishes it from others.

    Attributes:
        name: The name of its definition, if it is a reference.
        tags: The members that have one value, which tell objects apart.
    """

    schema: Schema
    shape: Shape
    name: str | None
    tags: dict[str, str] = field(default_factory=dict[str, str])

    def phrase(self) -> str:
        """Return what the branch is, in a sentence."""
        values = [v for listed in self.shape.enums.values() for v in listed.values()]
        types = f"any {' or '.join(type_names(self.shape))}"
        return self._name() or (choice(values) if values else types)

    def identity(self) -> str:
        """Return what the branch is, in whatever order its values are listed."""
        return (
            self._name() or f"{sorted(_values(self.shape))} {sorted(self.shape.types)}"
        )

    def _name(self) -> str:
        if self.tags:
            tags = sorted(self.tags.items())
            return " and ".join(f"{key} {tag}" for key, tag in tags)
        title = self.name or self.shape.note("title")
        return f"of the form {title}" if isinstance(title, str) else ""


@dataclass(frozen=True, slots=True)
class _Union:
    """One group with its branches."""

    group: Group
    branches: list[Branch]
    overlap: Overlap

    @property
    def identity(self) -> tuple[bool, list[str]]:
        return self.group.exclusive, sorted(one.identity() for one in self.branches)

    def overlaps(self, branch: Branch) -> bool:
        """Tell whether a value of this branch can match another branch as well."""
        return any(
            self.overlap.exists(branch.shape, other.shape)
            for other in self.branches
            if other is not branch
        )

    def absorbs(self, branch: Branch, containment: Containment) -> bool:
        """Tell whether another branch allows everything that this one allows.

        Of two branches that allow the same, the first one absorbs the other.
        """
        is_earlier = True
        for other in self.branches:
            if other is branch:
                is_earlier = False
            elif containment.contains(other.shape, branch.shape) and (
                is_earlier or not containment.contains(branch.shape, other.shape)
            ):
                return True
        return False


class Unions:
    """Compares the groups of two shapes, as one side of an exchange sees them."""

    def __init__(self, old: Shapes, new: Shapes, side: Side) -> None:
        self._old, self._new, self._side = old, new, side
        lenient = side is Side.REQUEST
        self._old_in_new = Containment(old, new, lenient=lenient)
        self._new_in_old = Containment(new, old, lenient=lenient)
        self._in_old = Containment(old, old, lenient=False)
        self._in_new = Containment(new, new, lenient=False)
        self._overlaps = {shapes: Overlap(shapes) for shapes in (old, new)}

    def compare(self, old: Shape, new: Shape) -> Findings:
        """Compare every group with the one that it became."""
        findings = Findings()
        before = [self._union(self._old, group) for group in old.groups]
        after = [self._union(self._new, group) for group in new.groups]
        for was, now in self._matched(before, after):
            findings.extend(self._compare(was, now))
        for one in before:
            self._one_sided(findings, "constraint-removed", one, self._new_in_old, new)
        for one in after:
            self._one_sided(findings, "constraint-added", one, self._old_in_new, old)
        return findings

    def _union(self, shapes: Shapes, group: Group) -> _Union:
        branches: list[Branch] = []
        for schema in group.branches:
            shape = shapes.of(schema)
            tags: dict[str, str] = {}
            for name in declared(shape):
                value = constant(shapes.member(shape, name))
                if value is not None:
                    tags[name] = value
            branches.append(Branch(schema, shape, shapes.name(schema), tags))
        return _Union(group, branches, self._overlaps[shapes])

    def _matched(
        self, old: list[_Union], new: list[_Union]
    ) -> Iterator[tuple[_Union, _Union]]:
        """Take pairs out of both lists: equal ones first, then those in order."""
        pairs: list[tuple[_Union, _Union]] = []
        for after in list(new):
            before = next((one for one in old if one.identity == after.identity), None)
            if before is not None:
                old.remove(before)
                new.remove(after)
                pairs.append((before, after))
        while old and new:
            pairs.append((old.pop(0), new.pop(0)))
        yield from pairs

    def _one_sided(
        self,
        findings: Findings,
        kind: str,
        union: _Union,
        containment: Containment,
        other: Shape,
    ) -> None:
        """Report a group that the other shape does not have, if it limits it."""
        group = Shape(groups=(union.group,))
        if not containment.contains(group, other):
            keyword = "oneOf" if union.group.exclusive else "anyOf"
            detail = f"a branch of its {keyword}"
            findings.add(kind, union.group.pointer, detail=detail)

    def _compare(self, old: _Union, new: _Union) -> Findings:
        findings = Findings()
        partners = _partners(old.branches, new.branches)
        for branch in new.branches:
            if branch in partners:
                self._kept(findings, (old, partners[branch]), (new, branch))
            else:
                findings.add(
                    self._kind_of_added(branch, old),
                    branch.schema[0].pointer,
                    after=branch.schema[0].value,
                    detail=branch.phrase(),
                )
        if old.group.alone or new.group.alone:
            findings.next = [one._replace(silent=True) for one in findings.next]
        for branch in old.branches:
            if branch not in partners.values():
                findings.add(
                    self._kind_of_removed(branch, new),
                    branch.schema[0].pointer,
                    before=branch.schema[0].value,
                    detail=branch.phrase(),
                )
        self._exclusiveness(findings, old, new, partners)
        return findings

    def _kept(
        self,
        findings: Findings,
        old: tuple[_Union, Branch],
        new: tuple[_Union, Branch],
    ) -> None:
        before, after = old[1], new[1]
        if not (
            old[0].absorbs(before, self._in_old) and new[0].absorbs(after, self._in_new)
        ):
            findings.compare(before.schema, after.schema)
            return
        # Whatever these branches allow, another branch allows as well.
        for one in value_differences(before.shape, after.shape):
            name = _KNOWN.get(one.kind.name, "known-value-added")
            findings.differences.append(replace(one, kind=KINDS[name]))
        findings.differences += note_differences(before.shape, after.shape)

    def _kind_of_added(self, branch: Branch, old: _Union) -> str:
        if branch.shape.types == NULL:
            return "null-allowed"
        contains = self._new_in_old.contains
        if any(contains(one.shape, branch.shape) for one in old.branches):
            return "known-value-added"
        return "alternative-added"

    def _kind_of_removed(self, branch: Branch, new: _Union) -> str:
        if branch.shape.types == NULL:
            return "null-refused"
        contains = self._old_in_new.contains
        if any(contains(one.shape, branch.shape) for one in new.branches):
            return "known-value-removed"
        return "alternative-removed"

    def _exclusiveness(
        self,
        findings: Findings,
        old: _Union,
        new: _Union,
        partners: dict[Branch, Branch],
    ) -> None:
        """Report values that match two branches, where that came to matter."""
        pointer = new.group.pointer
        if old.group.exclusive != new.group.exclusive:
            unions = (old, new)
            if any(one.overlaps(branch) for one in unions for branch in one.branches):
                kind = "exclusive" if new.group.exclusive else "inclusive"
                findings.add(f"alternatives-{kind}", pointer)
        elif new.group.exclusive:
            if self._side is Side.REQUEST:
                torn = any(map(new.overlaps, self._widened(new, partners)))
            else:
                torn = any(map(old.overlaps, self._narrowed(old, partners)))
            if torn:
                findings.add("alternatives-overlap", pointer)

    def _widened(self, new: _Union, partners: dict[Branch, Branch]) -> Iterator[Branch]:
        """Yield the branches that allow more: what they share is refused now."""
        for branch in new.branches:
            old = partners.get(branch)
            if old is None or (
                any(value_differences(old.shape, branch.shape))
                and not self._new_in_old.contains(old.shape, branch.shape)
            ):
                yield branch

    def _narrowed(
        self, old: _Union, partners: dict[Branch, Branch]
    ) -> Iterator[Branch]:
        """Yield the branches that allow less: what they shared is allowed now."""
        became = {before: after for after, before in partners.items()}
        for branch in old.branches:
            new = became.get(branch)
            if new is None or (
                any(value_differences(branch.shape, new.shape))
                and not self._old_in_new.contains(new.shape, branch.shape)
            ):
                yield branch


def _partners(old: list[Branch], new: list[Branch]) -> dict[Branch, Branch]:
    """Return what each new branch was before: the most similar pairs first."""
    scored = [
        (score, before, after)
        for after in new
        for before in old
        if (score := _likeness(before, after)) > 0
    ]
    partners: dict[Branch, Branch] = {}
    for _, before, after in sorted(scored, key=lambda one: -one[0]):
        if after not in partners and before not in partners.values():
            partners[after] = before
    return partners


def _likeness(old: Branch, new: Branch) -> float:
    if not old.shape.types & new.shape.types or _are_told_apart(old, new):
        return 0
    score = 1.0 if old.shape.types == new.shape.types else 0.5
    names = set(declared(old.shape)), set(declared(new.shape))
    if names[0] or names[1]:
        common = names[0] & names[1]
        score = score + 2 * len(common) / len(names[0] | names[1]) if common else 0
    enums = _values(old.shape), _values(new.shape)
    if enums[0] or enums[1]:
        common = enums[0] & enums[1]
        if enums[0] and enums[1] and not common:
            return 0
        score += len(common) / len(enums[0] | enums[1])
    if old.name and old.name == new.name:
        score += 4
    if old.tags and old.tags == new.tags:
        score += 4
    if same_unordered(old.schema[0].value, new.schema[0].value):
        score += 4
    return score


def _values(shape: Shape) -> set[str]:
    return {key for listed in shape.enums.values() for key in listed}


def _are_told_apart(one: Branch, other: Branch) -> bool:
    """Tell whether a member with another value shows that these are two things."""
    shared = one.tags.keys() & other.tags.keys()
    return any(one.tags[key] != other.tags[key] for key in shared)
