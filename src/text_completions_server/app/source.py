"""The document as data: found, read, and walked along its references."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from .errors import DocumentError
from .yaml_reader import check_plain, parse_yaml

MAX_BYTES = 2_000_000
"""How long a document may be: far longer than what people maintain by hand."""

_WHAT_TO_DO = {
    "swa": "convert it to OpenAPI 3.1",
    "3.0": "write nullable as a type, bounds that exclude as numbers, and say 3.1.0",
    "3.2": "say 3.1.0 if it uses nothing newer",
}

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
        """Make the error that names the file and the place."""
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
        with path.open("rb") as opened:
            raw = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"{path}: {error.strerror or error}") from error
    if len(raw) > MAX_BYTES:
        reason = f"more than {MAX_BYTES} bytes are not read: describe one API, by hand"
        raise DocumentError(f"{path}: {reason}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"not UTF-8 at byte {error.start}: save it as UTF-8"
        raise DocumentError(f"{path}: {reason}") from error
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


def _parse(text: str, path: Path) -> Node:
    try:
        root = parse_yaml(text)
        check_plain(root)
    except ValueError as error:
        raise DocumentError(f"{path}: {error}") from error
    _check_version(mapping(root), path)
    if not mapping(mapping(root).get("paths")):
        raise DocumentError(f"{path}: not an OpenAPI document: it has no paths")
    return mapping(root)


def _check_version(root: Node, path: Path) -> None:
    """Refuse another version; what says none is taken for what is read here."""
    said = f"swagger {root['swagger']}" if "swagger" in root else root.get("openapi")
    if said is not None and not str(said).startswith("3.1."):
        what = _WHAT_TO_DO.get(str(said)[:3], "say openapi: 3.1.0")
        reason = f"only OpenAPI 3.1 is read, and this says {said!r}: {what}"
        raise DocumentError(f"{path}: #/openapi: {reason}")
