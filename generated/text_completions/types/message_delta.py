# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""MessageDelta: a model of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

import attrs

from text_completions_runtime import (
    Model,
)


@attrs.define(init=False, eq=False, repr=False, kw_only=True)
class MessageDelta(Model):
    """What is known of a message at its end."""

    FIELDS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("stop_reason", "stop_reason"),
        ("stop_sequence", "stop_sequence"),
    )
    REQUIRED: ClassVar[frozenset[str]] = frozenset(
        [
            "stop_reason",
            "stop_sequence",
        ]
    )

    stop_reason: KnownMessageStopReason | str | None
    """Why the message ended."""

    stop_sequence: str | None
    """The sequence of the request at which the text ended."""

    def __init__(
        self,
        *,
        stop_reason: KnownMessageStopReason | str | None,
        stop_sequence: str | None,
    ) -> None:
        self.stop_reason = stop_reason
        self.stop_sequence = stop_sequence

    @classmethod
    def from_dict(cls, source: Mapping[str, Any]) -> Self:
        """Build the model from decoded JSON. Nothing is checked or copied."""
        self = cls.__new__(cls)
        known = 2
        if "stop_reason" in source:
            self.stop_reason = source["stop_reason"]
        else:
            known -= 1
        if "stop_sequence" in source:
            self.stop_sequence = source["stop_sequence"]
        else:
            known -= 1
        if len(source) != known:
            self._set_extra(source)
        return self


from .known_message_stop_reason import KnownMessageStopReason
