"""The errors of reading a document. Each message is one line of printable text."""

from __future__ import annotations


class DocumentError(Exception):
    """A document cannot be read or used.

    The message is one line: file and line, pointer, reason, and what to do.
    """

    def __init__(self, message: str) -> None:
        super().__init__(_printable(message))


class ParseError(ValueError):
    """A text is not a JSON value in YAML or JSON.

    Attributes:
        reason: What is wrong, and what to do.
        line: The line, counted from 1, or None where the reader does not know it.
        column: The column, counted from 1, or None.
    """

    def __init__(
        self, reason: str, line: int | None = None, column: int | None = None
    ) -> None:
        place = "" if line is None else f"line {line}, column {column}: "
        super().__init__(_printable(f"{place}{reason}"))
        self.reason = reason
        self.line = line
        self.column = column


def _printable(text: str) -> str:
    """Escape what would move a terminal's cursor, or break the line."""
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode()
        for one in text
    )
