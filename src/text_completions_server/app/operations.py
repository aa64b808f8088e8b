"""The operations of the document: what each asks of a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from text_completions_document import Node, below, mapping, sequence

from .bodies import RequestBody
from .parameters import JSON, Parameter, read_parameters
from .security import Security
from .source import Source

STREAM = "text/event-stream"

METHODS = frozenset(
    {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
)


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
        security: The keys that it asks for.
        parameters: Its parameters, headers first.
        body: Its request body; None where there is none.
        response: Its first 2xx, else `default`, else the first 3xx.
        stops: The stop sequences that it always has.
        version_header: The header that names the wire version; empty without any.
        default_version: The version of a request without that header.
        streams: How each wire version writes its stream.
        members: The members of its answer, empty where they are not described.
    """

    id: str
    pointer: str
    path: str
    method: str
    security: Security
    parameters: tuple[Parameter, ...]
    body: RequestBody | None
    response: ResponseRule
    stops: tuple[str, ...]
    version_header: str
    default_version: str
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
    node = source.resolve(place, item[method])
    parameters = tuple(
        read_parameters(source, below("#/paths", path), item, place, node)
    )
    at_body, body = source.follow(below(place, "requestBody"), node.get("requestBody"))
    media = mapping(mapping(mapping(body).get("content")).get(JSON))
    response = _response_rule(source, node, place)
    content = mapping(response.node.get("content"))
    stream = source.resolve(place, content.get(STREAM))
    extension = mapping(stream.get("x-contract-stream"))
    version = str(extension.get("version", "")).lower()
    defaults = {each.name: each.default for each in parameters}
    return Operation(
        id=str(node.get("operationId", f"{path}.{method}")),
        pointer=place,
        path=path,
        method=method.upper(),
        security=Security(source, place, node),
        parameters=parameters,
        body=RequestBody(source, at_body, body) if body is not None else None,
        response=response,
        stops=tuple(_built_in_stops(source, media, place)),
        version_header=version,
        default_version=defaults.get(version) or "",
        streams=dict(_stream_forms(source, extension, place)),
        members=_members(source, content, place),
    )


def _built_in_stops(source: Source, media: Node, place: str) -> Iterator[str]:
    for at, member in source.members(place, media.get("schema")).values():
        built_in = source.resolve(at, member).get("x-contract-built-in")
        yield from map(str, sequence(built_in))


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
    return frozenset(source.members(place, mapping(content.get(JSON)).get("schema")))


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
