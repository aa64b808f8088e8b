"""Parameters: found in a request, read as their schemas allow, and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote

from starlette.types import Scope

from text_completions_document import Node, below, mapping, sequence

from ..errors import bad_request
from .source import Source
from .strict_json import NotJson, parse_json
from .validation import Validator

JSON: Final = "application/json"

_STYLES: Final[Mapping[str, Mapping[str, str]]] = {
    "path": {"simple": ","},
    "header": {"simple": ","},
    "cookie": {"form": ","},
    "query": {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"},
}
"""The styles that are read, by location, and what separates the items of a list."""

_IGNORED_HEADERS: Final = {"accept", "authorization", "content-type"}
"""OpenAPI says that parameters of these names are ignored."""


class TextReader:
    """Reads a value from text: the one that matches its schema, if any does.

    Args:
        name: The name of the value, for messages.
        validator: Checks an object with the value as its only member.
        separator: What separates the items of a list; None for repeated texts.
    """

    def __init__(self, name: str, validator: Validator, separator: str | None) -> None:
        self._name = name
        self._validator = validator
        self._separator = separator

    def read(self, texts: Sequence[str]) -> tuple[object, str | None]:
        """Return the value and what is wrong with it; None if it is valid.

        If nothing matches the schema, the value of the right type comes first.
        """
        text = texts[-1]
        violation = self._validator.violation({self._name: text})
        if violation is None:
            return text, None
        wrong: list[tuple[object, str]] = [(text, violation)]
        for value in self._other_values(texts):
            violation = self._validator.violation({self._name: value})
            if violation is None:
                return value, None
            wrong.append((value, violation))
        wrong_type = f"{self._name}: Input should be a "
        return min(wrong, key=lambda each: each[1].startswith(wrong_type))

    def _other_values(self, texts: Sequence[str]) -> Iterator[object]:
        """Yield what the texts may mean beside the last one as it is."""
        yield from _literal(texts[-1])
        if self._separator is not None:
            texts = [each.strip() for each in texts[-1].split(self._separator)]
        yield [next(_literal(text), text) for text in texts]
        yield list(texts)


class JsonReader(TextReader):
    """Reads a value from JSON."""

    def read(self, texts: Sequence[str]) -> tuple[object, str | None]:
        """Return the value and what is wrong with it; None if it is valid.

        Raises:
            ApiError: 400; it is not JSON.
        """
        try:
            value = parse_json(texts[-1].encode())
        except (NotJson, UnicodeEncodeError):
            raise bad_request(f"{self._name}: is not valid JSON") from None
        return value, self._validator.violation({self._name: value})


def _literal(text: str) -> Iterator[object]:
    """Yield the number, boolean or null that a text means, if it means one."""
    if not text:
        yield None
        return
    try:
        value = parse_json(text.encode())
    except (NotJson, UnicodeEncodeError):
        return
    if isinstance(value, (int, float)):
        yield value


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation.

    Attributes:
        name: Its name; of a header in lower case.
        location: `path`, `query`, `header` or `cookie`.
        required: Whether a request must have it.
        default: What its absence means, if the schema says so.
        is_enum: Whether it is a header with a list of values.
        may_be_empty: Whether no text is valid whatever its schema says.
        reader: Reads its value from text.
    """

    name: str
    location: str
    required: bool
    default: str | None
    is_enum: bool
    may_be_empty: bool
    reader: TextReader

    def check(self, scope: Scope, headers: Mapping[str, str]) -> object:
        """Return the value in a request; None if it is left out.

        Raises:
            ApiError: 400; it is missing, or has a wrong value.
        """
        texts: Sequence[str]
        if self.location == "header":
            texts = [headers[self.name].strip()] if self.name in headers else ()
        else:
            texts = self._texts(scope, headers)
        if not texts:
            if self.required:
                is_header = self.location == "header"
                what = "header is required" if is_header else "Field required"
                raise bad_request(f"{self.name}: {what}")
            return None
        if self.may_be_empty and texts[-1] == "":
            return None
        value, violation = self.reader.read(texts)
        if violation is not None and self.is_enum:
            noun = self.name.rpartition("-")[2]
            raise bad_request(f'{self.name}: "{texts[-1]}" is not a valid {noun}')
        if violation is not None:
            raise bad_request(violation)
        return value

    def _texts(self, scope: Scope, headers: Mapping[str, str]) -> Sequence[str]:
        match self.location:
            case "path":
                return [scope["path_params"][self.name]]
            case "query":
                return _query(scope["query_string"]).get(self.name, ())
            case _:
                return _cookies(headers.get("cookie", "")).get(self.name, ())


