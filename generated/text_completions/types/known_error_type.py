# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""KnownErrorType: the values that the document lists."""

from __future__ import annotations

from typing import Literal, TypeAlias

KnownErrorType: TypeAlias = Literal[
    "api_error",
    "authentication_error",
    "billing_error",
    "invalid_request_error",
    "not_found_error",
    "overloaded_error",
    "permission_error",
    "rate_limit_error",
    "request_too_large",
    "timeout_error",
]
