"""An OpenAPI document: parsed, checked, and followed along its `$ref`s."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args
from urllib.parse import unquote, urljoin

from ._errors import DocumentError, ParseError
from ._parsing import compose, line_of, parse, parse_json
from ._source import packaged_document, read_text
from ._values import Node, below, is_list, is_object, mapping, parts_of, sequence

SNAPSHOTS = "x-contract-eras"  # the service of other times, as merge patches

# A `$ref` is only data inside these keys, and inside extensions.
_DATA = {"example", "examples", "default", "const", "enum", "mapping"}
ITEM_SCHEMA = "x-oai-itemSchema"  # the one extension that holds a schema
# The members of these have names that authors choose, and may be called `enum`.
# Among paths and statuses, names that begin with `x-` are extensions all the same.
_WITH_EXTENSIONS = {"callbacks", "paths", "responses"}
_NAMES = _WITH_EXTENSIONS | {
    "$defs",
    "additionalOperations",
    "content",
    "dependentSchemas",
    "encoding",
    "headers",
    "links",
    "parameters",
    "pathItems",
    "patternProperties",
    "properties",
    "requestBodies",
    "schemas",
    "securitySchemes",
    "variables",
    "webhooks",
}
_ADVICE = {
    "2.0": "convert it to OpenAPI 3.1",
    "3.0": "write null as a type and exclusive bounds as numbers, then say 3.1.0",
    "3.2": "say 3.1.0 if it uses nothing newer",
}

Version = Literal["3.1", "3.2"]
"""The versions of OpenAPI that can be read."""


@dataclass(frozen=True)
class Document:
    """An OpenAPI document whose every `$ref` leads somewhere.

    Attributes:
        root: The document as JSON values.
        name: The file or revision that it came from, for messages.
        text: The text that it was parsed from, to find lines in.
        newest: The newest version of OpenAPI that its reader understands.

    Raises:
        DocumentError: It is not OpenAPI 3.1, or 3.2 where that is the newest, or has
            a `$ref` that is dangling, circular or outside of the document.
    """

    root: Node
    name: str = "the document"
    text: str = field(default="", repr=False, compare=False)
    newest: Version = "3.1"

    def __post_init__(self) -> None:
        _check_version(self)
        for pointer, node, named_by in objects(self.root):
            if not named_by:  # otherwise `$ref` is a name that an author chose
                self.follow(pointer, node)

    @property
    def is_3_2(self) -> bool:
        """Whether it is OpenAPI 3.2; otherwise it is 3.1."""
        return str(self.root.get("openapi")).startswith("3.2.")

    def at(self, pointer: str) -> Any:
        """Return the value at a pointer, or None; `$ref`s are not followed."""
        value: Any = self.root
        for part in parts_of(pointer):
            if is_list(value):
                value = _item(sequence(value), part)
            else:
                value = mapping(value).get(part)
        return value

    def follow(self, pointer: str, value: object) -> tuple[str, Any]:
        """Follow the `$ref`s of a value.

        Args:
            pointer: Where the value stands.
            value: The value. If it has no `$ref`, it is the result.

        Returns:
            The pointer to the target, and the target. Keys beside a `$ref` are
            left out; `resolve` applies them.

        Raises:
            DocumentError: A `$ref` is dangling, circular or outside of the document.
        """
        for hop in self._hops(pointer, value):
            pointer, value = hop
        return pointer, value

    def target(self, reference: str, pointer: str) -> tuple[str, Any]:
        """Return what a `$ref` at a pointer leads to: the target's pointer and value.

        Raises:
            DocumentError: It is dangling or leads out of the document.
        """
        reference = self._within(reference)
        if not reference.startswith("#"):
            reason = f"$ref {reference!r} is outside of the document: bundle it into it"
            raise self.error(pointer, reason)
        if reference != "#" and not reference.startswith("#/"):
            reason = f"$ref {reference!r} is an anchor: write a JSON pointer"
            raise self.error(pointer, reason)
        target = below("#", *parts_of(unquote(reference)))
        value = self.at(target)
        if value is None:
            reason = f"$ref {reference!r} leads nowhere: name a part that exists"
            raise self.error(pointer, reason)
        return target, value

    def resolve(self, pointer: str, value: object) -> Node:
        """Return the object here, `$ref`s followed; keys beside a `$ref` win."""
        node: dict[str, Any] = {}
        for _, one in self._hops(pointer, value):
            node = {**mapping(one), **node}
        node.pop("$ref", None)
        return node

    def line(self, pointer: str) -> int | None:
        """Return the line of a part, or of its nearest parent that has one."""
        return line_of(self._nodes, parts_of(pointer)) if self._nodes else None

    def error(self, pointer: str, reason: str) -> DocumentError:
        """Return an error about a part: `file:line: pointer: reason`.

        The pointer `#` is the document as a whole: `file: reason`.
        """
        if pointer == "#":
            return DocumentError(f"{self.name}: {reason}")
        line = self.line(pointer)
        place = self.name if line is None else f"{self.name}:{line}"
        return DocumentError(f"{place}: {_shortened(pointer)}: {reason}")

    def snapshot(self, name: str) -> Document:
        """Return the document as the service was at another time.

        `x-contract-eras` describes each as a JSON Merge Patch (RFC 7396).

        Raises:
            DocumentError: The document does not describe this one.
        """
        snapshots = mapping(self.root.get(SNAPSHOTS))
        if name not in snapshots:
            known = ", ".join(snapshots) or "none"
            reason = f"there is no era {name!r}; the document describes: {known}"
            raise self.error(below("#", SNAPSHOTS), reason)
        patch = mapping(snapshots[name]).get("patch")
        root = mapping(_merged(self.root, patch))
        return Document(root, self.name, self.text, self.newest)

    def _within(self, reference: str) -> str:
        """Return a reference without the URI of the document, which 3.2 can have."""
        own = self.root.get("$self")
        if not self.is_3_2 or not isinstance(own, str):
            return reference
        uri, _, fragment = urljoin(own, reference).partition("#")
        return f"#{fragment}" if uri == own else reference

    @cached_property
    def _nodes(self) -> Any:
        """The text as YAML nodes, which know their lines; made for messages alone."""
        return compose(self.text) if self.text else None

    def _hops(self, pointer: str, value: object) -> Iterator[tuple[str, Any]]:
        """Yield a value, what its `$ref` leads to, and so on to the last target."""
        seen = [pointer]
        yield pointer, value
        while isinstance(reference := mapping(value).get("$ref"), str):
            pointer, value = self.target(reference, seen[-1])
            if pointer in seen:
                reason = f"$ref {reference!r} leads back to itself: write a schema"
                raise self.error(seen[0], reason)
            seen.append(pointer)
            yield pointer, value


def read_document(
    source: str | os.PathLike[str] | None = None, *, newest: Version = "3.1"
) -> Document:
    """Read an OpenAPI document, YAML or JSON.

    Args:
        source: A path; `git:REV` for the file `openapi.yaml` in the root of a
            revision, or `git:REV:PATH` for another file. None is the document that
            the package `text_completions` contains.
        newest: The newest version of OpenAPI that the caller understands, `3.1` or
            `3.2`. A document of a newer version is refused.

    Raises:
        DocumentError: It cannot be read, is not OpenAPI of such a version, or has a
            `$ref` that is dangling, circular or outside of the document.
    """
    source = packaged_document() if source is None else source
    name, text = os.fspath(source), read_text(source)
    try:
        value = parse_json(text) if name.endswith(".json") else parse(text)
    except ParseError as error:
        place = "" if error.line is None else f":{error.line}:{error.column}"
        raise DocumentError(f"{name}{place}: {error.reason}") from error
    if not is_object(value):
        reason = "is not an OpenAPI document: it is not an object"
        raise DocumentError(f"{name}: {reason}")
    return Document(mapping(value), name, text, newest)


def _check_version(document: Document) -> None:
    root = document.root
    key = "swagger" if "swagger" in root else "openapi"
    version = root.get(key)
    if version is None:
        reason = "is not an OpenAPI document: begin it with `openapi: 3.1.0`"
        raise document.error("#", reason)
    known = [one for one in get_args(Version) if one <= document.newest]
    if key == "swagger" or f"{version}."[:4] not in [f"{one}." for one in known]:
        advice = _ADVICE.get(str(version)[:3], "write openapi: 3.1.0")
        only = " and ".join(known)
        reason = f"{key} is {version!r}, and only OpenAPI {only} can be read: {advice}"
        raise document.error(f"#/{key}", reason)
    if not any(is_object(root.get(one)) for one in ("paths", "webhooks", "components")):
        reason = "is not an OpenAPI document: it has no paths, webhooks or components"
        raise document.error("#", reason)


def objects(root: Node) -> Iterator[tuple[str, Node, str]]:
    """Yield every object that is no data: its pointer, the object, and a key.

    The key is the one above an object whose members have names that authors choose,
    such as `content` or `properties`; it is empty for other objects.
    """
    waiting: list[tuple[object, str, str]] = [(root, "#", "")]
    while waiting:
        value, pointer, named_by = waiting.pop()
        if is_list(value):
            items = enumerate(sequence(value))
            waiting += [(one, below(pointer, index), "") for index, one in items]
            continue
        node = mapping(value)
        yield pointer, node, named_by
        for key, one in node.items():
            if (is_object(one) or is_list(one)) and not _is_data(key, named_by):
                has_names = key in _NAMES or pointer == "#/components"
                names = key if has_names and not named_by else ""
                waiting.append((one, below(pointer, key), names))


def _is_data(key: str, named_by: str) -> bool:
    """Tell whether a member is data: an example, a constant or an extension."""
    is_extension = key.startswith("x-") and key != ITEM_SCHEMA
    if named_by:
        return is_extension and named_by in _WITH_EXTENSIONS
    return is_extension or key in _DATA


def _merged(value: object, patch: object) -> object:
    if not is_object(patch):
        return patch
    merged = dict(mapping(value))
    for name, change in mapping(patch).items():
        if change is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), change)
    return merged


def _item(items: list[Any], part: str) -> Any:
    # int() would also take signs and blanks, which no index has.
    if part.isdecimal() and len(part) < 10 and int(part) < len(items):
        return items[int(part)]
    return None


def _shortened(pointer: str) -> str:
    return pointer if len(pointer) <= 200 else f"{pointer[:200]}…"
