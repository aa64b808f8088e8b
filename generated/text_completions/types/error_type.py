# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""ErrorType: a union of the document."""

from __future__ import annotations

from typing import TypeAlias

from .known_error_type import KnownErrorType

ErrorType: TypeAlias = KnownErrorType | str
