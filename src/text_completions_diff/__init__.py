"""Compare two OpenAPI documents, and tell what the edit means for callers.

    from text_completions_diff import diff
    from text_completions_document import read_document

    for change in diff(read_document("git:HEAD"), read_document("openapi.yaml")):
        print(change.severity, change.message)

Requests may only widen, responses may only narrow; `KINDS` has every rule.
"""

from __future__ import annotations

from ._changes import Change
from ._diff import diff
from ._kinds import KINDS, SECTIONS, Kind, Rule, Severity, Side
from ._report import as_json, as_markdown, as_text, summary

__all__ = [
    "KINDS",
    "SECTIONS",
    "Change",
    "Kind",
    "Rule",
    "Severity",
    "Side",
    "as_json",
    "as_markdown",
    "as_text",
    "diff",
    "summary",
]
