# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""KnownModel: the values that the document lists."""

from __future__ import annotations

from typing import Literal, TypeAlias

KnownModel: TypeAlias = Literal[
    "claude-1",
    "claude-1-100k",
    "claude-1.0",
    "claude-1.2",
    "claude-1.3",
    "claude-1.3-100k",
    "claude-2",
    "claude-2.0",
    "claude-2.1",
    "claude-instant-1",
    "claude-instant-1-100k",
    "claude-instant-1.0",
    "claude-instant-1.1",
    "claude-instant-1.1-100k",
    "claude-instant-1.2",
    "claude-instant-v1",
    "claude-instant-v1-100k",
    "claude-instant-v1.0",
    "claude-instant-v1.1",
    "claude-instant-v1.1-100k",
    "claude-v1",
    "claude-v1-100k",
    "claude-v1.0",
    "claude-v1.2",
    "claude-v1.3",
    "claude-v1.3-100k",
]
