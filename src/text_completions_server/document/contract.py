"""What the document says to the server: its operations, errors and models."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from http.client import responses

import text_completions_document
from text_completions_document import Node, below, mapping, read_document, sequence

from ..errors import DocumentError
from .bodies import RequestBody
from .parameters import JSON, Parameter, read_parameters
from .security import Security
from .source import Source

STREAM = "text/event-stream"
_STATUS = re.compile("[2-5]([0-9]{2}|XX|xx)|default")

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
    """The response that an operation answers with."""

    status: int
    pointer: str
    node: Node


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document.

    Attributes:
        id: Its operationId.
        path: The path template.
        method: The method, in capitals.
        security: The keys that it asks for.
        parameters: Its parameters, headers first.
        body: Its request body; None where there is none.
        response: Its first 2xx, else `default`, else the first 3xx, 4xx or 5xx.
        stops: The stop sequences that it always has.
        version_header: The header that names the wire version; empty without any.
        default_version: The version of a request without that header.
        streams: How each wire version writes its stream.
    """

    id: str
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

    def stream_form(self, version: str) -> StreamForm:
        """The form of this version; the newest for one that is not described."""
        forms = self.streams
        return forms.get(version) or next(iter(forms.values()), StreamForm())


@dataclass(frozen=True, slots=True)
class ErrorForm:
    """The form of the responses of one error status.

    Attributes:
        type: The `error.type`, from the constant in the response's schema.
        bare: Whether the response lacks the outer `type` and `request_id`.
        message: The text of the response's first example.
        headers: The headers that have one fixed value there.
    """

    type: str
    bare: bool
    message: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Model:
    """What the name of a model stands for.

    Attributes:
        name: The model that answers: the name itself, unless it is an alias.
        context: The tokens that it can read; None if that is not known.
    """

    name: str
    context: int | None = None


