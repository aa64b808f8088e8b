"""What a pointer is about, in the words of those who call."""

from __future__ import annotations

from text_completions_document import Document, below, mapping, parts_of

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


def phrase_of(pointer: str, subject: str) -> str:
    """What a sentence calls the place: the thing, a part of it, or a body."""
    parts = parts_of(pointer)
    if subject not in parts:
        return subject
    index = len(parts) - 1 - parts[::-1].index(subject)
    if index and parts[index - 1] == "content":
        side = next((name for key, name in _BODIES.items() if key in parts), "value")
        subject = f"the {side} in {subject}"
    for part in parts[index + 1 :]:
        if part in _PARTS:
            subject = f"{_PARTS[part]} of {subject}"
    return subject


_BODIES = {"requestBody": "body", "requestBodies": "body", "responses": "answer"}
_PARTS = {
    "items": "an item",
    "prefixItems": "an item",
    "additionalProperties": "a member",
    "propertyNames": "the name of a member",
}


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
