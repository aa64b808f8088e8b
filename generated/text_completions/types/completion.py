# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""Completion: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import attrs

from text_completions_runtime import (
    MISSING,
    Model,
)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
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
    """The sequence at which the text ended. Null when the reason is `max_tokens`, and
    when `stop_sequence` stands for a reason that this operation has no word for,
    such as a refusal.
    """

    log_id: str | None = MISSING
    """The same as `id`."""

    truncated: bool | None = MISSING
    """Whether the prompt was cut. Version 2023-01-01 only."""

    exception: str | None = MISSING
    """What went wrong meanwhile. Version 2023-01-01 only."""

    def __init__(
        self,
        *,
        type: Literal["completion"],
        id: str,
        completion: str,
        stop_reason: KnownCompletionStopReason | str | None,
        model: KnownModel | str,
        stop: str | None = MISSING,
        log_id: str | None = MISSING,
        truncated: bool | None = MISSING,
        exception: str | None = MISSING,
    ) -> None:
        self.type = type
        self.id = id
        self.completion = completion
        self.stop_reason = stop_reason
        self.model = model
        if stop is not MISSING:
            self.stop = stop
        if log_id is not MISSING:
            self.log_id = log_id
        if truncated is not MISSING:
            self.truncated = truncated
        if exception is not MISSING:
            self.exception = exception

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 9
        if "type" in source:
            self.type = source["type"]
        else:
            known -= 1
        if "id" in source:
            self.id = source["id"]
        else:
            known -= 1
        if "completion" in source:
            self.completion = source["completion"]
        else:
            known -= 1
        if "stop_reason" in source:
            self.stop_reason = source["stop_reason"]
        else:
            known -= 1
        if "model" in source:
            self.model = source["model"]
        else:
            known -= 1
        if "stop" in source:
            self.stop = source["stop"]
        else:
            known -= 1
        if "log_id" in source:
            self.log_id = source["log_id"]
        else:
            known -= 1
        if "truncated" in source:
            self.truncated = source["truncated"]
        else:
            known -= 1
        if "exception" in source:
            self.exception = source["exception"]
        else:
            known -= 1
        if len(source) != known:
            self._set_extra(source)
        return self


from .known_completion_stop_reason import KnownCompletionStopReason
from .known_model import KnownModel
