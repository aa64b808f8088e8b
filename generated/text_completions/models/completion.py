# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""Completion, a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import attrs

from text_completions_runtime import (
    MISSING,
    Model,
)


@attrs.define(eq=False, repr=False, kw_only=True)
class Completion(Model):
    """A text that continues the prompt."""

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
            "type",
            "id",
            "completion",
            "stop_reason",
            "model",
        ]
    )

    type: Literal["completion"]
    """The kind of object."""

    id: str
    """Names this completion. Its form and length may change."""

    completion: str
    """The text, up to and without the stop sequence."""

    stop_reason: KnownCompletionStopReason | str | None
    """Why the text ended: `stop_sequence` at a sequence of the request or one built
    in, `max_tokens` at the limit of the request or the model. Null in a stream
    until the last completion event.
    """

    model: KnownModel | str
    """The model that made the text, an alias resolved."""

    stop: str | None = MISSING
    """The sequence at which the text ended; null exactly when the reason is
    `max_tokens`.
    """

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
