# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""KnownMessageStopReason: the values that the document lists."""

from __future__ import annotations

from typing import Literal, TypeAlias

KnownMessageStopReason: TypeAlias = Literal[
    "end_turn",
    "max_tokens",
    "stop_sequence",
]
