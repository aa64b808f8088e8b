"""The document: its data, and the line where each part of it stands."""

from __future__ import annotations

import datetime
import math
import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scalarbool import ScalarBoolean

# Far above what people maintain by hand, and low enough to answer within seconds.
MAX_BYTES = 2_000_000
MAX_TEXT = 20_000_000
MAX_PARTS = 200_000
MAX_DEPTH = 100


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
        self._parts = 0
        self._text = 0
        tree = _parsed(path)
        if not isinstance(tree, dict):
            reason = "is not a mapping, so no OpenAPI document; one begins `openapi:`"
            raise DocumentError(f"{path}: {reason}")
        self.data: dict[str, Any] = self._plain(tree, "#", 0)

    def error(self, pointer: str, reason: str) -> DocumentError:
        """Make the error that says what is wrong with the part at a pointer."""
        return DocumentError(f"{self.place(pointer)}: {pointer}: {reason}")

    def refusal(self, reason: str) -> DocumentError:
        """Make the error that says what is wrong with the document as a whole."""
        return DocumentError(f"{self.path}: {reason}")

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
            try:
                part = self.resolve(pointer)
            except (KeyError, IndexError, ValueError, TypeError):
                reason = "a reference leads here, and there is nothing"
                raise self.error(str(pointer), reason) from None
        return part, pointer

    def _plain(self, part: Any, pointer: str, depth: int) -> Any:
        self._parts += 1
        if depth > MAX_DEPTH:
            raise self.error(pointer, f"is nested more than {MAX_DEPTH} deep")
        if self._parts > MAX_PARTS:  # a few aliases of aliases are enough
            raise self.error(pointer, f"there are more than {MAX_PARTS} parts")
        if isinstance(part, CommentedMap):
            return self._plain_mapping(part, pointer, depth)
        if isinstance(part, CommentedSeq):
            items: list[Any] = []
            for index, item in enumerate(part):
                here = below(pointer, index)
                self._lines[here] = part.lc.item(index)[0] + 1
                items.append(self._plain(item, here, depth + 1))
            return items
        if isinstance(part, (datetime.date, datetime.datetime)):
            raise self.error(pointer, f"{part} is read as a date: put it in quotes")
        return self._plain_scalar(part, pointer)

    def _plain_mapping(
        self, part: CommentedMap, pointer: str, depth: int
    ) -> dict[str, Any]:
        if part.merge:
            raise self.error(pointer, "`<<` is not read: write out what it merges")
        plain: dict[str, Any] = {}
        for key, value in part.items():
            if not isinstance(key, str):
                raise self.error(pointer, f"the key {key!r} is no text: quote it")
            here = below(pointer, key)
            self._lines[here] = part.lc.key(key)[0] + 1
            text = self._plain_scalar(key, here)
            plain[text] = self._plain(value, here, depth + 1)
        return plain

    def _plain_scalar(self, value: Any, pointer: str) -> Any:
        """Turn ruamel's scalars, which remember their style, into plain ones."""
        if isinstance(value, ScalarBoolean):  # an int to Python, for bool is final
            return bool(value)
        if isinstance(value, str):
            if any("\ud800" <= character <= "\udfff" for character in value):
                raise self.error(pointer, "half of a surrogate pair is no text")
            self._text += len(value)
            if self._text > MAX_TEXT:  # a long text and many aliases of it
                raise self.error(pointer, f"there is more text than {MAX_TEXT}")
            return str(value)
        if isinstance(value, float):
            if not math.isfinite(value):
                raise self.error(pointer, f"{value} is no number in JSON")
            return float(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return int(value)
        if value is None or isinstance(value, bool):
            return value
        raise self.error(pointer, "is tagged as something that JSON does not have")


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
    text = _read(path)
    try:
        return YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        problem = _problem(error)
        raise DocumentError(f"{place}: is not YAML: {problem}") from None
    except ReaderError as error:  # it knows the position alone
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        reason = f"is not YAML: {error.reason}"
        raise DocumentError(f"{path}:{line}:{column}: {reason}") from None
    except YAMLError as error:
        raise DocumentError(f"{path}: is not YAML: {error}") from None
    except RecursionError:
        reason = "is nested too deeply to be read"
        raise DocumentError(f"{path}: {reason}") from None
    except ValueError as error:  # a number or a date that there is not
        raise DocumentError(f"{path}: is not YAML: {error}") from None


def _problem(error: MarkedYAMLError) -> str:
    """Say what is wrong in one line, without the values that ruamel shows."""
    problem = (error.problem or "").strip().partition("\n")[0]
    repeated = re.match(r'found duplicate key "(.*?)" with value', problem)
    if repeated:
        return f"the key {repeated[1]!r} stands there twice: keep one of them"
    if "\\t" in problem:
        return f"{problem}: indent with spaces, not with tabs"
    return problem


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        reason = f"more than {MAX_BYTES} bytes are not read: describe one API, by hand"
        raise DocumentError(f"{path}: {reason}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8 at byte {error.start}: save it as UTF-8"
        raise DocumentError(f"{path}: {reason}") from None
