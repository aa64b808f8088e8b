"""Write the changes as text, as JSON, as Markdown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from ._changes import Change
from ._kinds import Severity
from ._located import shown

_NOTHING = "No difference that a caller could see."


def as_json(changes: Sequence[Change]) -> str:
    """Return a JSON list of objects, an empty one if nothing changed."""
    return json.dumps([asdict(one) for one in changes], indent=2, ensure_ascii=False)


def as_text(changes: Sequence[Change]) -> str:
    """Return a paragraph for each change, and their number."""
    if not changes:
        return _NOTHING
    paragraphs = [
        "\n".join(
            (
                _one_line(f"{one.severity}: {one.message}"),
                _one_line(f"  {one.kind} at {_place(one)}"),
                *_values(one),
            )
        )
        for one in changes
    ]
    return "\n".join((*paragraphs, summary(changes)))


def summary(changes: Sequence[Change]) -> str:
    """Return the number of changes of each severity, in one line."""
    found = [one.severity for one in changes]
    return ", ".join(f"{found.count(severity)} {severity}" for severity in Severity)


def as_markdown(changes: Sequence[Change]) -> str:
    """Return a table for each severity, for a pull request or a release."""
    if not changes:
        return _NOTHING
    lines: list[str] = []
    for severity in Severity:
        chosen = [one for one in changes if one.severity is severity]
        if chosen:
            lines += [f"## {severity.capitalize()}", ""]
            lines += ["| what it means | kind | where |", "|---|---|---|"]
            lines += [*map(_row, chosen), ""]
    return "\n".join(lines).rstrip()


def _row(change: Change) -> str:
    cells = (change.message, f"`{change.kind}`", f"`{change.pointer}`")
    return f"| {' | '.join(_cell(one) for one in cells)} |"


def _cell(text: str) -> str:
    for mark, escaped in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;")):
        text = text.replace(mark, escaped)
    return _one_line(text)


def _place(change: Change) -> str:
    if not change.places:
        return change.pointer
    count = len(change.places)
    more = f" and {count - 1} more places" if count > 1 else ""
    return f"{change.pointer} ({change.places[0]}{more})"


def _values(change: Change) -> list[str]:
    if change.before is None and change.after is None:
        return []
    values = [
        "(none)" if value is None else shown(value, 120)
        for value in (change.before, change.after)
    ]
    return [_one_line(f"  {' -> '.join(values)}")]


def _one_line(text: str) -> str:
    """Replace what would break the line or move a terminal's cursor."""
    return "".join(one if one.isprintable() else " " for one in text)
