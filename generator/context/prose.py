"""The docstring of an emitted method."""

from __future__ import annotations

from typing import Any

from context.text import docstring, entry, paragraphs, section, sections
from document.loading import Document

WIDTH = 80  # what is left of a line within a method
_OPTIONS = {
    "extra_headers": "Headers to add; `omit` takes one away.",
    "extra_query": "Query parameters to add.",
    "extra_body": "Members to put into the body last, unchecked.",
    "timeout": "Seconds, or an `httpx.Timeout`, for this call alone.",
    "deadline": (
        "Seconds from 0 for this whole call: attempts, waits between them, redirects, "
        "and the body or the stream to its last event. None for no deadline."
    ),
    "idle_timeout": (
        "Seconds from 0 that the next event of a stream may take; neither pings nor "
        "your own time between two events count. None for no limit."
    ),
}


class Prose:
    """Writes what the document says of its operations."""

    def __init__(self, document: Document, errors: dict[int, str]) -> None:
        self._document = document
        self._errors = errors

    def docstring(
        self, operation: dict[str, Any], pointer: str, arguments: list[str], answer: str
    ) -> str:
        """Write the docstring of an operation's method.

        Args:
            operation: The operation as the document has it.
            pointer: Where that is.
            arguments: The entries of its own arguments.
            answer: What it returns.
        """
        text = sections(
            paragraphs(operation.get("summary", ""), width=WIDTH),
            "Deprecated." if operation.get("deprecated") else "",
            paragraphs(operation.get("description", ""), width=WIDTH),
            section("Args", arguments + _entries(_OPTIONS)),
            section("Returns", [f"    {answer}"]),
            section("Raises", _entries(self._raised(operation))),
            f"Source: {self._document.path.name}{pointer}",
        )
        return docstring(text, 8)

    def _raised(self, operation: dict[str, Any]) -> dict[str, str]:
        raised = {
            "RequestValidationError": "An argument breaks a bound; nothing was sent.",
            "APIConnectionError": "The network failed, or took too long.",
        }
        for status, response in operation.get("responses", {}).items():
            if status.isdigit() and int(status) in self._errors:
                part, _ = self._document.followed(response, "")
                name = self._errors[int(status)]
                raised[name] = f"{status}. {part.get('description', '')}"
        return raised


def _entries(texts: dict[str, str]) -> list[str]:
    return [entry(name, text, width=WIDTH) for name, text in texts.items()]
