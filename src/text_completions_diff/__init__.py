"""Compares two OpenAPI 3.1 documents, and says what the edit means for callers.

    >>> old, new = read_document("git:v0.1.0"), read_document("openapi.yaml")
    >>> for change in compare(old, new):
    ...     print(change.severity, change.message)

Requests may only widen, answers may only narrow; `KINDS` has every rule.
"""

from __future__ import annotations

from text_completions_document import Document, DocumentError, read_document

from ._change import Change
from ._compare import compare
from ._kind_table import KINDS, SECTIONS
from ._kinds import Kind, Rule, Severity, Side
from ._print import as_json, as_markdown, as_text, summary

__all__ = [
    "KINDS",
    "SECTIONS",
    "Change",
    "Document",
    "DocumentError",
    "Kind",
    "Rule",
    "Severity",
    "Side",
    "as_json",
    "as_markdown",
    "as_text",
    "compare",
    "read_document",
    "summary",
]
