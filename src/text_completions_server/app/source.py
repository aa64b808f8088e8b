"""The document as data, with `$ref`s followed."""

from __future__ import annotations

import os
from collections.abc import Iterator

import text_completions_document
from text_completions_document import Node, below, mapping, read_document, sequence

from .errors import DocumentError

__all__ = ["Node", "Source", "below", "mapping", "read_source", "sequence"]


class Source:
    """An OpenAPI document, whose places are named by JSON pointers.

    Args:
        document: The document as it was read.
    """

    def __init__(self, document: text_completions_document.Document) -> None:
        self._document = document
        self.root = document.root

    def fault(self, pointer: str, reason: str) -> DocumentError:
        """Return the error that names the file, the line and the pointer."""
        return DocumentError(str(self._document.error(pointer, reason)))

    def at(self, node: object, pointer: str) -> Node:
        """Return the object here, `$ref`s followed; keys beside a `$ref` win."""
        return self._document.resolve(pointer, node)

    def items(self, node: object, pointer: str) -> Iterator[tuple[str, Node]]:
        """Yield the members of an object by name, each with its `$ref` followed."""
        for name, value in mapping(node).items():
            yield name, self.at(value, below(pointer, name))


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
    source = Source(document)
    if not mapping(document.root.get("paths")):
        raise source.fault("#", "has no paths: describe an operation to serve")
    return source
