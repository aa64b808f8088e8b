"""One schema object, without its `$ref` and `allOf`, as a shape."""

from __future__ import annotations

from typing import Any

from text_completions_document import Node, below, mapping, sequence

from ._shape import ALL_TYPES, Bound, Group, Items, Members, Shape, Site, type_of
from ._values import canonical

_COUNTS = (
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
)
_FORMATS = ("contentMediaType", "contentEncoding")
_RULES = (
    "not",
    "contains",
    "minContains",
    "maxContains",
    "dependentSchemas",
    "dependentRequired",
    "dependencies",
    "unevaluatedItems",
    "xml",
    "$dynamicRef",
    "$recursiveRef",
)
_CONDITION = ("if", "then", "else")
_READ = frozenset(
    [
        "type",
        "enum",
        "const",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "pattern",
        "format",
        "uniqueItems",
        "required",
        "properties",
        "patternProperties",
        "additionalProperties",
        "propertyNames",
        "items",
        "prefixItems",
        "contentSchema",
        "oneOf",
        "anyOf",
        "allOf",
        "$ref",
        "$defs",
        "unevaluatedProperties",
        "$schema",
        "$id",
        "$anchor",
        "$dynamicAnchor",
        "definitions",
    ]
).union(_COUNTS, _FORMATS, _RULES, _CONDITION)
NEVER = frozenset[str]()


def flat_shape(site: Site) -> Shape:
    """The shape of what stands directly in one schema."""
    if site.value is False:
        return Shape(site.pointer, types=NEVER)
    node = mapping(site.value)
    where = {key: below(site.pointer, key) for key in node if key in _READ}
    enums = _enums(node)
    return Shape(
        pointer=site.pointer,
        types=_types(node) & (ALL_TYPES if enums is None else frozenset(enums)),
        where=where | _shared(where),
        bounds=_bounds(node),
        patterns=_patterns(node, site.pointer),
        enums=_proper(enums or {}),
        members=_members(node, site.pointer),
        required={
            str(name): below(site.pointer, "required")
            for name in sequence(node.get("required"))
        },
        items=_items(node, site.pointer),
        names=_one(node, site.pointer, "propertyNames"),
        content=_one(node, site.pointer, "contentSchema"),
        rules=_rules(node, site.pointer),
        groups=_groups(node, site.pointer),
        notes={
            key: (Site(below(site.pointer, key), value),)
            for key, value in node.items()
            if key not in _READ
        },
        unevaluated=_optional(node, site.pointer, "unevaluatedProperties"),
    )


def _types(node: Node) -> frozenset[str]:
    said = node.get("type")
    if said is None:
        return ALL_TYPES
    names = [said] if isinstance(said, str) else sequence(said)
    return frozenset("number" if name == "integer" else str(name) for name in names)


def _integral(node: Node) -> bool:
    said = node.get("type")
    names = [said] if isinstance(said, str) else sequence(said)
    return "integer" in names and "number" not in names


def _enums(node: Node) -> dict[str, dict[str, Any]] | None:
    if "enum" not in node and "const" not in node:
        return None
    values = sequence(node["enum"]) if "enum" in node else [node["const"]]
    if "enum" in node and "const" in node:
        fixed = canonical(node["const"])
        values = [value for value in values if canonical(value) == fixed]
    found: dict[str, dict[str, Any]] = {}
    for value in values:
        found.setdefault(type_of(value), {})[canonical(value)] = value
    return found


def _proper(enums: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Leave out the types of which every value is enumerated."""
    sizes = {"null": 1, "boolean": 2}
    return {
        kind: values
        for kind, values in enums.items()
        if len(values) != sizes.get(kind, -1)
    }


def _shared(where: dict[str, str]) -> dict[str, str]:
    """Keywords that say the same share a name: const is an enum of one."""
    pairs = (
        ("enum", "const"),
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    )
    return {name: where[other] for name, other in pairs if other in where}


def _bounds(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _COUNTS:
        count: Any = node.get(name)
        if _is_number(count) and (count or name.startswith("max")):
            found[name] = Bound(count)
    for name, exclusive, strictest in (
        ("minimum", "exclusiveMinimum", max),
        ("maximum", "exclusiveMaximum", min),
    ):
        ends = [
            Bound(node[key], key != name)
            for key in (name, exclusive)
            if _is_number(node.get(key))
        ]
        if ends:
            value = strictest(end.value for end in ends)
            found[name] = Bound(
                value, any(e.exclusive for e in ends if e.value == value)
            )
    for name in _FORMATS:
        if name in node:
            found[name] = str(node[name]).lower()
    if _is_number(node.get("multipleOf")) and node["multipleOf"] > 0:
        found["multipleOf"] = node["multipleOf"]
    if isinstance(node.get("format"), str):
        found["format"] = node["format"]
    if node.get("uniqueItems") is True:
        found["uniqueItems"] = True
    if _integral(node):
        found["integer"] = True
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _patterns(node: Node, pointer: str) -> dict[str, str]:
    pattern = node.get("pattern")
    return {pattern: below(pointer, "pattern")} if isinstance(pattern, str) else {}


def _members(node: Node, pointer: str) -> tuple[Members, ...]:
    additional = _optional(node, pointer, "additionalProperties")
    found = Members(
        properties=_named(node, pointer, "properties"),
        patterns=_named(node, pointer, "patternProperties"),
        additional=None if additional and is_anything(additional.value) else additional,
    )
    if found.properties or found.patterns or found.additional:
        return (found,)
    return ()


def is_anything(value: object) -> bool:
    """Whether a schema lets everything through at first sight."""
    return value is True or value == {}


def _named(node: Node, pointer: str, key: str) -> dict[str, Site]:
    return {
        name: Site(below(pointer, key, name), value)
        for name, value in mapping(node.get(key)).items()
    }


def _items(node: Node, pointer: str) -> tuple[Items, ...]:
    prefix = tuple(
        Site(below(pointer, "prefixItems", index), value)
        for index, value in enumerate(sequence(node.get("prefixItems")))
    )
    rest = _optional(node, pointer, "items")
    if rest and is_anything(rest.value):
        rest = None
    return (Items(prefix, rest),) if prefix or rest else ()


def _optional(node: Node, pointer: str, key: str) -> Site | None:
    return Site(below(pointer, key), node[key]) if key in node else None


def _one(node: Node, pointer: str, key: str) -> tuple[Site, ...]:
    return (Site(below(pointer, key), node[key]),) if key in node else ()


def _rules(node: Node, pointer: str) -> tuple[tuple[str, Site], ...]:
    keys = [key for key in _RULES if key in node]
    if "if" in node and ("then" in node or "else" in node):
        keys += [key for key in _CONDITION if key in node]
    return tuple((key, Site(below(pointer, key), node[key])) for key in keys)


def _groups(node: Node, pointer: str) -> tuple[Group, ...]:
    return tuple(
        Group(
            below(pointer, key),
            key == "oneOf",
            tuple(
                (Site(below(pointer, key, index), branch),)
                for index, branch in enumerate(sequence(node[key]))
            ),
        )
        for key in ("oneOf", "anyOf")
        if key in node
    )
