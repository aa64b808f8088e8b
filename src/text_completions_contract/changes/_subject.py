"""What a pointer is about, in the words of those who call."""

from __future__ import annotations

from ._document import Document
from ._values import below, mapping, parts_of

_NAMED = ("properties", "patternProperties", "headers", "content", "responses", "links")
_COMPONENTS = 3


def subject_of(pointer: str, *documents: Document) -> str:
    """The name of the nearest thing that has one: a member, a parameter, a status."""
    parts = parts_of(pointer)
    for length in range(len(parts), 1, -1):
        name = _name(parts[:length], documents)
        if name:
            return name
    return ".".join(parts) or "the document"


def _name(parts: list[str], documents: tuple[Document, ...]) -> str | None:
    above, last = parts[-2], parts[-1]
    if above in _NAMED and not (len(parts) > 2 and parts[-3] == "properties"):
        return last
    if above == "parameters":
        nodes = [mapping(_at(parts, one)) for one in documents]
        return next((str(one["name"]) for one in nodes if "name" in one), last)
    if len(parts) == _COMPONENTS and parts[0] == "components":
        return last
    if len(parts) == _COMPONENTS and parts[0] in ("paths", "webhooks"):
        return f"{last.upper()} {above}"
    if above == "x-contract-models":
        return last
    return None


def _at(parts: list[str], document: Document) -> object:
    return document.follow("#", document.at(below("#", *parts)))[1]
