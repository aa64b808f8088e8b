"""The operations of the document: what each asks of a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .parameters import (
    ParameterRules,
    Reading,
    parameter_rules,
    reading_of,
    schemas_of_fields,
)
from .source import Node, Source, below, mapping, sequence

JSON = "application/json"
STREAM = "text/event-stream"
FORM = "application/x-www-form-urlencoded"

METHODS = frozenset(
    {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
)


@dataclass(frozen=True, slots=True)
class HeaderRule:
    """A header parameter: whether it must be there, and which values it takes.

    Attributes:
        name: Its name, in lower case.
        required: Whether it must be there.
        allowed: The values that it takes, None for any.
        default: What its absence means, if the schema says so.
    """

    name: str
    required: bool
    allowed: frozenset[str] | None
    default: str | None


@dataclass(frozen=True, slots=True)
class BodyRule:
    """A request body: its size limit in bytes, and its schema.

    Attributes:
        required: Whether it must be there.
        max_bytes: How many bytes are read, None where the document does not say.
        schema: What it must match.
        media_type: Its type: JSON, a form, or one whose content is not read.
        fields: How the fields of a form are read.
    """

    required: bool
    max_bytes: int | None
    schema: Mapping[str, object]
    media_type: str = JSON
    fields: Mapping[str, Reading] = field(default_factory=dict[str, Reading])


@dataclass(frozen=True, slots=True)
class StreamForm:
    """How one wire version writes a stream of text.

    Attributes:
        unnamed: The event that is written without its name, if there is one.
        cumulative: Whether each event repeats the text so far.
        end: The data of the last event, if an end is marked.
    """

    unnamed: str | None = None
    cumulative: bool = False
    end: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseRule:
    """The response that an operation describes for its success.

    Attributes:
        status: Its status.
        pointer: Where the document describes it.
        node: Its description.
    """

    status: int
    pointer: str
    node: Node


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document.

    Attributes:
        id: Its operationId.
        pointer: Where the document describes it.
        path: The path template.
        method: The method, in capitals.
        key_header: The header that carries the key, None where none is asked.
        headers: The rules of its other headers.
        parameters: The rules of its parameters, but for headers of any text.
        body: The rule of its body, None where there is none.
        response: Its first success, or the first response of all.
        stops: The stop sequences that it always has.
        version_header: The header that names the wire version, None without any.
        streams: How each wire version writes its stream.
        members: The members of its answer, empty where they are not described.
    """

    id: str
    pointer: str
    path: str
    method: str
    key_header: str | None
    headers: tuple[HeaderRule, ...]
    parameters: tuple[ParameterRules, ...]
    body: BodyRule | None
    response: ResponseRule
    stops: tuple[str, ...]
    version_header: str | None
    streams: Mapping[str, StreamForm]
    members: frozenset[str]

    def stream_form(self, version: str) -> StreamForm:
        """The form of this version; the newest for one that is not described."""
        forms = self.streams
        return forms.get(version) or next(iter(forms.values()), StreamForm())


def read_operations(source: Source) -> Iterator[Operation]:
    """Read every operation of every path."""
    for path, item in source.items(source.root.get("paths"), "#/paths"):
        for method in sorted(METHODS & item.keys()):
            yield _operation(source, path, item, method)


def _operation(source: Source, path: str, item: Node, method: str) -> Operation:
    place = below("#/paths", path, method)
    node = source.at(item[method], place)
    parameters = sequence(item.get("parameters")) + sequence(node.get("parameters"))
    body = source.at(node.get("requestBody"), place)
    media = mapping(mapping(body.get("content")).get(JSON))
    response = _response_rule(source, node, place)
    content = mapping(response.node.get("content"))
    stream = source.at(content.get(STREAM), place)
    extension = mapping(stream.get("x-contract-stream"))
    version = extension.get("version")
    return Operation(
        id=str(node.get("operationId", f"{path}.{method}")),
        pointer=place,
        path=path,
        method=method.upper(),
        key_header=_key_header(source, node, place),
        headers=tuple(_header_rules(source, parameters, place)),
        parameters=tuple(parameter_rules(source, parameters, place)),
        body=_body_rule(source, body, place),
        response=response,
        stops=tuple(_built_in_stops(source, media, place)),
        version_header=version.lower() if isinstance(version, str) else None,
        streams=dict(_stream_forms(source, extension, place)),
        members=_members(source, content, place),
    )


def _key_header(source: Source, operation: Node, place: str) -> str | None:
    schemes = mapping(mapping(source.root.get("components")).get("securitySchemes"))
    asked = operation.get("security", source.root.get("security"))
    for name in (name for each in sequence(asked) for name in mapping(each)):
        scheme = source.at(schemes.get(name), place)
        if (scheme.get("type"), scheme.get("in")) == ("apiKey", "header"):
            return str(scheme.get("name")).lower()
    return None


def _header_rules(
    source: Source, parameters: list[object], place: str
) -> Iterator[HeaderRule]:
    for parameter in (source.at(each, place) for each in parameters):
        if parameter.get("in") == "header":
            schema = source.at(parameter.get("schema"), place)
            values, default = schema.get("enum"), schema.get("default")
            yield HeaderRule(
                name=str(parameter.get("name")).lower(),
                required=parameter.get("required") is True,
                allowed=frozenset(map(str, sequence(values))) if values else None,
                default=default if isinstance(default, str) else None,
            )


def _body_rule(source: Source, body: Node, place: str) -> BodyRule | None:
    content = mapping(body.get("content"))
    media_type = JSON if JSON in content else next(iter(content), None)
    if media_type is None:
        return None
    media = source.at(content[media_type], place)
    limit, schema = body.get("x-contract-max-bytes"), media.get("schema", {})
    is_form = media_type == FORM
    fields = schemas_of_fields(source, schema if is_form else None, place)
    return BodyRule(
        required=body.get("required") is True,
        max_bytes=limit if isinstance(limit, int) else None,
        # The references in the schema are pointers into the document's components.
        schema={**mapping(schema), "components": source.root.get("components", {})},
        media_type=media_type,
        fields={
            name: reading_of(source, each, place, repeated=True)
            for name, each in fields.items()
        },
    )


def _built_in_stops(source: Source, media: Node, place: str) -> Iterator[str]:
    schema = source.at(media.get("schema"), place)
    for _, member in source.items(schema.get("properties"), place):
        yield from map(str, sequence(member.get("x-contract-built-in")))


def _stream_forms(
    source: Source, extension: Node, place: str
) -> Iterator[tuple[str, StreamForm]]:
    for version, form in source.items(extension.get("versions"), place):
        end = form.get("end")
        yield (
            version,
            StreamForm(
                unnamed=str(form["unnamed"]) if "unnamed" in form else None,
                cumulative=form.get("cumulative") is True,
                end=end if isinstance(end, str) else None,
            ),
        )


def _members(source: Source, content: Node, place: str) -> frozenset[str]:
    schema = source.at(mapping(content.get(JSON)).get("schema"), place)
    return frozenset(mapping(schema.get("properties")))


def _response_rule(source: Source, operation: Node, place: str) -> ResponseRule:
    """Find the first 2xx response, else `default`, else the first redirect."""
    responses = mapping(operation.get("responses"))
    keys = sorted(responses, key=lambda key: ("2d3".find(key[:1]), key))
    for key in keys:
        if key.startswith(("2", "3")) or key == "default":
            pointer = below(place, "responses", key)
            pointer, node = source.follow(pointer, responses[key])
            status = int(key) if key.isdecimal() else 200
            return ResponseRule(status, pointer, node)
    return ResponseRule(200, below(place, "responses"), {})
