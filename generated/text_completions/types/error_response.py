# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""ErrorResponse: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import attrs

from text_completions_runtime import (
    MISSING,
    Model,
)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class ErrorResponse(Model):
    """The answer to a request that failed."""

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("type", "type"),
        ("error", "error"),
        ("request_id", "request_id"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "type",
            "error",
        ]
    )

    type: Literal["error"]
    """The kind of object."""

    error: ErrorDetail
    """What went wrong."""

    request_id: str | None = MISSING
    """The same as the header `request-id`. Sent since 2026."""

    def __init__(
        self,
        *,
        type: Literal["error"],
        error: ErrorDetail,
        request_id: str | None = MISSING,
    ) -> None:
        self.type = type
        self.error = error
        if request_id is not MISSING:
            self.request_id = request_id

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 3
        if "type" in source:
            self.type = source["type"]
        else:
            known -= 1
        if "error" in source:
            self.error = ErrorDetail.decode(source["error"])
        else:
            known -= 1
        if "request_id" in source:
            self.request_id = source["request_id"]
        else:
            known -= 1
        if len(source) != known:
            self._set_extra(source)
        return self


from .error_detail import ErrorDetail
