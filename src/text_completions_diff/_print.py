"""The report: as text, as JSON, as Markdown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from ._change import Change
from ._kinds import Severity

_HEADINGS = {
    Severity.BREAKING: "Breaking",
    Severity.COMPATIBLE: "Compatible",
    Severity.DOCUMENTATION: "Documentation",
}
NONE = "No difference that a caller could see."


def as_json(changes: Sequence[Change]) -> str:
    """A list of objects, an empty one where nothing changed."""
    return json.dumps([asdict(one) for one in changes], indent=2, ensure_ascii=False)


def as_text(changes: Sequence[Change]) -> str:
    """A paragraph for each change, and their number."""
    if not changes:
        return NONE
    parts = [
        "\n".join(
            (
                f"{one.severity}: {one.message}",
                f"  {one.kind} at {_place(one)}",
                *_values(one),
            )
        )
        for one in changes
    ]
    return "\n".join((*parts, summary(changes)))


def summary(changes: Sequence[Change]) -> str:
    """How many changes there are of each severity, in a line."""
    counts = [
        (sum(one.severity is severity for one in changes), severity)
        for severity in Severity
    ]
    return ", ".join(f"{count} {severity}" for count, severity in counts)


def as_markdown(changes: Sequence[Change]) -> str:
    """A table for each severity, for a pull request or a release."""
    if not changes:
        return NONE
    lines: list[str] = []
    for severity, heading in _HEADINGS.items():
        chosen = [one for one in changes if one.severity is severity]
        if chosen:
            lines += [f"## {heading}", "", "| what it means | kind | where |"]
            lines += ["|---|---|---|", *map(_row, chosen), ""]
    return "\n".join(lines).rstrip()


def _row(change: Change) -> str:
    cells = (change.message, f"`{change.kind}`", f"`{change.pointer}`")
    return f"| {' | '.join(_cell(one) for one in cells)} |"


def _cell(text: str) -> str:
    for mark, harmless in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;")):
        text = text.replace(mark, harmless)
    return _one_line(text)


def _place(change: Change) -> str:
    if not change.places:
        return change.pointer
    count = len(change.places)
    more = f" and {count - 1} more places" if count > 1 else ""
    return _one_line(f"{change.pointer} ({change.places[0]}{more})")


def _values(change: Change) -> list[str]:
    """Before and after, where they are short enough to be read in passing."""
    if change.before is None and change.after is None:
        return []
    before, after = (_short(one) for one in (change.before, change.after))
    return [f"  {before} -> {after}"]


def _short(value: object) -> str:
    if value is None:
        return "(none)"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:117]}..."


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
