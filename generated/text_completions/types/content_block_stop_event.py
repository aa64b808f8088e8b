# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""ContentBlockStopEvent: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import attrs

from text_completions_runtime import (
    Model,
)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class ContentBlockStopEvent(Model):
    """A block of content is complete."""

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("type", "type"),
        ("index", "index"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "type",
            "index",
        ]
    )

    type: Literal["content_block_stop"]
    """The kind of event."""

    index: int
    """Where in the content the block stands."""

    def __init__(
        self,
        *,
        type: Literal["content_block_stop"],
        index: int,
    ) -> None:
        self.type = type
        self.index = index

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 2
        if "type" in source:
            self.type = source["type"]
        else:
            known -= 1
        if "index" in source:
            self.index = source["index"]
        else:
            known -= 1
        if len(source) != known:
            self._set_extra(source)
        return self
