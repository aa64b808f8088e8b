# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""The contract that programs, gateways and servers speak when they speak Anthropic's Text
Completions API: one prompt in, one completion out, as a JSON object or as a stream of
server-sent events, in the two versions of the wire format that the service has had.

This document is kept by an independent project. It is not published, endorsed or
supported by Anthropic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from httpx import Timeout

from text_completions_runtime import (
    DEFAULT_CONNECTION_LIMITS,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT,
    NOT_GIVEN,
    AsyncStreamedResponse,
    DefaultAsyncHttpxClient,
    DefaultHttpxClient,
    NotGiven,
    Null,
    Omit,
    RawResponse,
    RequestOptions,
    StreamedResponse,
    not_given,
    null,
    omit,
)
from text_completions_runtime import Model as BaseModel
from text_completions_runtime import lazy as _lazy

from ._streaming import AsyncStream, Stream
from .client import Anthropic, AsyncAnthropic, AsyncClient, Client
from .errors import (
    AnthropicError,
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    BillingError,
    ConflictError,
    DeadlineExceededError,
    InternalServerError,
    MethodNotAllowedError,
    MissingCredentialsError,
    NotFoundError,
    OverloadedError,
    PermissionDeniedError,
    RateLimitError,
    RequestTooLargeError,
    RequestValidationError,
    ServiceUnavailableError,
    UnprocessableEntityError,
)

if TYPE_CHECKING:
    from . import models, types
    from .prompts import (
        Conversation,
        PromptError,
        messages_to_prompt,
        prompt_to_messages,
    )
else:  # so that type checkers still report misspelt names
    __getattr__, __dir__ = _lazy(
        __name__,
        {
            "models": ".models",
            "types": ".types",
            "Conversation": ".prompts",
            "PromptError": ".prompts",
            "messages_to_prompt": ".prompts",
            "prompt_to_messages": ".prompts",
        },
    )

__version__ = "0.1.0"
__api_version__ = "2023-06-01"

HUMAN_PROMPT = "\n\nHuman:"
AI_PROMPT = "\n\nAssistant:"

__all__ = [
    "AI_PROMPT",
    "DEFAULT_CONNECTION_LIMITS",
    "DEFAULT_MAX_RETRIES",
    "DEFAULT_TIMEOUT",
    "HUMAN_PROMPT",
    "NOT_GIVEN",
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "Anthropic",
    "AnthropicError",
    "AsyncAnthropic",
    "AsyncClient",
    "AsyncStream",
    "AsyncStreamedResponse",
    "AuthenticationError",
    "BadRequestError",
    "BaseModel",
    "BillingError",
    "Client",
    "ConflictError",
    "Conversation",
    "DeadlineExceededError",
    "DefaultAsyncHttpxClient",
    "DefaultHttpxClient",
    "InternalServerError",
    "MethodNotAllowedError",
    "MissingCredentialsError",
    "NotFoundError",
    "NotGiven",
    "Null",
    "Omit",
    "OverloadedError",
    "PermissionDeniedError",
    "PromptError",
    "RateLimitError",
    "RawResponse",
    "RequestOptions",
    "RequestTooLargeError",
    "RequestValidationError",
    "ServiceUnavailableError",
    "Stream",
    "StreamedResponse",
    "Timeout",
    "UnprocessableEntityError",
    "__api_version__",
    "__version__",
    "messages_to_prompt",
    "models",
    "not_given",
    "null",
    "omit",
    "prompt_to_messages",
    "types",
]
