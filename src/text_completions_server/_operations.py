"""The operations of the document: what each asks of a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ._source import Node, Source, mapping, sequence

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
    """A JSON request body: its schema, and its size limit in bytes."""

    required: bool
    max_bytes: int | None
    schema: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StreamForm:
    """How one wire version writes a stream of text.

    Attributes:
        named: Whether the events that carry text have a name.
        cumulative: Whether each event repeats the text so far.
        end: The data of the last event, if an end is marked.
    """

    named: bool = True
    cumulative: bool = False
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """The first JSON example of the first success; the value None has no body."""

    status: int
    value: object


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document.

    Attributes:
        id: Its operationId.
        path: The path template.
        method: The method, in capitals.
        key_header: The header that carries the key, None where none is asked.
        headers: The rules of its other headers.
        body: The rule of its JSON body, None where there is none.
        stops: The stop sequences that it always has.
        version_header: The header that names the wire version, None without any.
        streams: How each wire version writes its stream.
        example: What it answers, as the document shows it.
        members: The members of its answer, empty where they are not described.
    """

    id: str
    path: str
    method: str
    key_header: str | None
    headers: tuple[HeaderRule, ...]
    body: BodyRule | None
    stops: tuple[str, ...]
    version_header: str | None
    streams: Mapping[str, StreamForm]
    example: Example | None
    members: frozenset[str]

    def stream_form(self, version: str) -> StreamForm:
        """The form of this version; the newest for one that is not described."""
        forms = self.streams
        return forms.get(version) or next(iter(forms.values()), StreamForm())


def read_operations(source: Source) -> Iterator[Operation]:
    for path, item in source.items(source.root.get("paths"), "paths"):
        for method in sorted(METHODS & item.keys()):
            yield _operation(source, path, item, method, f"{path}.{method}")


def _operation(
    source: Source, path: str, item: Node, method: str, place: str
) -> Operation:
    node = source.at(item[method], place)
    parameters = sequence(item.get("parameters")) + sequence(node.get("parameters"))
    body = source.at(node.get("requestBody"), place)
    media = mapping(mapping(body.get("content")).get("application/json"))
    return Operation(
        id=str(node.get("operationId", place)),
        path=path,
        method=method.upper(),
        key_header=_key_header(source, node, place),
        headers=tuple(_header_rules(source, parameters, place)),
        body=_body_rule(source, body, media) if "schema" in media else None,
        stops=tuple(_built_in_stops(source, media, place)),
        version_header=_version_header(source, node, place),
        streams=dict(_stream_forms(source, node, place)),
        example=_example(source, node, place),
        members=_members(source, node, place),
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


def _body_rule(source: Source, body: Node, media: Node) -> BodyRule:
    limit = body.get("x-contract-max-bytes")
    return BodyRule(
        required=body.get("required") is True,
        max_bytes=limit if isinstance(limit, int) else None,
        # The references in the schema are pointers into the document's components.
        schema={
            **mapping(media["schema"]),
            "components": source.root.get("components", {}),
        },
    )


def _built_in_stops(source: Source, media: Node, place: str) -> Iterator[str]:
    schema = source.at(media.get("schema"), place)
    for _, member in source.items(schema.get("properties"), place):
        yield from map(str, sequence(member.get("x-contract-built-in")))


def _stream_extension(source: Source, operation: Node, place: str) -> Node:
    success = _success(source, operation, place)[1]
    media = mapping(mapping(success.get("content")).get("text/event-stream"))
    return mapping(media.get("x-contract-stream"))


def _version_header(source: Source, operation: Node, place: str) -> str | None:
    name = _stream_extension(source, operation, place).get("version")
    return name.lower() if isinstance(name, str) else None


def _stream_forms(
    source: Source, operation: Node, place: str
) -> Iterator[tuple[str, StreamForm]]:
    versions = _stream_extension(source, operation, place).get("versions")
    for version, form in source.items(versions, place):
        end = form.get("end")
        yield (
            version,
            StreamForm(
                named="unnamed" not in form,
                cumulative=form.get("cumulative") is True,
                end=end if isinstance(end, str) else None,
            ),
        )


def _success(source: Source, operation: Node, place: str) -> tuple[int, Node]:
    responses = dict(source.items(operation.get("responses"), place))
    for status in sorted(responses):
        if status.isdecimal() and status.startswith("2"):
            return int(status), responses[status]
    return 200, {}


def _members(source: Source, operation: Node, place: str) -> frozenset[str]:
    success = _success(source, operation, place)[1]
    media = mapping(mapping(success.get("content")).get("application/json"))
    schema = source.at(media.get("schema"), place)
    return frozenset(mapping(schema.get("properties")))


def _example(source: Source, operation: Node, place: str) -> Example | None:
    status, success = _success(source, operation, place)
    content = mapping(success.get("content"))
    if not content:
        return Example(status, None)
    media = mapping(content.get("application/json"))
    for _, example in source.items(media.get("examples"), place):
        return Example(status, example.get("value"))
    if "example" in media:
        return Example(status, media["example"])
    for value in sequence(source.at(media.get("schema"), place).get("examples")):
        return Example(status, value)
    return None
