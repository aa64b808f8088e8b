# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""ContentBlockStartEvent: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import attrs

from text_completions_runtime import (
    Model,
    decode_variant,
)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class ContentBlockStartEvent(Model):
    """A block of content begins."""

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("type", "type"),
        ("index", "index"),
        ("content_block", "content_block"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "type",
            "index",
            "content_block",
        ]
    )

    type: Literal["content_block_start"]
    """The kind of event."""

    index: int
    """Where in the content the block stands."""

    content_block: TextBlock | OtherContentBlock
    """The block as it begins."""

    def __init__(
        self,
        *,
        type: Literal["content_block_start"],
        index: int,
        content_block: TextBlock | OtherContentBlock,
    ) -> None:
        self.type = type
        self.index = index
        self.content_block = content_block

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
        if "content_block" in source:
            self.content_block = decode_variant(
                source["content_block"], "type", {"text": TextBlock}, OtherContentBlock
            )
        else:
            known -= 1
        if len(source) != known:
            self._set_extra(source)
        return self


from .other_content_block import OtherContentBlock
from .text_block import TextBlock
