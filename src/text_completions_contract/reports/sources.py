"""Links for the sources of clauses."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

RFC: Final = re.compile(r"RFC (\d+)(?:, (\d[\d.]*))?")
EDITOR: Final = "https://www.rfc-editor.org/rfc"


class Part(NamedTuple):
    """A part of a source, and its link."""

    text: str
    url: str | None


def parts_of(source: str) -> list[Part]:
    """The parts of a source, which semicolons separate."""
    return [Part(text, _url(text)) for text in source.split("; ")]


def link(source: str) -> str | None:
    """The first link of a source, or None."""
    return next((part.url for part in parts_of(source) if part.url), None)


def _url(text: str) -> str | None:
    if text.startswith(("https://", "http://")):
        return text
    match = RFC.match(text)
    if match is None:
        return None
    page = f"{EDITOR}/rfc{match[1]}"
    return f"{page}#section-{match[2].rstrip('.')}" if match[2] else page
