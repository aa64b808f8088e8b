"""Tell whether one shape contains another, and whether two shapes overlap.

Both answers are careful: containment is claimed only if it is certain, and so is
the absence of an overlap of plain values. Objects overlap if a value that is made of
their required members is valid for both; a member that is constant in both, with
different values, tells objects apart.
"""

from __future__ import annotations

from dataclasses import replace

from .._kinds import KINDS, Severity
from .._located import same_unordered
from ._normal import Shapes
from ._shape import Bound, Schema, Shape, prefix_length
from ._values import value_differences

_DEEPEST = 40  # members of members, until the answer is that it is not certain

_Pair = tuple[Shape, Shape]


class Containment:
    """Tells which shapes of `inner` are contained in shapes of `outer`."""

    def __init__(self, inner: Shapes, outer: Shapes, *, lenient: bool) -> None:
        self._inner, self._outer = inner, outer
        # A member that only the outer shape names is not there: callers send what
        # the document that they know describes.
        self._lenient = lenient
        self._known: dict[_Pair, bool] = {}
        self._depth = 0

    def contains(self, outer: Shape, inner: Shape) -> bool:
        """Tell whether it is certain that what is valid for inner is for outer."""
        if inner is outer or inner.never or not (outer.limited or outer.groups):
            return inner.types <= outer.types
        pair = outer, inner
        if pair not in self._known:
            # It is not certain of a schema that contains itself, or is very deep.
            self._known[pair] = False
            if self._depth < _DEEPEST:
                self._depth += 1
                self._known[pair] = self._contains(outer, inner)
                self._depth -= 1
        return self._known[pair]

    def _contains(self, outer: Shape, inner: Shape) -> bool:
        if not self._rules_contained(outer, inner):
            return False
        if inner.groups:
            plain = replace(inner, groups=(), free=False)
            return self.contains(outer, plain) or any(
                all(
                    self.contains(outer, self._inner.of(branch))
                    for branch in group.branches
                )
                for group in inner.groups
            )
        for group in outer.groups:
            branches = map(self._outer.of, group.branches)
            if group.exclusive or not any(
                self.contains(branch, inner) for branch in branches
            ):
                return False
        return (
            inner.types <= outer.types
            and self._values_contained(outer, inner)
            and ("object" not in inner.types or self._objects(outer, inner))
            and ("array" not in inner.types or self._items(outer, inner))
        )

    def _rules_contained(self, outer: Shape, inner: Shape) -> bool:
        """Tell whether the other keywords that limit outer limit inner as well."""
        return all(
            any(same_unordered(one.value, other.value) for other in inner.rule(key))
            for key, one in outer.rules
        )

    def _values_contained(self, outer: Shape, inner: Shape) -> bool:
        plain = [replace(one, free=False) for one in (inner, outer)]
        return not any(
            KINDS[one.kind].request.severity is Severity.BREAKING
            for one in value_differences(*plain)
        )

    def _objects(self, outer: Shape, inner: Shape) -> bool:
        if not outer.required.keys() <= inner.required.keys():
            return False
        if not self._schemas(outer.additional(), inner.additional()):
            return False
        if any(one.patterns for one in (*outer.members, *inner.members)):
            return False
        names = dict.fromkeys((*inner.declared, *inner.required))
        if not self._lenient:
            names |= dict.fromkeys(outer.declared)
        return all(
            self._schemas(outer.member(name), inner.member(name)) for name in names
        )

    def _items(self, outer: Shape, inner: Shape) -> bool:
        return all(
            self._schemas(outer.item(index), inner.item(index))
            for index in (*range(prefix_length(outer, inner)), None)
        )

    def _schemas(self, outer: Schema, inner: Schema) -> bool:
        return self.contains(self._outer.of(outer), self._inner.of(inner))


class Overlap:
    """Tells whether some value is valid for both of two shapes of a document."""

    def __init__(self, shapes: Shapes) -> None:
        self._shapes = shapes
        self._known: dict[_Pair, bool] = {}

    def exists(self, one: Shape, other: Shape) -> bool:
        """Tell whether a value is valid for both; keywords such as `not` exclude."""
        pair = one, other
        if pair not in self._known:
            self._known[pair] = False  # a value that must contain itself cannot exist
            self._known[pair] = self._exists(one, other)
        return self._known[pair]

    def _exists(self, one: Shape, other: Shape) -> bool:
        if one.rules or other.rules:
            return False
        return any(
            self._exists_of_type(one, other, kind) for kind in one.types & other.types
        )

    def _exists_of_type(self, one: Shape, other: Shape, kind: str) -> bool:
        enums = one.enums.get(kind), other.enums.get(kind)
        if enums[0] is not None and enums[1] is not None:
            return bool(enums[0].keys() & enums[1].keys())
        for listed, shape in ((enums[0], other), (enums[1], one)):
            if listed is not None:
                return any(shape.fits(value) for value in listed.values())
        if kind == "array":
            return self._array_exists(one, other)
        return kind != "object" or self._object_exists(one, other)

    def _array_exists(self, one: Shape, other: Shape) -> bool:
        least = max(s.bounds.get("minItems", Bound(0)).value for s in (one, other))
        count = min(int(least), prefix_length(one, other) + 1)
        return all(
            self._both(one.item(index), other.item(index)) for index in range(count)
        )

    def _object_exists(self, one: Shape, other: Shape) -> bool:
        required = {*one.required, *other.required}
        for name in dict.fromkeys((*required, *one.declared, *other.declared)):
            schemas = one.member(name), other.member(name)
            if name in required:
                if not self._both(*schemas):
                    return False
                continue
            constants = [self._shapes.of(schema).constant for schema in schemas]
            if None not in constants and constants[0] != constants[1]:
                return False
        return True

    def _both(self, one: Schema, other: Schema) -> bool:
        return self.exists(self._shapes.of(one), self._shapes.of(other))
