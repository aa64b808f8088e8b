"""Writes in words what the document says, for the docstrings of emitted methods."""

from __future__ import annotations

from typing import Any

from document.supported import SupportedDocument

from .text import docstring, entry, paragraphs, section, sections

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
_RAISES = {
    "RequestValidationError": "An argument breaks a bound; nothing was sent.",
    "APIConnectionError": "The network failed, or took too long.",
}

_BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "{} or more characters",
    "maxLength": "up to {} characters",
    "minItems": "{} or more items",
    "maxItems": "up to {} items",
    "pattern": "matches `{}`",
    "multipleOf": "a multiple of {}",
}


def operation_docstring(
    document: SupportedDocument,
    pointer: str,
    arguments: list[str],
    returned: str,
    errors: dict[int, str],
) -> str:
    """Write the docstring of an operation's method.

    Args:
        document: The document.
        pointer: The operation.
        arguments: The entries of its own arguments.
        returned: What it returns.
        errors: The exceptions of the client, by their statuses.
    """
    operation = document.at(pointer)
    text = sections(
        paragraphs(operation.get("summary", "")),
        "Deprecated." if operation.get("deprecated") else "",
        paragraphs(operation.get("description", "")),
        section("Args", [*arguments, *_entries(_OPTIONS)]),
        section("Returns", [f"    {returned}"]),
        section("Raises", _entries(_RAISES | _errors(document, operation, errors))),
        f"Source: {document.file_name}{pointer}",
    )
    return docstring(text, 8)


def _errors(
    document: SupportedDocument, operation: dict[str, Any], errors: dict[int, str]
) -> dict[str, str]:
    raised: dict[str, str] = {}
    for status, response in operation["responses"].items():
        if status.isdigit() and int(status) in errors:
            _, part = document.follow("", response)
            raised[errors[int(status)]] = f"{status}. {part['description']}"
    return raised


def _entries(texts: dict[str, str]) -> list[str]:
    return [entry(name, text) for name, text in texts.items()]


# Arguments ------------------------------------------------------------------------


def documented(
    document: SupportedDocument, pointer: str, extension: dict[str, Any] | None = None
) -> str:
    """Write what the document says of the part at a pointer, on one line.

    Args:
        document: The document.
        pointer: A parameter, or a schema.
        extension: What `x-contract-argument` says of a parameter.
    """
    own = document.at(pointer)
    _, part = document.follow(pointer, own)
    _, schema = document.follow("", part.get("schema", part))
    description = own.get("description") or part.get("description") or ""
    values = schema if extension is None else extension
    default = values.get("default")
    texts = (
        "Deprecated." if is_deprecated(own) or is_deprecated(part) else "",
        description,
        bounds_in_words(schema),
        "" if default is None else f"Default: {default!r}.",
        f"({pointer})",
    )
    return " ".join(text for text in texts if text)


def is_deprecated(part: dict[str, Any]) -> bool:
    """Tell whether the document says that a part should not be used any more."""
    return bool(part.get("deprecated") or part.get("schema", {}).get("deprecated"))


def bounds_in_words(schema: dict[str, Any]) -> str:
    """Return the bounds as a sentence, or nothing if there are none."""
    words = [text.format(schema[key]) for key, text in _BOUNDS.items() if key in schema]
    return f"Bounds: {', '.join(words)}." if words else ""
