"""Every kind of change: what it means in a request, and what in a response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from text_completions_document import parse_yaml


class Severity(StrEnum):
    """What a change does to callers, the worst first.

    Attributes:
        BREAKING: A call that worked can fail, or a response can surprise its reader.
        COMPATIBLE: Everything that worked works as before.
        DOCUMENTATION: Only people notice.
    """

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    DOCUMENTATION = "documentation"

    @property
    def rank(self) -> int:
        """The position in the order of severities; 0 is the worst."""
        return list(Severity).index(self)


class Side(StrEnum):
    """Who writes a value: the caller, or the server."""

    REQUEST = "request"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a change means on one side.

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
        request: What it means where callers write.
        response: What it means where the server writes.
    """

    name: str
    meaning: str
    request: Rule
    response: Rule

    def on(self, side: Side) -> Rule:
        """Return the rule for one side."""
        return self.request if side is Side.REQUEST else self.response


def _kind(name: str, row: Mapping[str, Any]) -> Kind:
    rules = [row["both"]] * 2 if "both" in row else [row["request"], row["response"]]
    request, response = (
        Rule(Severity(severity), consequence)
        for rule in rules
        for severity, consequence in rule.items()
    )
    return Kind(name, row["what"], request, response)


def _read() -> dict[str, tuple[Kind, ...]]:
    text = Path(__file__).with_name("kinds.yaml").read_text("utf-8")
    return {
        section: tuple(_kind(name, row) for name, row in rows.items())
        for section, rows in parse_yaml(text).items()
    }


SECTIONS: Mapping[str, tuple[Kind, ...]] = MappingProxyType(_read())
"""The kinds of change in the order in which documentation lists them."""

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for kinds in SECTIONS.values() for kind in kinds}
)
"""Every kind of change by its name."""
