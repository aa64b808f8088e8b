# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""The errors of the client: a class for each status of the document."""

from __future__ import annotations

from typing import ClassVar

from text_completions_runtime import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APITimeoutError,
    ClientError,
    ErrorClasses,
    MissingCredentialsError,
    RequestValidationError,
)
from text_completions_runtime import APIStatusError as _APIStatusError

AnthropicError = ClientError
"""The base of every error that the client raises."""


class APIStatusError(_APIStatusError):
    """The server reported an error: a status of 4xx or 5xx, or an error event.

    Attributes:
        response: The HTTP response. The credentials in its request are masked.
        status_code: The HTTP status; 200 for an error event in a stream.
        request_id: The id of the request, for questions to the service.
        workspace_id: The id of the caller's workspace.
        type: The type of the error, from the body.
        body: The decoded body.
    """

    TYPE_PATH: ClassVar[tuple[str, ...]] = ("error", "type")
    REQUEST_ID: ClassVar[str] = "request-id"
    WORKSPACE_ID: ClassVar[str] = "anthropic-workspace-id"


class InternalServerError(APIStatusError):
    """500: Something broke inside the service."""


class BadRequestError(APIStatusError):
    """400: The request breaks a rule of this document: a header, a parameter, a bound,
    the form of the prompt, or the choice of the model.
    """


class AuthenticationError(APIStatusError):
    """401: The key is missing, unknown or revoked."""


class BillingError(APIStatusError):
    """402: The account cannot pay for the request."""


class PermissionDeniedError(APIStatusError):
    """403: The key may not use what the request asks for."""


class NotFoundError(APIStatusError):
    """404: The model is unknown or retired, or the path does not exist."""


class MethodNotAllowedError(APIStatusError):
    """405: The path does not answer this method. Never the answer to the method
    described here; every other method of the path gets it.
    """


class ConflictError(APIStatusError):
    """The server answered 409."""


class RequestTooLargeError(APIStatusError):
    """413: The body is larger than the service reads. A proxy in front answers this
    one, without the outer `type` and sometimes without `request-id`.
    """


class UnprocessableEntityError(APIStatusError):
    """The server answered 422."""


class RateLimitError(APIStatusError):
    """429: The account has used up a rate or has too many requests in flight."""


class ServiceUnavailableError(InternalServerError):
    """The server answered 503."""


class DeadlineExceededError(InternalServerError):
    """504: The service took too long to answer."""


class OverloadedError(InternalServerError):
    """529: The service has more work than it can do."""


ERRORS = ErrorClasses(
    by_status={
        400: BadRequestError,
        401: AuthenticationError,
        402: BillingError,
        403: PermissionDeniedError,
        404: NotFoundError,
        405: MethodNotAllowedError,
        409: ConflictError,
        413: RequestTooLargeError,
        422: UnprocessableEntityError,
        429: RateLimitError,
        500: InternalServerError,
        503: ServiceUnavailableError,
        504: DeadlineExceededError,
        529: OverloadedError,
    },
    by_range={5: InternalServerError},
    by_type={
        "invalid_request_error": BadRequestError,
        "authentication_error": AuthenticationError,
        "billing_error": BillingError,
        "permission_error": PermissionDeniedError,
        "not_found_error": NotFoundError,
        "request_too_large": RequestTooLargeError,
        "rate_limit_error": RateLimitError,
        "api_error": InternalServerError,
        "timeout_error": DeadlineExceededError,
        "overloaded_error": OverloadedError,
    },
    other=APIStatusError,
)

__all__ = [
    "ERRORS",
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "AnthropicError",
    "AuthenticationError",
    "BadRequestError",
    "BillingError",
    "ConflictError",
    "DeadlineExceededError",
    "InternalServerError",
    "MethodNotAllowedError",
    "MissingCredentialsError",
    "NotFoundError",
    "OverloadedError",
    "PermissionDeniedError",
    "RateLimitError",
    "RequestTooLargeError",
    "RequestValidationError",
    "ServiceUnavailableError",
    "UnprocessableEntityError",
]
