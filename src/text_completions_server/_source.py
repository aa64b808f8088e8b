"""The document as data: found, read, and walked along its references."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

import yaml

from ._errors import DocumentError

# PyYAML has the fast one only where it was built with libyaml.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Node = Mapping[str, object]


def mapping(value: object) -> Node:
    """The value if it is an object of the document, else an empty one."""
    return cast("Node", value) if isinstance(value, dict) else {}


def sequence(value: object) -> list[object]:
    """The value if it is a list of the document, else an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


class Source:
    """An OpenAPI document with the file it came from."""

    def __init__(self, root: Node, file: str) -> None:
        self.root = root
        self.file = file

    def fault(self, place: str, reason: str) -> DocumentError:
        return DocumentError(f"{self.file}: {place}: {reason}")

    def at(self, node: object, place: str) -> Node:
        """The object here, with a `$ref` followed; siblings of a `$ref` win."""
        seen: set[str] = set()
        found = mapping(node)
        while isinstance(reference := found.get("$ref"), str):
            if reference in seen:
                raise self.fault(place, f"$ref {reference!r} leads back to itself")
            seen.add(reference)
            beside = {key: value for key, value in found.items() if key != "$ref"}
            found = {**mapping(self._target(reference, place)), **beside}
        return found

    def items(self, node: object, place: str) -> Iterator[tuple[str, Node]]:
        """The named members of an object, each with its `$ref` followed."""
        for name, value in mapping(node).items():
            yield str(name), self.at(value, f"{place}.{name}")

    def _target(self, reference: str, place: str) -> object:
        if not reference.startswith("#/"):
            raise self.fault(place, f"$ref {reference!r} is not within the document")
        node: object = self.root
        for part in reference[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            if name not in mapping(node):
                raise self.fault(place, f"$ref {reference!r} leads nowhere")
            node = mapping(node)[name]
        return node


def read_source(file: str | os.PathLike[str] | None = None) -> Source:
    """Read the document in `file`; None finds the one that the client carries."""
    path = packaged_document() if file is None else Path(file)
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"{path}: not UTF-8: {error.reason}") from error
    return Source(_parse(text, path), str(path))


def packaged_document() -> Path:
    """The document inside the package `text_completions`, which is not imported.

    The server stays independent of the client: it takes the file and no code.
    """
    spec = importlib.util.find_spec("text_completions")
    for folder in (spec and spec.submodule_search_locations) or ():
        return Path(folder) / "openapi.yaml"
    raise DocumentError(
        "the package 'text_completions', which carries openapi.yaml, is not "
        "installed; name a document of your own"
    )


def parse_yaml(text: str) -> object:
    """The value that a YAML text holds.

    Raises:
        ValueError: It is no YAML; the message is one line.
    """
    try:
        value: object = yaml.load(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise ValueError(f"{line}{error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"not YAML: {reason}") from error
    return value


def _parse(text: str, path: Path) -> Node:
    try:
        root = parse_yaml(text)
    except ValueError as error:
        raise DocumentError(f"{path}: {error}") from error
    if not mapping(mapping(root).get("paths")):
        raise DocumentError(f"{path}: not an OpenAPI document: it has no paths")
    return mapping(root)
