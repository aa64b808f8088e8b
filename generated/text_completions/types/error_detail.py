# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""ErrorDetail: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import attrs

from text_completions_runtime import (
    MISSING,
    Model,
)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class ErrorDetail(Model):
    """What went wrong."""

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("type", "type"),
        ("message", "message"),
        ("details", "details"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "type",
            "message",
        ]
    )

    type: KnownErrorType | str
    """What kind of error it is."""

    message: str
    """What went wrong, in a sentence for people."""

    details: Any = MISSING
    """More about it, or null; seen in error events."""

    def __init__(
        self,
        *,
        type: KnownErrorType | str,
        message: str,
        details: Any = MISSING,
    ) -> None:
        self.type = type
        self.message = message
        if details is not MISSING:
            self.details = details

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 3
        if "type" in source:
            self.type = source["type"]
        else:
            known -= 1
        if "message" in source:
            self.message = source["message"]
        else:
            known -= 1
        if "details" in source:
            self.details = source["details"]
        else:
            known -= 1
        if len(source) != known:
            self._set_extra(source)
        return self


from .known_error_type import KnownErrorType
