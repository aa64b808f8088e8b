"""What a comparison finds: differences of parts, and the changes they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from text_completions_document import Document, below, mapping, parts_of

from ._kinds import KINDS, Severity, Side
from ._located import canonical


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two parts, before it is known who uses them.

    Attributes:
        kind: The name of the kind of change.
        pointer: Where: in the new document, or in the old one for what was removed.
        before: The old value, or None.
        after: The new value, or None.
        detail: What the kind's sentence says besides the subject.
        subject: What changed, where the pointer does not say so.
    """

    kind: str
    pointer: str
    before: Any = None
    after: Any = None
    detail: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Where callers meet a part of the document, and who writes it there."""

    side: Side
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the contract, as callers meet it.

    Attributes:
        severity: What it does to callers; the worst of all its places.
        kind: The name of its kind; docs/diff.md lists them.
        pointer: The JSON pointer to it in the new document, or in the old one for
            what was removed.
        message: One sentence that states the consequence.
        subject: The name of the thing that changed, such as `temperature`.
        before: The old value, or None.
        after: The new value, or None.
        places: Where callers meet it, such as `POST /v1/complete: body`.
    """

    severity: Severity
    kind: str
    pointer: str
    message: str
    subject: str
    before: Any
    after: Any
    places: tuple[str, ...]


def changes_of(
    found: Iterable[tuple[Difference, list[Usage]]], *documents: Document
) -> list[Change]:
    """Make one change of each difference; subjects are named in `documents`."""
    met: dict[str, tuple[Difference, list[Usage]]] = {}
    for one, usages in found:
        key = canonical([one.kind, one.pointer, one.before, one.after])
        met.setdefault(key, (one, []))[1].extend(usages)
    changes = [_change(one, usages, documents) for one, usages in met.values()]
    return sorted(changes, key=lambda one: one.severity.rank)


def _change(
    found: Difference, usages: list[Usage], documents: tuple[Document, ...]
) -> Change:
    subject = found.subject or _subject(found.pointer, documents)
    phrase = _phrase(found.pointer, subject)
    sides = {usage.side for usage in usages}
    rules = [KINDS[found.kind].on(side) for side in Side if side in sides]
    severity = min((rule.severity for rule in rules), key=lambda one: one.rank)
    sentences = dict.fromkeys(
        rule.consequence.format(subject=phrase, detail=found.detail)
        for rule in rules
        if rule.severity is severity
    )
    return Change(
        severity=severity,
        kind=found.kind,
        pointer=found.pointer,
        message="; ".join(sentences),
        subject=subject,
        before=found.before,
        after=found.after,
        places=tuple(dict.fromkeys(usage.name for usage in usages)),
    )


_NAMED = ("properties", "patternProperties", "headers", "content", "responses", "links")
_BODIES = {"requestBody": "body", "requestBodies": "body", "responses": "response"}
_PARTS = {
    "items": "an item",
    "prefixItems": "an item",
    "additionalProperties": "a property",
    "propertyNames": "the name of a property",
}


def _subject(pointer: str, documents: tuple[Document, ...]) -> str:
    """Return the name of the nearest thing that has one: a property, a status."""
    parts = parts_of(pointer)
    if parts == ["security"]:
        return "the API"
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
        pointer = below("#", *parts)
        nodes = [mapping(one.follow("#", one.at(pointer))[1]) for one in documents]
        return next((str(node["name"]) for node in nodes if "name" in node), last)
    if len(parts) == 3 and parts[0] == "components":
        return last
    if len(parts) == 3 and parts[0] in ("paths", "webhooks"):
        return f"{last.upper()} {above}"
    if len(parts) == 4 and above == "additionalOperations":
        return f"{last} {parts[1]}"
    return last if above == "x-contract-models" else None


def _phrase(pointer: str, subject: str) -> str:
    """Return what a sentence calls the place: the thing, a part of it, or a body."""
    parts = parts_of(pointer)
    if subject == ".".join(parts):  # a member of the document or its `info`
        return ".".join(parts[:-1]) or "the document"
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
