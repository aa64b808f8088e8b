"""Every kind of change: what it means in a request, and what in an answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a change does to those who call.

    Attributes:
        BREAKING: A call that worked may fail, or an answer may surprise its reader.
        COMPATIBLE: Whatever worked works as before.
        DOCUMENTATION: Only people notice.
    """

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    DOCUMENTATION = "documentation"


class Side(StrEnum):
    """Who writes a value: the caller, or the server."""

    REQUEST = "request"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a change is on one side.

    Attributes:
        severity: What it does to callers.
        consequence: The sentence that says so, with `{subject}` and `{detail}`.
    """

    severity: Severity
    consequence: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of change.

    Attributes:
        name: Its name in reports.
        meaning: What changed.
        request: What it is where callers write.
        answer: What it is where the server writes.
    """

    name: str
    meaning: str
    request: Rule
    answer: Rule

    def on(self, side: Side) -> Rule:
        """The rule for one side."""
        return self.request if side is Side.REQUEST else self.answer


BREAKING = Severity.BREAKING
COMPATIBLE = Severity.COMPATIBLE
DOCUMENTATION = Severity.DOCUMENTATION


def narrows(name: str, meaning: str, request: str, answer: str) -> Kind:
    """Fewer values than before: callers may not rely on it, the server may."""
    return Kind(name, meaning, Rule(BREAKING, request), Rule(COMPATIBLE, answer))


def widens(name: str, meaning: str, request: str, answer: str) -> Kind:
    """More values than before: the other way round."""
    return Kind(name, meaning, Rule(COMPATIBLE, request), Rule(BREAKING, answer))


def always(severity: Severity, name: str, meaning: str, text: str) -> Kind:
    """The same on both sides."""
    return Kind(name, meaning, Rule(severity, text), Rule(severity, text))


def breaks(name: str, meaning: str, text: str) -> Kind:
    """Breaking on both sides."""
    return always(BREAKING, name, meaning, text)


def extends(name: str, meaning: str, text: str) -> Kind:
    """Compatible on both sides."""
    return always(COMPATIBLE, name, meaning, text)


def tells(name: str, meaning: str, text: str) -> Kind:
    """Documentation on both sides."""
    return always(DOCUMENTATION, name, meaning, text)
