# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""ContentBlockDeltaEvent: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import attrs

from text_completions_runtime import (
    Model,
    decode_variant,
)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class ContentBlockDeltaEvent(Model):
    """A block of content grows."""

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("type", "type"),
        ("index", "index"),
        ("delta", "delta"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "type",
            "index",
            "delta",
        ]
    )

    type: Literal["content_block_delta"]
    """The kind of event."""

    index: int
    """Where in the content the block stands."""

    delta: TextDelta | OtherDelta
    """What was added."""

    def __init__(
        self,
        *,
        type: Literal["content_block_delta"],
        index: int,
        delta: TextDelta | OtherDelta,
    ) -> None:
        self.type = type
        self.index = index
        self.delta = delta

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 3
        if "type" in source:
            self.type = source["type"]
        else:
            known -= 1
        if "index" in source:
            self.index = source["index"]
        else:
            known -= 1
        if "delta" in source:
            self.delta = decode_variant(
                source["delta"], "type", {"text_delta": TextDelta}, OtherDelta
            )
        else:
            known -= 1
        if len(source) != known:
            self._set_extra(source)
        return self


from .other_delta import OtherDelta
from .text_delta import TextDelta
