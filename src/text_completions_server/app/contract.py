"""The parts of the document that the server needs, read once at start."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import responses

from text_completions_document import Node, below, mapping, sequence

from .operations import Operation, read_operations
from .source import Source, read_source


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
class ModelFacts:
    """What a model's name resolves to, and its context in tokens."""

    resolves: str | None
    context: int | None


@dataclass(frozen=True, slots=True)
class Document:
    """The contract as the server reads it.

    Attributes:
        source: The raw document.
        operations: Every operation of every path.
        errors: The error responses by status, over all operations.
        models: The known models by name.
    """

    source: Source
    operations: tuple[Operation, ...]
    errors: Mapping[int, ErrorForm]
    models: Mapping[str, ModelFacts]

    def error(self, status: int) -> ErrorForm:
        """Return the form of a status; a general one if no response describes it."""
        return self.errors.get(status) or _undescribed(status)


def load_document(
    file: str | os.PathLike[str] | None = None, era: str | None = None
) -> Document:
    """Read a document; None reads the one in the package `text_completions`.

    Raises:
        DocumentError: It cannot be read, is not OpenAPI 3.1, has no paths, or does
            not describe this era.
    """
    source = read_source(file, era)
    return Document(
        source=source,
        operations=tuple(read_operations(source)),
        errors=dict(_errors(source)),
        models=dict(_models(source)),
    )


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


def _models(source: Source) -> Iterator[tuple[str, ModelFacts]]:
    schemas = mapping(mapping(source.root.get("components")).get("schemas"))
    known = mapping(schemas.get("KnownModel"))
    facts = mapping(known.get("x-contract-models"))
    for name in sequence(known.get("enum")):
        yield str(name), _facts(mapping(facts.get(str(name))))


def _facts(node: Node) -> ModelFacts:
    resolves, context = node.get("resolves"), node.get("context")
    return ModelFacts(
        resolves=resolves if isinstance(resolves, str) else None,
        context=context if isinstance(context, int) else None,
    )
