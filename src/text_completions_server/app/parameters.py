"""Parameters outside of a JSON body: read from the wire, held against the document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request

from .errors import bad_request
from .source import Node, Source, mapping, sequence
from .validation import BodyValidator

Found = Mapping[str, list[str]]
"""What a request carries in one location: the texts by the names of parameters."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the texts of one parameter, or of one field of a form, become a value.

    Attributes:
        types: The types that the schema lets in; empty for any.
        listed: The same of the items of a list, None where it is no list.
        repeated: Whether a list is sent as several parameters of the name.
    """

    types: frozenset[str]
    listed: frozenset[str] | None
    repeated: bool

    def value(self, texts: list[str]) -> object:
        """The value that the texts mean; a text that means nothing stays a text."""
        if self.listed is None:
            return _meant(texts[-1], self.types)
        items = texts if self.repeated else texts[-1].split(",")
        return [_meant(item, self.listed) for item in items]


@dataclass(frozen=True, slots=True)
class ParameterRules:
    """The parameters of an operation in one location.

    Attributes:
        location: `path`, `query`, `header` or `cookie`.
        readings: How each one is read, by its name.
        schema: The schema of the object that they make.
    """

    location: str
    readings: Mapping[str, Reading]
    schema: Node


def parameter_rules(
    source: Source, parameters: Iterable[object], place: str
) -> Iterator[ParameterRules]:
    """Read what the document asks of parameters.

    Headers that take any text, or some, are checked elsewhere: see `HeaderRule`.
    """
    found: dict[str, dict[str, Node]] = {}
    for parameter in (source.at(each, place) for each in parameters):
        location, name = str(parameter.get("in")), str(parameter.get("name"))
        if location == "header":
            name = name.lower()
        if location != "header" or not _is_plain(source, parameter, place):
            found.setdefault(location, {})[name] = parameter
    for location, named in found.items():
        yield _rules(source, location, named, place)


def _rules(
    source: Source, location: str, named: Mapping[str, Node], place: str
) -> ParameterRules:
    schemas = {name: each["schema"] for name, each in named.items() if "schema" in each}
    required = [
        name
        for name, each in named.items()
        if each.get("required") is True and location != "header"
    ]
    exploded = location in ("query", "cookie")
    return ParameterRules(
        location=location,
        readings={
            name: reading_of(
                source, schema, place, repeated=named[name].get("explode", exploded)
            )
            for name, schema in schemas.items()
        },
        schema={
            "properties": schemas,
            "required": required,
            "components": source.root.get("components", {}),
        },
    )


def _is_plain(source: Source, parameter: Node, place: str) -> bool:
    """Whether a header takes whatever text it is given, or texts in a list of them."""
    schema = source.at(parameter.get("schema"), place)
    said = schema.keys() - {"description", "examples", "example", "default", "title"}
    if schema.get("type") == "array" and said <= {"type", "items"}:
        return _is_plain(source, {"schema": schema.get("items")}, place)
    return schema.get("type", "string") == "string" and said <= {"type", "enum"}


def reading_of(
    source: Source, schema: object, place: str, *, repeated: object
) -> Reading:
    """How the texts of a parameter with this schema are read."""
    node = source.at(schema, place)
    types = frozenset(_types(source, node, place))
    lists = "array" in types or ("items" in node and not types)
    items = source.at(node.get("items"), place)
    listed = frozenset(_types(source, items, place)) if lists else None
    return Reading(types, listed, repeated is True)


def _types(source: Source, node: Node, place: str) -> Iterator[str]:
    said = node.get("type")
    yield from [said] if isinstance(said, str) else map(str, sequence(said))
    if "type" not in node:
        options = [node["const"]] if "const" in node else sequence(node.get("enum"))
        yield from (
            _NAMES[type(option)] for option in options if type(option) in _NAMES
        )
    for key in ("allOf", "anyOf", "oneOf"):
        for branch in sequence(node.get(key)):
            yield from _types(source, source.at(branch, place), place)


_NAMES: Mapping[type, str] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
}


def _meant(text: str, types: frozenset[str]) -> object:
    """What a text means where these types are let in, the text itself if nothing."""
    if types & {"integer", "number"} and (number := _number(text)) is not None:
        return number
    if "boolean" in types and text in ("true", "false"):
        return text == "true"
    if "null" in types and not text and "string" not in types:
        return None
    return text


def _number(text: str) -> float | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, (int, float)) and value is not True else None


# Checking -------------------------------------------------------------------


class ParameterCheck:
    """The rules of one location, compiled once.

    Raises:
        ValueError: A schema is broken; the message is one line.
    """

    def __init__(self, rules: ParameterRules) -> None:
        self._rules = rules
        self._find = _FINDERS[rules.location]
        self._validator = BodyValidator(rules.schema)

    def check(self, request: Request) -> None:
        """Refuse a parameter that is missing or breaks its schema.

        Raises:
            ApiError: 400.
        """
        found = self._find(request)
        values = {
            name: reading.value(found[name])
            for name, reading in self._rules.readings.items()
            if name in found
        }
        violation = self._validator.violation(values)
        if violation is not None:
            raise bad_request(violation)


def form_of(raw: bytes) -> Found:
    """The fields of a form, or of a query.

    Raises:
        UnicodeDecodeError: It is not UTF-8.
    """
    pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict")
    return _grouped(pairs)


def _grouped(pairs: Iterable[tuple[str, str]]) -> Found:
    found: dict[str, list[str]] = {}
    for name, text in pairs:
        found.setdefault(name, []).append(text)
    return found


def _query(request: Request) -> Found:
    try:
        return form_of(request.scope["query_string"])
    except UnicodeDecodeError:
        raise bad_request("query: must be UTF-8") from None


def _headers(request: Request) -> Found:
    return {name: [value.strip()] for name, value in request.headers.items()}


def _cookies(request: Request) -> Found:
    pairs = (
        part.partition("=") for part in request.headers.get("cookie", "").split(";")
    )
    return _grouped((name.strip(), unquote(text.strip())) for name, _, text in pairs)


def _path(request: Request) -> Found:
    return {name: [text] for name, text in request.path_params.items()}


_FINDERS: Mapping[str, Callable[[Request], Found]] = {
    "path": _path,
    "query": _query,
    "header": _headers,
    "cookie": _cookies,
}


def schemas_of_fields(
    source: Source, schema: object, place: str
) -> Mapping[str, object]:
    """The schemas of an object's members, wherever it has them from."""
    node = source.at(schema, place)
    found = dict(mapping(node.get("properties")))
    for branch in sequence(node.get("allOf")):
        found.update(schemas_of_fields(source, branch, place))
    return found
