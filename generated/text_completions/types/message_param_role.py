# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""MessageParamRole: the values that the document lists."""

from __future__ import annotations

from typing import Literal, TypeAlias

MessageParamRole: TypeAlias = Literal[
    "assistant",
    "user",
]
