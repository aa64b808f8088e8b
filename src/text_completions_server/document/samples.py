"""Sample values for the schemas of a document.

An example comes first. Without one, a small value is made of the const, default,
enum, type and bounds. Whatever else a schema asks for needs an example.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from text_completions_document import Node, mapping, sequence

from .source import Source

_FORMATS: Final = {
    "date": "2023-06-01",
    "date-time": "2023-06-01T12:00:00Z",
    "time": "12:00:00Z",
    "uuid": "13803d75-b4b5-4c3e-b2a2-6f21399b021b",
    "duration": "PT1H",
    "uri": "https://example.com/",
    "iri": "https://example.com/",
    "email": "someone@example.com",
    "idn-email": "someone@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "json-pointer": "/text",
}
_CHOSEN: Final = {"const", "example", "default", "examples", "enum"}
"""The keywords that choose a value."""

_MAX_SIZE: Final = 10_000
_KEYWORDS_OF: Final = {
    "object": {"properties", "required", "additionalProperties"},
    "array": {"items", "minItems", "maxItems"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "multipleOf"},
}


class _NoValueError(Exception):
    """No value of a member can be made that matches a keyword."""

    def __init__(self, member: str, keyword: str) -> None:
        where = f"the member {member}" if member else "the value"
        super().__init__(
            f"no sample of {where} matches {keyword}: write an example that does"
        )


def sample_value(source: Source, pointer: str, schema: object) -> Any:
    """Make a value of the schema here, with every member that responses have.

    It is always the same.

    Raises:
        NoSample: A value cannot be made; names the member and the reason.
        DocumentError: The schema is invalid.
    """
    # Compiled first: keywords with values of a wrong type are refused here.
    validator = source.validator(pointer, optional="writeOnly")
    try:
        value = _Maker(source, pointer).make(schema, "", frozenset())
        for violation in validator.iter_errors(value):
            member = "/".join(map(str, violation.instance_path))
            raise _NoValueError(member, f'"{violation.schema_path[-1]}"')
    except _NoValueError as error:
        raise source.no_sample(pointer, str(error)) from error
    return value


class _Maker:
    """Makes one value, of the schema at a pointer."""

    def __init__(self, source: Source, pointer: str) -> None:
        self._source = source
        self._pointer = pointer
        self._count = 0

    def make(self, schema: object, member: str, within: frozenset[str]) -> Any:
        """Make the value of a member, which is reached by these references."""
        self._count += 1
        if self._count > _MAX_SIZE:  # perhaps the document is hostile
            reason = f"a sample has more than {_MAX_SIZE} values: write an example"
            raise self._source.no_sample(self._pointer, reason)
        if schema is False:
            raise _NoValueError(member, "false")
        node, within = self._flat(schema, member, within)
        for key in ("const", "example", "default"):
            if key in node:
                return node[key]
        for value in [*sequence(node.get("examples")), *sequence(node.get("enum"))]:
            return value
        for key in ("anyOf", "oneOf"):
            if branches := sequence(node.pop(key, None)):
                return self._of_branches(node, branches, member, within)
        match _type(node):
            case "object":
                return self._object(node, member, within)
            case "array":
                return self._array(node, member, within)
            case "integer" | "number" as kind:
                return _number(node, is_integer=kind == "integer")
            case "boolean":
                return True
            case "null":
                return None
            case _:
                return _text(node)

    def _flat(
        self, schema: object, member: str, within: frozenset[str]
    ) -> tuple[dict[str, Any], frozenset[str]]:
        """Write the `$ref` and the `allOf` of a schema into it.

        Returns:
            The schema, and the references that lead to what is in it.
        """
        reference = mapping(schema).get("$ref")
        if reference is not None:
            if reference in within:
                raise _NoValueError(member, "a schema that contains itself")
            within |= {reference}
        reached, node = within, dict(self._source.resolve("#", schema))
        for branch in sequence(node.pop("allOf", None)):
            inner, through = self._flat(branch, member, within)
            reached |= through
            members = {
                **mapping(inner.get("properties")),
                **mapping(node.get("properties")),
            }
            names = [*sequence(inner.get("required")), *sequence(node.get("required"))]
            node = {**inner, **node, "properties": members, "required": names}
        return node, reached

    def _of_branches(
        self, beside: Node, branches: list[Any], member: str, within: frozenset[str]
    ) -> Any:
        branches = sorted(branches, key=lambda one: mapping(one).get("type") == "null")
        called = mapping(beside.get("discriminator"))
        parts = [[self._called(called, one), one] for one in branches]
        for part in parts[:-1]:
            with suppress(_NoValueError):
                return self.make({**beside, "allOf": part}, member, within)
        return self.make({**beside, "allOf": parts[-1]}, member, within)

    def _called(self, discriminator: Node, branch: object) -> Node:
        """Return what a discriminator says of the members of a branch."""
        name = discriminator.get("propertyName")
        member = self._source.members("#", branch).get(str(name))
        target = str(mapping(branch).get("$ref")).rpartition("/")[2]
        if member is None or _CHOSEN & self._source.resolve(*member).keys():
            return {}
        for value, other in mapping(discriminator.get("mapping")).items():
            if str(other).rpartition("/")[2] == target:
                return {"properties": {name: {"const": value}}}
        return {"properties": {name: {"const": target}}}

    def _object(
        self, node: Node, member: str, within: frozenset[str]
    ) -> dict[str, Any]:
        required = set(sequence(node.get("required")))
        properties = mapping(node.get("properties"))
        others = node.get("additionalProperties", True)
        names = [*properties, *sorted(required - properties.keys())]
        if mapping(others):
            names.append("key")
        value: dict[str, Any] = {}
        for name in names:
            schema = properties.get(name, others)
            if self._source.resolve("#", schema).get("writeOnly") is True:
                continue
            try:
                value[name] = self.make(schema, f"{member}/{name}".lstrip("/"), within)
            except _NoValueError:
                if name in required:
                    raise
        return value

    def _array(self, node: Node, member: str, within: frozenset[str]) -> list[Any]:
        least = int(node.get("minItems", 0))
        count = max(least, min(1, int(node.get("maxItems", 1))))
        items = node.get("items", True)
        try:
            return [self.make(items, f"{member}/0", within) for _ in range(count)]
        except _NoValueError:
            if least:
                raise
            return []


def _type(node: Node) -> str:
    types = node.get("type")
    if isinstance(types, str):
        return types
    for name in sorted(sequence(types), key=lambda name: name == "null"):
        return str(name)
    return next((name for name, keys in _KEYWORDS_OF.items() if keys & node.keys()), "")


def _number(node: Node, *, is_integer: bool) -> float:
    """Return the least number within the bounds, or else the greatest, or 0."""
    step = node.get("multipleOf", 1 if is_integer else 0.5)
    low = node.get("minimum", node.get("exclusiveMinimum"))
    high = node.get("maximum", node.get("exclusiveMaximum"))
    number: float = 0
    if low is not None:
        number = -(-low // step) * step  # exact, where a quotient is not
        number += step if number == node.get("exclusiveMinimum") else 0
    elif high is not None and high <= 0:
        number = high // step * step
        number -= step if number == node.get("exclusiveMaximum") else 0
    if low is not None and high is not None and not is_integer:
        is_inside = number <= high and number != node.get("exclusiveMaximum")
        number = number if is_inside else (low + high) / 2
    return int(number) if is_integer else round(float(number), 12)  # 3 * 0.1 is 0.3


def _text(node: Node) -> str:
    if node.get("format") in _FORMATS:
        return _FORMATS[node["format"]]
    length = min(int(node.get("minLength", 0)), _MAX_SIZE)
    text = "text".ljust(length, "t")
    return text[: int(node.get("maxLength", len(text)))]