class Document(Source):
    """The contract as the server reads it."""

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation of every path."""
        return tuple(_operations(self))

    @cached_property
    def models(self) -> Mapping[str, Model]:
        """The known models by name."""
        return dict(_models(self))

    @cached_property
    def _errors(self) -> Mapping[int, ErrorForm]:
        return dict(_errors(self))

    def error_form(self, status: int) -> ErrorForm:
        """Return the form of a status; a general one if no response describes it."""
        return self._errors.get(status) or _undescribed(status)


def load_document(
    file: str | os.PathLike[str] | None = None, era: str | None = None
) -> Document:
    """Read a document.

    Args:
        file: A path or `git:REV`; None reads the one that `text_completions` contains.
        era: The name of another time's service, see `x-contract-eras`.

    Raises:
        DocumentError: It cannot be read, is not OpenAPI 3.1, has no paths, or does
            not describe this era.
    """
    try:
        document = read_document(file)
        if era is not None:
            document = document.snapshot(era)
    except text_completions_document.DocumentError as error:
        raise DocumentError(str(error)) from error
    if not mapping(document.root.get("paths")):
        reason = "has no paths: describe an operation to serve"
        raise DocumentError(str(document.error("#", reason)))
    return Document(document.root, document.name, document.text)


def _operations(source: Source) -> Iterator[Operation]:
    for path, item in source.items(source.root.get("paths"), "#/paths"):
        for method in sorted(METHODS & item.keys()):
            yield _operation(source, path, item, method)


def _operation(source: Source, path: str, item: Node, method: str) -> Operation:
    place = below("#/paths", path, method)
    node = source.resolve(place, item[method])
    parameters = tuple(
        read_parameters(source, below("#/paths", path), item, place, node)
    )
    at_body, body = source.object_at(
        below(place, "requestBody"), node.get("requestBody", {})
    )
    media = mapping(mapping(body.get("content")).get(JSON))
    response = _response_rule(source, node, place)
    content = mapping(response.node.get("content"))
    stream = source.resolve(place, content.get(STREAM))
    for each in parameters:
        if each.location == "path" and f"{{{each.name}}}" not in path:
            reason = f"the path has no {{{each.name}}}, which its parameters describe"
            raise source.error(place, reason)
    extension = mapping(stream.get("x-contract-stream"))
    version = str(extension.get("version", "")).lower()
    defaults = {each.name: each.default for each in parameters}
    return Operation(
        id=str(node.get("operationId", f"{path}.{method}")),
        path=path,
        method=method.upper(),
        security=Security(source, place, node),
        parameters=parameters,
        body=RequestBody(source, at_body, body) if body.get("content") else None,
        response=response,
        stops=tuple(_built_in_stops(source, media, place)),
        version_header=version,
        default_version=defaults.get(version) or "",
        streams=dict(_stream_forms(source, extension, place)),
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


def _response_rule(source: Source, operation: Node, place: str) -> ResponseRule:
    """Find the first 2xx response, else `default`, a redirect or an error."""
    responses = mapping(operation.get("responses"))
    place = below(place, "responses")
    keys = filter(_STATUS.fullmatch, responses)
    for key in sorted(keys, key=lambda key: ("2d345".find(key[0]), key)):
        pointer, node = source.object_at(below(place, key), responses[key])
        status = 200 if key == "default" else int(key.upper().replace("X", "0"))
        return ResponseRule(status, pointer, node)
    return ResponseRule(200, place, {})


def _undescribed(status: int) -> ErrorForm:
    kind = "invalid_request_error" if status < 500 else "api_error"
    return ErrorForm(kind, False, responses.get(status, f"Status {status}"), {})


def _errors(source: Source) -> Iterator[tuple[int, ErrorForm]]:
    for path, item in source.items(source.root.get("paths"), "#/paths"):
        for method, operation in source.items(item, below("#/paths", path)):
            place = below("#/paths", path, method, "responses")
            for status, response in source.items(operation.get("responses"), place):
                if status.isdecimal() and int(status) >= 400:
                    here = below(place, status)
                    yield int(status), _error(source, int(status), response, here)


def _error(source: Source, status: int, response: Node, place: str) -> ErrorForm:
    media = mapping(mapping(response.get("content")).get("application/json"))
    parts = list(source.parts(place, media.get("schema")))
    kinds = (_error_type(source, at, part) for at, part in parts)
    return ErrorForm(
        type=next(filter(None, kinds), _undescribed(status).type),
        bare=not any("type" in sequence(part.get("required")) for _, part in parts),
        message=_message(source, media, place),
        headers=dict(_fixed_headers(source, response, place)),
    )


def _error_type(source: Source, pointer: str, part: Node) -> str | None:
    detail = mapping(part.get("properties")).get("error")
    members = source.members(below(pointer, "properties", "error"), detail)
    kind = mapping(members["type"][1]).get("const") if "type" in members else None
    return kind if isinstance(kind, str) else None


def _message(source: Source, media: Node, place: str) -> str:
    for _, example in source.items(media.get("examples"), place):
        return _example_message(example.get("value"))
    return _example_message(media.get("example"))


def _example_message(value: object) -> str:
    return str(mapping(mapping(value).get("error")).get("message", ""))


def _fixed_headers(
    source: Source, response: Node, place: str
) -> Iterator[tuple[str, str]]:
    for name, header in source.items(response.get("headers"), place):
        match source.resolve(place, header.get("schema")).get("enum"):
            case [str(only)]:
                yield name, only
            case _:
                pass


def _models(source: Source) -> Iterator[tuple[str, Model]]:
    schemas = mapping(mapping(source.root.get("components")).get("schemas"))
    known = mapping(schemas.get("KnownModel"))
    facts = mapping(known.get("x-contract-models"))
    for name in map(str, sequence(known.get("enum"))):
        resolved = mapping(facts.get(name)).get("resolves")
        resolved = resolved if isinstance(resolved, str) else name
        context = mapping(facts.get(resolved)).get("context")
        yield name, Model(resolved, context if isinstance(context, int) else None)