def read_parameters(
    source: Source, at_path: str, item: Node, at_operation: str, operation: Node
) -> Iterator[Parameter]:
    """Read the parameters of an operation and of its path, headers first.

    Raises:
        DocumentError: A parameter has a form that cannot be read.
    """
    found: dict[tuple[str, str], Parameter] = {}
    for pointer, node in ((at_path, item), (at_operation, operation)):
        place = below(pointer, "parameters")
        for index, each in enumerate(source.list_at(place, node.get("parameters"))):
            parameter = _parameter(source, *source.object_at(below(place, index), each))
            found[parameter.location, parameter.name] = parameter
    for parameter in sorted(found.values(), key=lambda each: each.location != "header"):
        if parameter.location != "header" or parameter.name not in _IGNORED_HEADERS:
            yield parameter


def _parameter(source: Source, pointer: str, node: Node) -> Parameter:
    location, name = str(node.get("in")), node.get("name")
    if not isinstance(name, str):
        raise source.error(pointer, "the parameter has no name")
    name = name.lower() if location == "header" else name
    if location not in _STYLES:
        reason = f"the parameter {name!r} is in {location!r}: use path, query or header"
        raise source.error(pointer, reason)
    content = mapping(node.get("content"))
    if content and JSON not in content:
        reason = f"the parameter {name!r} is not JSON: use {JSON} or a schema"
        raise source.error(pointer, reason)
    at_schema = below(pointer, *(("content", JSON) if content else ()), "schema")
    schema = source.resolve(at_schema, source.at(at_schema))
    validator = Validator(source.validator(at_schema, member=name))
    if content:
        reader: TextReader = JsonReader(name, validator, None)
    else:
        separator = _separator(source, pointer, node)
        refuse_objects(source, pointer, name, schema)
        reader = TextReader(name, validator, separator)
    default = schema.get("default")
    return Parameter(
        name=name,
        location=location,
        required=node.get("required") is True,
        default=default if isinstance(default, str) else None,
        is_enum=location == "header" and "enum" in schema,
        may_be_empty=location == "query" and node.get("allowEmptyValue") is True,
        reader=reader,
    )


def _separator(source: Source, pointer: str, node: Node) -> str | None:
    """Return what separates the items of a list; None if the parameter is repeated."""
    name, location = node.get("name"), str(node.get("in"))
    separators = _STYLES[location]
    style = str(node.get("style", next(iter(separators))))
    if style not in separators:
        known = " or ".join(separators)
        reason = f"the style {style!r} of {name!r} cannot be read: use {known}"
        raise source.error(pointer, reason)
    is_repeated = location in ("query", "cookie") and node.get(
        "explode", style == "form"
    )
    return None if is_repeated else separators[style]


def refuse_objects(source: Source, pointer: str, name: str, schema: object) -> None:
    """Refuse a parameter or field that is an object, or a list of them.

    Raises:
        DocumentError: It is one, perhaps by `$ref` or `allOf`.
    """
    for at, part in [*source.parts(pointer, schema)]:
        for _, each in [(at, part), *source.parts(at, part.get("items"))]:
            kinds = (each.get("type"), *sequence(each.get("type")))
            if "object" in kinds or "properties" in each:
                reason = (
                    f"{name!r} has objects, which cannot be read: describe each member "
                    f"by itself, or use content with {JSON}"
                )
                raise source.error(pointer, reason)


def read_form(raw: bytes) -> Mapping[str, list[str]]:
    """Read the fields of a form, or of a query.

    Raises:
        UnicodeDecodeError: It is not UTF-8.
    """
    fields: dict[str, list[str]] = {}
    for name, text in parse_qsl(
        raw.decode("ascii"), keep_blank_values=True, errors="strict"
    ):
        fields.setdefault(name, []).append(text)
    return fields


def _query(raw: bytes) -> Mapping[str, list[str]]:
    try:
        return read_form(raw)
    except UnicodeDecodeError:
        raise bad_request("query: must be UTF-8") from None


def _cookies(header: str) -> Mapping[str, list[str]]:
    cookies: dict[str, list[str]] = {}
    for name, _, text in (part.partition("=") for part in header.split(";")):
        cookies.setdefault(name.strip(), []).append(unquote(text.strip()))
    return cookies
