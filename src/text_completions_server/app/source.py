"""The document as data, with `$ref`s followed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote

import jsonschema_rs

import text_completions_document
from text_completions_document import (
    Document,
    Node,
    below,
    is_list,
    is_object,
    mapping,
    read_document,
    sequence,
)

from .errors import DocumentError, NoSample

_URI: Final = "urn:document"


class Source(Document):
    """An OpenAPI document, whose places are named by JSON pointers."""

    def fault(self, pointer: str, reason: str) -> DocumentError:
        """Return the error that names the file, the line and the pointer."""
        return DocumentError(str(self.error(pointer, reason)))

    def no_sample(self, pointer: str, reason: str) -> NoSample:
        """Return the error that names the place where an example is missing."""
        return NoSample(str(self.error(pointer, reason)))

    def parts(self, pointer: str, schema: object) -> Iterator[tuple[str, Node]]:
        """Yield a schema and what its `$ref` and `allOf` add, each with its pointer."""
        waiting, seen = [(pointer, schema)], set[str]()
        for at, node in waiting:
            if at in seen:  # it contains itself
                continue
            seen.add(at)
            yield at, mapping(node)
            for index, branch in enumerate(sequence(mapping(node).get("allOf"))):
                waiting.append((below(at, "allOf", index), branch))
            waiting.append(self.follow(at, node))

    def members(self, pointer: str, schema: object) -> Mapping[str, tuple[str, Any]]:
        """Return the pointer and the schema of each member of an object."""
        members: dict[str, tuple[str, Any]] = {}
        for at, part in self.parts(pointer, schema):
            for name, member in mapping(part.get("properties")).items():
                members.setdefault(name, (below(at, "properties", name), member))
        return members

    def response_validator(self, pointer: str) -> jsonschema_rs.Draft202012Validator:
        """Compile the schema at a pointer as responses must match it.

        Required members that are `writeOnly` may be missing.

        Raises:
            DocumentError: The schema is broken.
        """
        return self._compiled(pointer, _reference(pointer), self._response_registry)

    def request_validator(self, pointer: str) -> jsonschema_rs.Draft202012Validator:
        """Compile the schema at a pointer as requests must match it.

        Required members that are `readOnly` may be missing.

        Raises:
            DocumentError: The schema is broken.
        """
        return self._compiled(pointer, _reference(pointer), self._request_registry)

    def member_validator(
        self, name: str, pointer: str
    ) -> jsonschema_rs.Draft202012Validator:
        """Compile the schema of an object with one member, whose schema is given.

        Raises:
            DocumentError: The schema is broken.
        """
        schema = {"properties": {name: _reference(pointer)}}
        if self.at(pointer) is None:
            schema = {}
        return self._compiled(pointer, schema, self._request_registry)

    def _compiled(
        self, pointer: str, schema: Node, registry: jsonschema_rs.Registry
    ) -> jsonschema_rs.Draft202012Validator:
        try:
            return jsonschema_rs.Draft202012Validator(
                dict(schema), registry=registry, offline=True
            )
        except (
            jsonschema_rs.ValidationError,
            jsonschema_rs.ReferencingError,
        ) as error:
            raise self.fault(pointer, str(error).partition("\n")[0]) from error

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        """The document, converted once for all validators."""
        return _registry_of(self.root)

    @cached_property
    def _request_registry(self) -> jsonschema_rs.Registry:
        return self._registry_without("readOnly")

    @cached_property
    def _response_registry(self) -> jsonschema_rs.Registry:
        return self._registry_without("writeOnly")

    def _registry_without(self, keyword: str) -> jsonschema_rs.Registry:
        if keyword not in self.text:
            return self._registry
        return _registry_of(self._without(keyword, self.root))

    def _without(self, keyword: str, node: Any) -> Any:
        """Return the document with no member required that is marked so."""
        if is_list(node):
            return [self._without(keyword, each) for each in sequence(node)]
        if not is_object(node):
            return node
        members = mapping(mapping(node).get("properties"))
        copy = {
            key: self._without(keyword, each) for key, each in mapping(node).items()
        }
        if members and is_list(copy.get("required")):
            copy["required"] = [
                name
                for name in sequence(copy["required"])
                if self.resolve("#", members.get(name)).get(keyword) is not True
            ]
        return copy

    def items(self, node: object, pointer: str) -> Iterator[tuple[str, Node]]:
        """Yield the members of an object by name, each with its `$ref` followed."""
        for name, value in mapping(node).items():
            yield name, self.resolve(below(pointer, name), value)


def _reference(pointer: str) -> Node:
    return {"$ref": _URI + quote(pointer, safe="#/~")}


def _registry_of(root: Node) -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([(_URI, dict(root))], draft=jsonschema_rs.Draft202012)


def read_source(
    file: str | os.PathLike[str] | None = None, era: str | None = None
) -> Source:
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
    source = Source(document.root, document.name, document.text)
    if not mapping(document.root.get("paths")):
        raise source.fault("#", "has no paths: describe an operation to serve")
    return source
