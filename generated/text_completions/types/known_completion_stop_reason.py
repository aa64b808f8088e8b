# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""KnownCompletionStopReason: the values that the document lists."""

from __future__ import annotations

from typing import Literal, TypeAlias

KnownCompletionStopReason: TypeAlias = Literal[
    "max_tokens",
    "stop_sequence",
]
