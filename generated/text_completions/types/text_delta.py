# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""TextDelta: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import attrs

from text_completions_runtime import (
    Model,
)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class TextDelta(Model):
    """What was added to a block of text."""

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("type", "type"),
        ("text", "text"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "type",
            "text",
        ]
    )

    type: Literal["text_delta"]
    """The kind of addition."""

    text: str
    """The text that was added."""

    def __init__(
        self,
        *,
        type: Literal["text_delta"],
        text: str,
    ) -> None:
        self.type = type
        self.text = text

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 2
        if "type" in source:
            self.type = source["type"]
        else:
            known -= 1
        if "text" in source:
            self.text = source["text"]
        else:
            known -= 1
        if len(source) != known:
            self._set_extra(source)
        return self
