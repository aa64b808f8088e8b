"""The labelled changes, and what is needed to make them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from text_completions_diff import Change, diff
from text_completions_document import Document

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _read(text: str) -> Any:
    return yaml.load(text, Loader=_LOADER)


DOCUMENTS: dict[str, Any] = {
    "ours": _read((ROOT / "openapi.yaml").read_text("utf-8")),
    "shop": _read((HERE / "shop.yaml").read_text("utf-8")),
    "depot": _read((HERE / "depot.yaml").read_text("utf-8")),
}
_SHORT = {
    "S/": "/components/schemas/",
    "P/": "/components/parameters/",
    "R/": "/components/responses/",
}


@dataclass(frozen=True)
class Labelled:
    """One edit, read in one direction, and everything that is to be said of it."""

    name: str
    case: Any
    undone: bool
    expected: list[list[str]]

    @cached_property
    def changes(self) -> list[Change]:
        """What the diff finds."""
        old, new = self.documents()
        return diff(Document(old, newest="3.2"), Document(new, newest="3.2"))

    def documents(self) -> tuple[Any, Any]:
        """Make what there was, and what there is."""
        base = DOCUMENTS[self.case.get("document", "ours")]
        old = edited(base, self.case.get("before", []))
        new = edited(old, self.case["edit"])
        return (new, old) if self.undone else (old, new)


def labelled() -> Iterator[Labelled]:
    """Every edit there, and back where its undoing is labelled, too."""
    for case in _read((HERE / "changes.yaml").read_text("utf-8")):
        there, back = case.get("there", []), case.get("back")
        yield Labelled(case["name"], case, False, _long(there))
        if back is not None or not there:
            yield Labelled(f"{case['name']}, undone", case, True, _long(back or []))


def edited(document: Any, edit: list[list[Any]]) -> Any:
    """A copy of the document with the edit made."""
    found = copy.deepcopy(document)
    for op, path, *rest in edit:
        if op == "move":
            _set(found, _pointer(rest[0]), _take(found, _pointer(path)), insert=True)
        elif op == "remove":
            _take(found, _pointer(path))
        else:
            _set(found, _pointer(path), copy.deepcopy(rest[0]), insert=op == "add")
    return found


def _long(labels: list[list[str]]) -> list[list[str]]:
    return [[label[0], label[1], "#" + _pointer(label[2])] for label in labels]


def _pointer(path: str) -> str:
    return _SHORT.get(path[:2], path[:2]) + path[2:]


def _parent(document: Any, path: str) -> tuple[Any, str]:
    parts = [one.replace("~1", "/").replace("~0", "~") for one in path.split("/")[1:]]
    for part in parts[:-1]:
        document = document[int(part) if isinstance(document, list) else part]
    return document, parts[-1]


def _take(document: Any, path: str) -> Any:
    parent, last = _parent(document, path)
    return parent.pop(int(last) if isinstance(parent, list) else last)


def _set(document: Any, path: str, value: Any, *, insert: bool) -> None:
    parent, last = _parent(document, path)
    if not isinstance(parent, list):
        parent[last] = value
    elif insert:
        parent.insert(len(parent) if last == "-" else int(last), value)
    else:
        parent[int(last)] = value
