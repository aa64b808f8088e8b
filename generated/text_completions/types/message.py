# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""Message: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self

import attrs

from text_completions_runtime import (
    MISSING,
    Model,
    decode_list,
    decode_variant,
)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class Message(Model):
    """The next turn of a conversation."""

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("id", "id"),
        ("type", "type"),
        ("role", "role"),
        ("content", "content"),
        ("model", "model"),
        ("stop_reason", "stop_reason"),
        ("stop_sequence", "stop_sequence"),
        ("usage", "usage"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "id",
            "type",
            "role",
            "content",
            "model",
            "stop_reason",
            "stop_sequence",
        ]
    )

    id: str
    """Names this message. Its form and length may change."""

    type: Literal["message"]
    """The kind of object."""

    role: Literal["assistant"]
    """Who speaks."""

    content: list[TextBlock | OtherContentBlock]
    """What is said, in parts."""

    model: KnownModel | str
    """The model that made the text."""

    stop_reason: KnownMessageStopReason | str | None
    """Why the message ended; null only in `message_start`."""

    stop_sequence: str | None
    """The sequence of the request at which the text ended."""

    usage: Usage | None = MISSING
    """What the exchange is billed for."""

    def __init__(
        self,
        *,
        id: str,
        type: Literal["message"],
        role: Literal["assistant"],
        content: list[TextBlock | OtherContentBlock],
        model: KnownModel | str,
        stop_reason: KnownMessageStopReason | str | None,
        stop_sequence: str | None,
        usage: Usage | None = MISSING,
    ) -> None:
        self.id = id
        self.type = type
        self.role = role
        self.content = content
        self.model = model
        self.stop_reason = stop_reason
        self.stop_sequence = stop_sequence
        if usage is not MISSING:
            self.usage = usage

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 8
        if "id" in source:
            self.id = source["id"]
        else:
            known -= 1
        if "type" in source:
            self.type = source["type"]
        else:
            known -= 1
        if "role" in source:
            self.role = source["role"]
        else:
            known -= 1
        if "content" in source:
            self.content = decode_list(
                source["content"],
                lambda item: decode_variant(
                    item, "type", {"text": TextBlock}, OtherContentBlock
                ),
            )
        else:
            known -= 1
        if "model" in source:
            self.model = source["model"]
        else:
            known -= 1
        if "stop_reason" in source:
            self.stop_reason = source["stop_reason"]
        else:
            known -= 1
        if "stop_sequence" in source:
            self.stop_sequence = source["stop_sequence"]
        else:
            known -= 1
        if "usage" in source:
            self.usage = Usage.decode(source["usage"])
        else:
            known -= 1
        if len(source) != known:
            self._set_extra(source)
        return self


from .known_message_stop_reason import KnownMessageStopReason
from .known_model import KnownModel
from .other_content_block import OtherContentBlock
from .text_block import TextBlock
from .usage import Usage
