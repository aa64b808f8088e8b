"""An OpenAPI 3.1 document as data: read, checked, and followed along its `$ref`s."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ._errors import DocumentError
from ._source import read_text
from ._values import Node, below, is_list, is_object, mapping, parts_of, sequence
from ._yaml import parse

_DATA = ("example", "examples", "default", "const", "enum", "mapping")
_NAMES = (
    "properties",
    "patternProperties",
    "$defs",
    "dependentSchemas",
    "responses",
    "headers",
    "parameters",
    "schemas",
    "content",
    "paths",
)


@dataclass(frozen=True)
class Document:
    """An OpenAPI 3.1 document, of which every `$ref` leads somewhere.

    Attributes:
        root: The document as JSON values.
        name: The file or revision it came from, for messages.
    """

    root: Node
    name: str = "the document"

    def __post_init__(self) -> None:
        _check_version(self)
        for pointer, node in _references(self.root, "#"):
            self.follow(pointer, node)

    def at(self, pointer: str) -> Any:
        """The value at a pointer, or None."""
        value: Any = self.root
        for part in parts_of(pointer):
            if is_list(value):
                value = _item(sequence(value), part)
            else:
                value = mapping(value).get(part)
        return value

    def follow(self, pointer: str, value: object) -> tuple[str, Any]:
        """Where a value really stands, and what stands there: `$ref`s followed."""
        seen = [pointer]
        while isinstance(reference := mapping(value).get("$ref"), str):
            pointer, value = self._target(reference, seen[-1])
            if pointer in seen:
                raise self.error(
                    seen[0],
                    f"$ref {reference!r} leads back to itself; describe something",
                )
            seen.append(pointer)
        return pointer, value

    def target(self, reference: str, pointer: str) -> str:
        """The pointer that a reference means, its percent signs decoded."""
        return self._target(reference, pointer)[0]

    def error(self, pointer: str, reason: str) -> DocumentError:
        return DocumentError(f"{self.name}: {pointer}: {reason}")

    def _target(self, reference: str, pointer: str) -> tuple[str, Any]:
        if not reference.startswith("#"):
            raise self.error(
                pointer,
                f"$ref {reference!r} is not within the document; bundle it into one",
            )
        if reference != "#" and not reference.startswith("#/"):
            reason = f"$ref {reference!r} names an anchor; write a JSON pointer"
            raise self.error(pointer, reason)
        target = below("#", *parts_of(unquote(reference)))
        value = self.at(target)
        if value is None:
            reason = f"$ref {reference!r} leads nowhere; name what is there"
            raise self.error(pointer, reason)
        return target, value


def read_document(source: str) -> Document:
    """Read a document from a file, or from git.

    Args:
        source: A path, `git:REV` for the file `openapi.yaml` at the root of a
            revision, or `git:REV:PATH` for another; YAML or JSON.

    Raises:
        DocumentError: It cannot be read, or is no OpenAPI 3.1 document of one file.
    """
    text = read_text(source)
    try:
        value = parse(text)
    except ValueError as error:
        raise DocumentError(f"{source}: {error}") from error
    if not is_object(value):
        raise DocumentError(f"{source}: no OpenAPI document: it is no object")
    return Document(mapping(value), source)


def _check_version(document: Document) -> None:
    root, version = document.root, document.root.get("openapi")
    if "swagger" in root:
        reason = f"Swagger {root['swagger']} is not read; convert it to OpenAPI 3.1"
        raise document.error("#/swagger", reason)
    if version is None:
        reason = "no OpenAPI document: it has no key `openapi`; write `openapi: 3.1.0`"
        raise document.error("#", reason)
    if not isinstance(version, str) or not version.startswith("3.1."):
        reason = f"OpenAPI {version} is not read, 3.1 is; convert it"
        raise document.error("#/openapi", reason)
    if not any(isinstance(root.get(key), dict) for key in _BODIES):
        reason = "no OpenAPI document: it has neither paths, webhooks nor components"
        raise document.error("#", reason)


_BODIES = ("paths", "webhooks", "components")


def _references(
    value: object, pointer: str, names: bool = False
) -> Iterator[tuple[str, Node]]:
    """Find every `$ref` that is one: not in an example, not a member's name."""
    for index, one in enumerate(sequence(value)):
        yield from _references(one, below(pointer, index))
    node = mapping(value)
    if not names and isinstance(node.get("$ref"), str):
        yield pointer, node
    for key, one in node.items():
        if names or not (key in _DATA or key.startswith("x-contract-")):
            here = below(pointer, key)
            yield from _references(one, here, not names and key in _NAMES)


def _item(items: list[Any], part: str) -> Any:
    # Signs and blanks, which int() takes, are no index.
    if not part.isdecimal() or int(part) >= len(items):
        return None
    return items[int(part)]
