"""A value that keeps to a schema: what it shows, or what its keywords lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final, NamedTuple, cast

import jsonschema_rs

from ._patterns import NoText
from ._sampling import sampled_number, sampled_text
from .app.source import Node, Source, mapping, sequence

_MOST_NESTED: Final = 40
_VARIANTS: Final = 4
_OF_TYPE: Final = {
    "object": {"properties", "required", "additionalProperties", "minProperties"},
    "array": {"items", "minItems", "maxItems", "uniqueItems"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "multipleOf"},
}
_TIGHTEST: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum"), max),
    **dict.fromkeys(("minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum"), min),
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties"), min),
}


class NoSampleError(Exception):
    """No value that keeps to the schema was found."""


class _Way(NamedTuple):
    """How a value is made.

    Attributes:
        shown: Whether the examples of the schemas are taken.
        full: Whether members are made that need not be there.
        variant: Which of the choices that a schema leaves.
        within: The references that lead here: a schema that contains itself ends.
    """

    shown: bool
    full: bool
    variant: int
    within: tuple[str, ...] = ()


class Sampler:
    """Makes values for the schemas of a document, always the same ones."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._components = source.root.get("components", {})

    def sample(self, schema: object, place: str) -> object:
        """Make a value, with every member that it can have.

        Args:
            schema: The schema.
            place: Where the document has it.

        Raises:
            NoSampleError: The schema is met by nothing that was tried.
            DocumentError: A reference leads nowhere.
        """
        for variant, shown, full in product(
            range(_VARIANTS), (True, False), (True, False)
        ):
            try:
                value = self._made(schema, _Way(shown, full, variant), place)
            except (NoSampleError, NoText):
                continue
            if self.keeps(schema, value):
                return value
        raise NoSampleError(place)

    def keeps(self, schema: object, value: object) -> bool:
        """Tell whether a value keeps to a schema."""
        whole = {**mapping(schema), "components": self._components}
        try:
            validator = jsonschema_rs.Draft202012Validator(whole, offline=True)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
            raise NoSampleError(str(error).partition("\n")[0]) from error
        return schema is True or validator.is_valid(value)

    def _made(self, schema: object, way: _Way, place: str) -> object:
        node, way = self._entered(schema, way, place)
        node = self._flat(node, place)
        for shown in _shown(node, way):
            return shown
        for key in ("anyOf", "oneOf"):
            if sequence(node.get(key)):
                return self._of_branches(node, key, way, place)
        match _type(node, way.variant):
            case "object":
                return self._object(node, way, place)
            case "array":
                return self._array(node, way, place)
            case "integer" | "number" as kind:
                return sampled_number(node, way.variant, whole=kind == "integer")
            case "boolean":
                return way.variant % 2 == 0
            case "null":
                return None
            case _:
                return sampled_text(node, way.variant)

    def _entered(self, schema: object, way: _Way, place: str) -> tuple[Node, _Way]:
        if schema is False:
            raise NoSampleError(place)
        reference = mapping(schema).get("$ref")
        if isinstance(reference, str):
            if reference in way.within or len(way.within) > _MOST_NESTED:
                raise NoSampleError(place)
            way = way._replace(within=(*way.within, reference))
        return self._source.at(schema, place), way

    def _flat(self, node: Node, place: str) -> Node:
        """The schema with its `allOf` written into it."""
        branches = sequence(node.get("allOf"))
        flat = {key: value for key, value in node.items() if key != "allOf"}
        for branch in branches:
            flat = _both(flat, self._flat(self._source.at(branch, place), place))
        return flat

    def _of_branches(self, node: Node, key: str, way: _Way, place: str) -> object:
        branches = sequence(node[key])
        beside = {name: value for name, value in node.items() if name != key}
        first = way.variant % len(branches)
        for branch in [*branches[first:], *branches[:first]]:
            try:
                inner, inside = self._entered(branch, way, place)
                inner = _both(beside, self._flat(inner, place))
                value = self._made(inner, inside, place)
            except (NoSampleError, NoText):
                continue
            if self.keeps({key: branches}, value):
                return value
        raise NoSampleError(place)

    def _object(self, node: Node, way: _Way, place: str) -> dict[str, object]:
        required = set(map(str, sequence(node.get("required"))))
        made: dict[str, object] = {}
        for name, schema in mapping(node.get("properties")).items():
            if way.full or name in required:
                try:
                    made[name] = self._made(schema, way, f"{place}.{name}")
                except (NoSampleError, NoText):
                    if name in required:
                        raise
        others = node.get("additionalProperties", True)
        for name in sorted(required - made.keys()):
            made[name] = self._made(others, way, f"{place}.{name}")
        least = node.get("minProperties")
        wanted = least if isinstance(least, int) else 0
        if mapping(others) and way.full:
            wanted = max(wanted, len(made) + 1)
        for number in range(wanted - len(made)):
            made[f"key{number or ''}"] = self._made(others, way, place)
        return made

    def _array(self, node: Node, way: _Way, place: str) -> list[object]:
        least, most = node.get("minItems", 0), node.get("maxItems", 1)
        wanted = max(int(cast("int", least)), min(1, int(cast("int", most))))
        items = node.get("items", True)
        try:
            return [
                self._made(items, self._nth(node, way, index), place)
                for index in range(wanted)
            ]
        except (NoSampleError, NoText):
            if least:
                raise
            return []

    def _nth(self, node: Node, way: _Way, index: int) -> _Way:
        """Items that must differ are made in different ways, and not of examples."""
        if node.get("uniqueItems") is not True or index == 0:
            return way
        return way._replace(variant=way.variant + index, shown=False)


def _shown(node: Node, way: _Way) -> Iterator[object]:
    """What the schema itself says that a value is."""
    if "const" in node:
        yield node["const"]
    if way.shown:
        yield from sequence(node.get("examples"))
        yield from (node[key] for key in ("example", "default") if key in node)
    options = sequence(node.get("enum"))
    if options:
        yield options[way.variant % len(options)]


def _type(node: Node, variant: int) -> str:
    said = node.get("type")
    if isinstance(said, str):
        return said
    named = [str(one) for one in sequence(said)]
    valued = [one for one in named if one != "null"] or named
    if valued:
        return valued[variant % len(valued)]
    return next((kind for kind, keys in _OF_TYPE.items() if keys & node.keys()), "")


def _both(left: Node, right: Node) -> dict[str, object]:
    """One schema that says what both of them say."""
    both = {**left}
    for key, value in right.items():
        if key not in left:
            both[key] = value
        elif key == "properties":
            both[key] = _both_members(mapping(left[key]), mapping(value))
        elif key == "required":
            both[key] = list(dict.fromkeys([*sequence(left[key]), *sequence(value)]))
        elif key == "enum":
            both[key] = [one for one in sequence(left[key]) if one in sequence(value)]
        elif key in _TIGHTEST:
            both[key] = _TIGHTEST[key](left[key], value)
        elif key in ("type", "const"):
            both[key] = _narrower(left[key], value)
    return both


def _both_members(left: Node, right: Node) -> dict[str, object]:
    shared = {
        name: {"allOf": [left[name], right[name]]} for name in left if name in right
    }
    return {**left, **right, **shared}


def _narrower(left: object, right: object) -> object:
    """Of two types the one that is both; an integer is a number."""
    if isinstance(left, list):
        others = sequence(right) or [right]
        return [one for one in sequence(cast("object", left)) if one in others] or right
    return right if left == "number" else left
