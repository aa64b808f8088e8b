"""Builds HTML that is safe: every text that is not `Markup` is escaped."""

from __future__ import annotations

import html
import re
from typing import Final

# Characters that an HTML document cannot hold, and halves of surrogate pairs.
ILLEGAL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class Markup(str):
    """A text that is already HTML."""

    __slots__ = ()


def tag(name: str, *children: str | None, **attributes: str) -> Markup:
    """Return an element; `class_` is the attribute `class`, and None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_escaped(value)}"'
        for key, value in attributes.items()
    )
    return Markup(f"<{name}{written}>{joined(*children)}</{name}>")


def joined(*children: str | None) -> Markup:
    """Join children; texts that are not `Markup` are escaped."""
    return Markup(
        "".join(
            child if isinstance(child, Markup) else _escaped(child)
            for child in children
            if child is not None
        )
    )


def prose(text: str) -> Markup:
    """Return a sentence with the parts in backticks as code."""
    parts = text.split("`")
    # With an odd number of backticks the last one is text.
    if len(parts) % 2 == 0:
        parts[-2:] = ["`".join(parts[-2:])]
    return joined(
        *(tag("code", part) if at % 2 else part for at, part in enumerate(parts))
    )


def _escaped(text: str) -> str:
    return html.escape(ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text))
