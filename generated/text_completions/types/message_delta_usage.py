# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""MessageDeltaUsage: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import attrs

from text_completions_runtime import (
    Model,
)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class MessageDeltaUsage(Model):
    """What the whole message is billed for."""

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("output_tokens", "output_tokens"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "output_tokens",
        ]
    )

    output_tokens: int
    """The number of tokens that were written, all in all."""

    def __init__(
        self,
        *,
        output_tokens: int,
    ) -> None:
        self.output_tokens = output_tokens

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 1
        if "output_tokens" in source:
            self.output_tokens = source["output_tokens"]
        else:
            known -= 1
        if len(source) != known:
            self._set_extra(source)
        return self
