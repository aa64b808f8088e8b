# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""TextBlockParam: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Required, TypedDict


class TextBlockParam(TypedDict, total=False):
    """A text within a message that is sent."""

    type: Required[Literal["text"]]
    """The kind of block."""

    text: Required[str]
    """The text."""

    cache_control: Mapping[str, Any]
    """Where a cached prompt may end; sdk 2.14. It changes no answer."""
