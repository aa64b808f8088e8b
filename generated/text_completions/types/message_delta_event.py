# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""MessageDeltaEvent: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import attrs

from text_completions_runtime import (
    MISSING,
    Model,
)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class MessageDeltaEvent(Model):
    """The message is complete but for the end of the stream."""

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("type", "type"),
        ("delta", "delta"),
        ("usage", "usage"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "type",
            "delta",
        ]
    )

    type: Literal["message_delta"]
    """The kind of event."""

    delta: MessageDelta
    """What is known now."""

    usage: MessageDeltaUsage | None = MISSING
    """What the whole message is billed for."""

    def __init__(
        self,
        *,
        type: Literal["message_delta"],
        delta: MessageDelta,
        usage: MessageDeltaUsage | None = MISSING,
    ) -> None:
        self.type = type
        self.delta = delta
        if usage is not MISSING:
            self.usage = usage

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 3
        if "type" in source:
            self.type = source["type"]
        else:
            known -= 1
        if "delta" in source:
            self.delta = MessageDelta.decode(source["delta"])
        else:
            known -= 1
        if "usage" in source:
            self.usage = MessageDeltaUsage.decode(source["usage"])
        else:
            known -= 1
        if len(source) != known:
            self._set_extra(source)
        return self


from .message_delta import MessageDelta
from .message_delta_usage import MessageDeltaUsage
