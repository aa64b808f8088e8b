"""What a comparison finds: differences on the way, changes in the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ._kinds import Kind, Severity, Side


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """One difference between two places, before it is known who meets it.

    Attributes:
        kind: What kind of change it is.
        pointer: Where: in the new document, or in the old one for what is gone.
        before: What stood there, or None.
        after: What stands there, or None.
        detail: What the kind's sentence tells besides the subject.
        subject: What it is about, where the pointer does not say so.
    """

    kind: Kind
    pointer: str
    before: Any = None
    after: Any = None
    detail: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the contract, as a caller meets it.

    Attributes:
        severity: What it does to callers; the worst over all its places.
        kind: The name of its kind; docs/changes.md lists them.
        pointer: The JSON pointer to it in the new document, or in the old one for
            what is gone.
        message: One sentence of consequence.
        subject: The name of the thing that changed, such as `temperature`.
        before: What stood there, or None.
        after: What stands there, or None.
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


@dataclass(frozen=True, slots=True)
class Place:
    """Where callers meet a value, and who writes it there."""

    side: Side
    name: str
