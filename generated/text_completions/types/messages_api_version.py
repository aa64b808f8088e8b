# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""MessagesApiVersion: the values that the document lists."""

from __future__ import annotations

from typing import Literal, TypeAlias

MessagesApiVersion: TypeAlias = Literal[
    "2023-01-01",
    "2023-06-01",
    "2026-10-21",
]
