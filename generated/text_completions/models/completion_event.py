# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""CompletionEvent, a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import attrs

from text_completions_runtime import (
    MISSING,
    Model,
)


@attrs.define(eq=False, repr=False, kw_only=True)
class CompletionEvent(Model):
    """A piece of a streamed completion. Under version 2023-06-01 its text is what was
    added, under 2023-01-01 it is all the text so far.
    """

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("type", "type"),
        ("id", "id"),
        ("completion", "completion"),
        ("stop_reason", "stop_reason"),
        ("model", "model"),
        ("stop", "stop"),
        ("log_id", "log_id"),
        ("truncated", "truncated"),
        ("exception", "exception"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "completion",
            "stop_reason",
            "model",
        ]
    )

    type: Literal["completion"] | None = MISSING
    """The kind of object."""

    id: str | None = MISSING
    """Names the completion; the same in all events of a stream."""

    completion: str
    """The text of this piece; empty in an event that only stops."""

    stop_reason: KnownCompletionStopReason | str | None
    """Why the text ended; null in every event but the last."""

    model: KnownModel | str
    """The model that makes the text, an alias resolved."""

    stop: str | None = MISSING
    """The sequence at which the text ended, in the last event."""

    log_id: str | None = MISSING
    """The same as `id`."""

    truncated: bool | None = MISSING
    """Whether the prompt was cut. Version 2023-01-01 only."""

    exception: str | None = MISSING
    """What went wrong meanwhile. Version 2023-01-01 only."""

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 0
        if "type" in source:
            known += 1
            self.type = source["type"]
        if "id" in source:
            known += 1
            self.id = source["id"]
        if "completion" in source:
            known += 1
            self.completion = source["completion"]
        if "stop_reason" in source:
            known += 1
            self.stop_reason = source["stop_reason"]
        if "model" in source:
            known += 1
            self.model = source["model"]
        if "stop" in source:
            known += 1
            self.stop = source["stop"]
        if "log_id" in source:
            known += 1
            self.log_id = source["log_id"]
        if "truncated" in source:
            known += 1
            self.truncated = source["truncated"]
        if "exception" in source:
            known += 1
            self.exception = source["exception"]
        if len(source) != known:
            self.keep_others(source)
        return self


from .known_completion_stop_reason import KnownCompletionStopReason
from .known_model import KnownModel
