"""What an emitted client needs, whatever its contract says.

Emitted code imports this door and nothing behind it. People who use a client need
none of it by name: the client's package re-exports what is theirs.
"""

from __future__ import annotations

from ._client.async_ import AsyncClient
from ._client.options import DEFAULT_MAX_RETRIES
from ._client.state import CredentialSetting
from ._client.sync import SyncClient
from ._decode import (
    decode_date,
    decode_datetime,
    decode_fitting,
    decode_list,
    decode_map,
    decode_uuid,
    decode_variant,
)
from ._errors import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    ClientError,
    MissingCredentialsError,
    RequestValidationError,
)
from ._generated import (
    AsyncCallContextManager,
    CallContextManager,
    async_raw,
    async_streamed,
    lazy,
    raw,
    streamed,
    with_signature_errors,
)
from ._headers import Headers
from ._manual import RequestOptions
from ._models import MISSING, Model
from ._prompts import Conversation, PromptError, PromptFormat
from ._request import Options, Query
from ._response.responses import AsyncStreamedResponse, RawResponse, StreamedResponse
from ._retry import retry_delay
from ._spec import (
    Accumulation,
    AccumulationStep,
    ApiSpec,
    Body,
    Credential,
    Environment,
    ErrorClasses,
    FieldPath,
    Operation,
    Parameter,
    ResponseSpec,
    StreamSpec,
    VersionRule,
)
from ._streaming.sse import ServerSentEvent, SSEDecoder
from ._streaming.stream import AsyncStream, Stream
from ._transport.http_clients import (
    DEFAULT_CONNECTION_LIMITS,
    DEFAULT_TIMEOUT,
    DefaultAsyncHttpxClient,
    DefaultHttpxClient,
    load_transport,
)
from ._types import (
    NOT_GIVEN,
    NotGiven,
    Null,
    Omit,
    SequenceNotStr,
    not_given,
    null,
    omit,
)
from ._validation import KEYWORDS, Schemas

__all__ = [
    "DEFAULT_CONNECTION_LIMITS",
    "DEFAULT_MAX_RETRIES",
    "DEFAULT_TIMEOUT",
    "KEYWORDS",
    "MISSING",
    "NOT_GIVEN",
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "Accumulation",
    "AccumulationStep",
    "ApiSpec",
    "AsyncCallContextManager",
    "AsyncClient",
    "AsyncStream",
    "AsyncStreamedResponse",
    "Body",
    "CallContextManager",
    "ClientError",
    "Conversation",
    "Credential",
    "CredentialSetting",
    "DefaultAsyncHttpxClient",
    "DefaultHttpxClient",
    "Environment",
    "ErrorClasses",
    "FieldPath",
    "Headers",
    "MissingCredentialsError",
    "Model",
    "NotGiven",
    "Null",
    "Omit",
    "Operation",
    "Options",
    "Parameter",
    "PromptError",
    "PromptFormat",
    "Query",
    "RawResponse",
    "RequestOptions",
    "RequestValidationError",
    "ResponseSpec",
    "SSEDecoder",
    "Schemas",
    "SequenceNotStr",
    "ServerSentEvent",
    "Stream",
    "StreamSpec",
    "StreamedResponse",
    "SyncClient",
    "VersionRule",
    "async_raw",
    "async_streamed",
    "decode_date",
    "decode_datetime",
    "decode_fitting",
    "decode_list",
    "decode_map",
    "decode_uuid",
    "decode_variant",
    "lazy",
    "load_transport",
    "not_given",
    "null",
    "omit",
    "raw",
    "retry_delay",
    "streamed",
    "with_signature_errors",
]
