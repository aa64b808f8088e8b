# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""PingEvent: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import attrs

from text_completions_runtime import (
    Model,
)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class PingEvent(Model):
    """Keeps the connection alive. It may come anywhere in a stream."""

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (("type", "type"),)
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "type",
        ]
    )

    type: Literal["ping"]
    """The kind of object."""

    def __init__(
        self,
        *,
        type: Literal["ping"],
    ) -> None:
        self.type = type

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 1
        if "type" in source:
            self.type = source["type"]
        else:
            known -= 1
        if len(source) != known:
            self._set_extra(source)
        return self
