# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""Usage: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import attrs

from text_completions_runtime import (
    Model,
)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class Usage(Model):
    """What the exchange is billed for. Sent since February 2024."""

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("input_tokens", "input_tokens"),
        ("output_tokens", "output_tokens"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "input_tokens",
            "output_tokens",
        ]
    )

    input_tokens: int
    """The number of tokens that were read."""

    output_tokens: int
    """The number of tokens that were written."""

    def __init__(
        self,
        *,
        input_tokens: int,
        output_tokens: int,
    ) -> None:
        self.input_tokens = input_tokens
        self.output_tokens = output_tokens

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 2
        if "input_tokens" in source:
            self.input_tokens = source["input_tokens"]
        else:
            known -= 1
        if "output_tokens" in source:
            self.output_tokens = source["output_tokens"]
        else:
            known -= 1
        if len(source) != known:
            self._set_extra(source)
        return self
