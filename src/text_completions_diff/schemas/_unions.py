"""Compare the branches of `oneOf` and `anyOf`, matched by content, not by position."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from .._changes import Difference
from .._kinds import Side
from .._located import Located, same_unordered, take_pairs
from ._containment import Containment, Overlap
from ._normal import Shapes
from ._notes import note_differences
from ._shape import NULL, Finding, Group, Schema, SchemaPair, Shape, definition
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
    tags: dict[str, str]

    @property
    def part(self) -> Located:
        return self.schema[0]

    def phrase(self) -> str:
        values = [v for listed in self.shape.enums.values() for v in listed.values()]
        types = f"any {' or '.join(type_names(self.shape))}"
        return self._name() or (choice(values) if values else types)

    def identity(self) -> str:
        """Return what the branch is, in whatever order its values are listed."""
        return (
            self._name() or f"{sorted(_values(self.shape))} {sorted(self.shape.types)}"
        )

    @property
    def is_null(self) -> bool:
        return self.shape.types == NULL

    def difference(self, kind: str, before: object, after: object) -> Difference:
        """Return the difference that only one document has this branch."""
        return Difference(kind, self.part.pointer, before, after, self.phrase())

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

    def identity(self) -> tuple[bool, list[str]]:
        return self.group.exclusive, sorted(one.identity() for one in self.branches)

    def limit(self, kind: str) -> Difference:
        """Return the difference that only one side is limited by this group."""
        keyword = "oneOf" if self.group.exclusive else "anyOf"
        return Difference(kind, self.group.pointer, detail=f"a branch of its {keyword}")

    def any_overlaps(self, branches: Iterable[Branch]) -> bool:
        """Tell whether a value of one of these branches can match another as well."""
        return any(
            self.overlap.exists(branch.shape, other.shape)
            for branch in branches
            for other in self.branches
            if other is not branch
        )

    def contains(self, branch: Branch, containment: Containment) -> bool:
        """Tell whether a branch here allows all that one of the other union allows."""
        return any(
            containment.contains(one.shape, branch.shape) for one in self.branches
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

    def compare(self, old: Shape, new: Shape) -> Iterator[Finding]:
        before = [self._union(self._old, group) for group in old.groups]
        after = [self._union(self._new, group) for group in new.groups]
        for was, now in take_pairs(before, after, _Union.identity):
            yield from self._compare(was, now)
        for one in before:
            if not self._new_in_old.contains(Shape(groups=(one.group,)), new):
                yield one.limit("constraint-removed")
        for one in after:
            if not self._old_in_new.contains(Shape(groups=(one.group,)), old):
                yield one.limit("constraint-added")

    def _union(self, shapes: Shapes, group: Group) -> _Union:
        branches: list[Branch] = []
        for schema in group.branches:
            shape = shapes.of(schema)
            tags: dict[str, str] = {}
            for name in shape.declared:
                value = shapes.of(shape.member(name)).constant
                if value is not None:
                    tags[name] = value
            branches.append(Branch(schema, shape, definition(schema), tags))
        return _Union(group, branches, self._overlaps[shapes])

    def _compare(self, old: _Union, new: _Union) -> Iterator[Finding]:
        partners = _partners(old.branches, new.branches)
        for branch in new.branches:
            if branch in partners:
                yield from self._kept(old, partners[branch], new, branch)
            else:
                kind = "null-allowed" if branch.is_null else "alternative-added"
                if old.contains(branch, self._new_in_old):
                    kind = "known-value-added"
                yield branch.difference(kind, None, branch.part.value)
        for branch in old.branches:
            if branch not in partners.values():
                kind = "null-refused" if branch.is_null else "alternative-removed"
                if new.contains(branch, self._old_in_new):
                    kind = "known-value-removed"
                yield branch.difference(kind, branch.part.value, None)
        yield from self._exclusiveness(old, new, partners)

    def _kept(
        self, old: _Union, before: Branch, new: _Union, after: Branch
    ) -> Iterator[Finding]:
        if not (old.absorbs(before, self._in_old) and new.absorbs(after, self._in_new)):
            silent = old.group.alone or new.group.alone
            yield SchemaPair(before.schema, after.schema, silent=silent)
            return
        # Whatever these branches allow, another branch allows as well.
        for one in value_differences(before.shape, after.shape):
            yield replace(one, kind=_KNOWN.get(one.kind, "known-value-added"))
        yield from note_differences(before.shape, after.shape)

    def _exclusiveness(
        self, old: _Union, new: _Union, partners: dict[Branch, Branch]
    ) -> Iterator[Difference]:
        """Report values that match two branches, where that came to matter."""
        if old.group.exclusive != new.group.exclusive:
            if old.any_overlaps(old.branches) or new.any_overlaps(new.branches):
                kind = "exclusive" if new.group.exclusive else "inclusive"
                yield Difference(f"alternatives-{kind}", new.group.pointer)
        elif new.group.exclusive:
            # A value that two branches share is refused: new for requests where a
            # branch allows more now, and new for responses where it allowed more.
            if self._side is Side.REQUEST:
                widened = _widened(new.branches, partners, self._new_in_old)
                is_torn = new.any_overlaps(widened)
            else:
                became = {before: after for after, before in partners.items()}
                widened = _widened(old.branches, became, self._old_in_new)
                is_torn = old.any_overlaps(widened)
            if is_torn:
                yield Difference("alternatives-overlap", new.group.pointer)


def _widened(
    branches: list[Branch], former: Mapping[Branch, Branch], containment: Containment
) -> Iterator[Branch]:
    """Yield the branches that allow more than what they are compared with."""
    for branch in branches:
        other = former.get(branch)
        if other is None or (
            any(value_differences(other.shape, branch.shape))
            and not containment.contains(other.shape, branch.shape)
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
    names = set(old.shape.declared), set(new.shape.declared)
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
