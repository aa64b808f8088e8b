# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""BareErrorResponse, a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import attrs

from text_completions_runtime import (
    MISSING,
    Model,
)


@attrs.define(eq=False, repr=False, kw_only=True)
class BareErrorResponse(Model):
    """An error that may lack its outer `type`, as the proxy in front writes it, and error
    events of a stream sometimes do.
    """

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("type", "type"),
        ("error", "error"),
        ("request_id", "request_id"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "error",
        ]
    )

    type: Literal["error"] | None = MISSING
    """The kind of object."""

    error: ErrorDetail
    """What went wrong."""

    request_id: str | None = MISSING
    """The same as the header `request-id`."""

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 0
        if "type" in source:
            known += 1
            self.type = source["type"]
        if "error" in source:
            known += 1
            self.error = ErrorDetail.decode(source["error"])
        if "request_id" in source:
            known += 1
            self.request_id = source["request_id"]
        if len(source) != known:
            self.keep_others(source)
        return self


from .error_detail import ErrorDetail
