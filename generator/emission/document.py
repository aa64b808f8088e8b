"""The document: its data, and the line where each part of it stands."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarbool import ScalarBoolean


class DocumentError(Exception):
    """The document cannot become a client: the message has file, place and reason."""


class Document:
    """A parsed OpenAPI document that knows where its parts stand.

    Args:
        path: The file; messages name it as it is given here.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[str, int] = {}
        tree = _parsed(path)
        if not isinstance(tree, dict):
            raise DocumentError(f"{path}: is not a mapping, so no OpenAPI document")
        self.data: dict[str, Any] = self._plain(tree, "#")

    def error(self, pointer: str, reason: str) -> DocumentError:
        """Make the error that says what is wrong with the part at a pointer."""
        return DocumentError(f"{self.place(pointer)}: {pointer}: {reason}")

    def place(self, pointer: str) -> str:
        """Return `file:line` of a part, or of the nearest part that has a line."""
        while pointer not in self._lines and "/" in pointer:
            pointer = pointer.rpartition("/")[0]
        return f"{self.path}:{self._lines.get(pointer, 1)}"

    def resolve(self, reference: str) -> Any:
        """Return the part that a local reference points to.

        Raises:
            KeyError: There is none.
        """
        part: Any = self.data
        for step in pointer_steps(reference):
            part = part[int(step)] if isinstance(part, list) else part[step]
        return part

    def followed(self, part: Any, pointer: str) -> tuple[Any, str]:
        """Follow `$ref`s to the part that is meant, and its pointer."""
        seen: set[str] = set()
        while isinstance(part, dict) and "$ref" in part:
            pointer = part["$ref"]
            if pointer in seen:
                raise self.error(pointer, "the reference leads back to itself")
            seen.add(pointer)
            part = self.resolve(pointer)
        return part, pointer

    def walk(self) -> Iterator[tuple[str, Any]]:
        """Yield every mapping and sequence of the document with its pointer."""
        stack: list[tuple[str, Any]] = [("#", self.data)]
        while stack:
            pointer, part = stack.pop()
            yield pointer, part
            pairs = part.items() if isinstance(part, dict) else enumerate(part)
            stack += [
                (below(pointer, key), value)
                for key, value in pairs
                if isinstance(value, (dict, list))
            ]

    def _plain(self, part: Any, pointer: str) -> Any:
        if isinstance(part, CommentedMap):
            return self._plain_mapping(part, pointer)
        if isinstance(part, CommentedSeq):
            items: list[Any] = []
            for index, item in enumerate(part):
                self._lines[below(pointer, index)] = part.lc.item(index)[0] + 1
                items.append(self._plain(item, below(pointer, index)))
            return items
        if isinstance(part, (datetime.date, datetime.datetime)):
            raise self.error(pointer, f"{part} is read as a date: put it in quotes")
        return _plain_scalar(part)

    def _plain_mapping(self, part: CommentedMap, pointer: str) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for key, value in part.items():
            if not isinstance(key, str):
                raise self.error(pointer, f"the key {key!r} is no text: quote it")
            self._lines[below(pointer, key)] = part.lc.key(key)[0] + 1
            plain[str(key)] = self._plain(value, below(pointer, key))
        return plain


def below(pointer: str, key: str | int) -> str:
    """Return the pointer of a member of what a pointer points to."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def pointer_steps(reference: str) -> list[str]:
    """Return the steps of a local reference, `#/components/schemas/Model`."""
    steps = reference.removeprefix("#").split("/")[1:]
    return [step.replace("~1", "/").replace("~0", "~") for step in steps]


def last_step(reference: str) -> str:
    """Return the name that a reference ends with."""
    return pointer_steps(reference)[-1]


def _parsed(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path}: is not UTF-8 at byte {error.start}") from None
    try:
        return YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise DocumentError(f"{place}: is not YAML: {error.problem}") from None
    except YAMLError as error:
        raise DocumentError(f"{path}: is not YAML: {error}") from None


def _plain_scalar(value: Any) -> Any:
    """Turn ruamel's scalars, which remember their style, into plain ones."""
    if isinstance(value, ScalarBoolean):  # an int to Python, for bool is final
        return bool(value)
    for kind in (str, int, float):
        if isinstance(value, kind) and not isinstance(value, bool):
            return kind(value)
    return value
