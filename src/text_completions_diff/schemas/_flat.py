"""Read one schema object, without its `$ref` and `allOf`, as a shape."""

from __future__ import annotations

from typing import Any

from text_completions_document import Node, below, is_list, mapping, sequence

from .._located import Located, canonical
from ._shape import (
    ALL_TYPES,
    BOUNDS,
    RULES,
    Bound,
    Group,
    Items,
    Members,
    Shape,
    common_multiple,
    type_of,
)

_COUNTED = ("Length", "Items", "Properties")
_ANY_TEXT = {"", ".*", "^", "^.*"}  # patterns that every text matches
_ANY_NAME = _ANY_TEXT | {"^.*$"}  # and every text of one line
_AS_KEYWORDS = {  # formats that OpenAPI 3.1 writes as keywords
    "byte": ("contentEncoding", "base64"),
    "binary": ("contentMediaType", "application/octet-stream"),
}
_HINT = "password"  # a format that hides what is typed, and limits no value
_READ = {
    *BOUNDS,
    *RULES,
    "type",
    "enum",
    "const",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "pattern",
    "format",
    "items",
    "prefixItems",
    "required",
    "properties",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "oneOf",
    "anyOf",
    "allOf",
    "$ref",
    "$defs",
    "definitions",
    "$schema",
    "$id",
    "$anchor",
    "$dynamicAnchor",
}


def flat_shape(schema: Located) -> Shape:
    """Return the shape of what stands directly in one schema object.

    A keyword whose value has the wrong type is ignored, as validators ignore it.
    """
    pointer, node = schema.pointer, schema.node
    if schema.value is False:
        return Shape(pointer, types=frozenset())
    enums = _enums(node)
    return Shape(
        pointer=pointer,
        types=_types(node) & (ALL_TYPES if enums is None else frozenset(enums)),
        where=_where(schema),
        bounds=_bounds(node),
        patterns=_patterns(schema),
        enums=_proper(enums or {}),
        members=_members(schema),
        required={
            name: below(pointer, "required")
            for name in sequence(node.get("required"))
            if isinstance(name, str)
        },
        items=_items(schema),
        rules=tuple((key, schema.member(key)) for key in _rules(schema)),
        groups=tuple(
            Group(
                below(pointer, key),
                key == "oneOf",
                tuple((branch,) for branch in schema.items(key)),
            )
            for key in ("oneOf", "anyOf")
            if sequence(node.get(key))
        ),
        notes={
            key: (schema.member(key),)
            for key, value in node.items()
            if key not in _READ or (key == "format" and value == _HINT)
        },
        unevaluated=_limit(schema, "unevaluatedProperties"),
    )


def is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _where(schema: Located) -> dict[str, str]:
    where = {key: below(schema.pointer, key) for key in schema.node if key in _READ}
    for name, other in (  # keywords with the same effect share a name
        ("enum", "const"),
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
        ("contentEncoding", "format"),
        ("contentMediaType", "format"),
    ):
        if other in where:
            where.setdefault(name, where[other])
    if schema.get("items") is False:
        where["maxItems"] = where["items"]
    return where


def _type_names(node: Node) -> list[str]:
    kind = node.get("type")
    names = sequence(kind) if is_list(kind) else [kind]
    return [name for name in names if isinstance(name, str)]


def _types(node: Node) -> frozenset[str]:
    names = {"number" if one == "integer" else one for one in _type_names(node)}
    return frozenset(names) or ALL_TYPES


def _enums(node: Node) -> dict[str, dict[str, Any]] | None:
    """Return the allowed values by type and canonical text; None allows all."""
    lists = [sequence(node["enum"])] if is_list(node.get("enum")) else []
    if "const" in node:
        lists.append([node["const"]])
    if not lists:
        return None
    allowed = [{canonical(value): value for value in values} for values in lists]
    enums: dict[str, dict[str, Any]] = {}
    for key, value in allowed[0].items():
        if all(key in one for one in allowed):
            enums.setdefault(type_of(value), {})[key] = value
    return enums


def _proper(enums: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Leave out the types of which every value is enumerated."""
    sizes = {"null": 1, "boolean": 2}
    return {
        kind: values
        for kind, values in enums.items()
        if len(values) != sizes.get(kind, -1)
    }


def _bounds(node: Node) -> dict[str, Any]:
    bounds: dict[str, Any] = {}
    for name in [end + what for what in _COUNTED for end in ("min", "max")]:
        count: Any = node.get(name)
        if is_number(count) and (count > 0 or name.startswith("max")):
            bounds[name] = Bound(count)
    for name, exclusive, strictest in (
        ("minimum", "exclusiveMinimum", max),
        ("maximum", "exclusiveMaximum", min),
    ):
        ends = [
            Bound(node[key], key != name)
            for key in (name, exclusive)
            if is_number(node.get(key))
        ]
        if ends:
            value = strictest(end.value for end in ends)
            excluded = any(end.exclusive for end in ends if end.value == value)
            bounds[name] = Bound(value, excluded)
    form = node.get("format")
    if isinstance(form, str) and form != _HINT:
        keyword, limit = _AS_KEYWORDS.get(form, ("format", form))
        bounds[keyword] = limit
    for name in ("contentMediaType", "contentEncoding"):
        if isinstance(node.get(name), str):
            bounds[name] = node[name].lower()
    names = _type_names(node)
    if is_number(node.get("multipleOf")) and node["multipleOf"] > 0:
        bounds["multipleOf"] = node["multipleOf"]
    if "integer" in names and "number" not in names:
        bounds["multipleOf"] = common_multiple(1, bounds.get("multipleOf", 1))
    if node.get("items") is False and not sequence(node.get("prefixItems")):
        bounds["maxItems"] = Bound(0)
    if node.get("uniqueItems") is True:
        bounds["uniqueItems"] = True
    return bounds


def _patterns(schema: Located) -> dict[str, str]:
    pointer, pattern = schema.member("pattern")
    is_limit = isinstance(pattern, str) and pattern not in _ANY_TEXT
    return {pattern: pointer} if is_limit else {}


def _limit(schema: Located, key: str) -> Located | None:
    """Return the schema at a key, if it is one that limits something."""
    return schema.member(key) if _limits(schema.get(key)) else None


def _limits(schema: object) -> bool:
    return schema is False or bool(mapping(schema))


def _members(schema: Located) -> tuple[Members, ...]:
    """Read what is said of members; a pattern of every name is about all of them."""
    patterns = schema.members("patternProperties")
    of_all = [patterns.pop(one) for one in _ANY_NAME & patterns.keys()]
    additional = None if of_all else _limit(schema, "additionalProperties")
    members = Members(schema.members("properties"), patterns, additional)
    is_empty = not (members.properties or members.patterns or members.additional)
    return (
        *(() if is_empty else (members,)),
        *(Members({}, {}, one) for one in of_all if _limits(one.value)),
    )


def _items(schema: Located) -> tuple[Items, ...]:
    prefix, rest = tuple(schema.items("prefixItems")), _limit(schema, "items")
    return (Items(prefix, rest),) if prefix or rest else ()


def _rules(schema: Located) -> list[str]:
    """Return the keywords that are compared by themselves, if they limit anything."""
    node = schema.node
    idle = [
        key for key in ("propertyNames", "contentSchema") if not _limit(schema, key)
    ]
    if not any(mapping(node.get("dependentRequired")).values()):
        idle.append("dependentRequired")
    if "contains" not in node:
        idle += ["minContains", "maxContains"]
    if "if" not in node or not ("then" in node or "else" in node):
        idle += ["if", "then", "else"]
    return [key for key in RULES if key in node and key not in idle]
