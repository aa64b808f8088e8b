# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""MessageStartEvent: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import attrs

from text_completions_runtime import (
    Model,
)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class MessageStartEvent(Model):
    """The first event of a stream; its message has no content yet."""

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("type", "type"),
        ("message", "message"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "type",
            "message",
        ]
    )

    type: Literal["message_start"]
    """The kind of event."""

    message: Message
    """The message as far as it is known."""

    def __init__(
        self,
        *,
        type: Literal["message_start"],
        message: Message,
    ) -> None:
        self.type = type
        self.message = message

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 2
        if "type" in source:
            self.type = source["type"]
        else:
            known -= 1
        if "message" in source:
            self.message = Message.decode(source["message"])
        else:
            known -= 1
        if len(source) != known:
            self._set_extra(source)
        return self


from .message import Message
