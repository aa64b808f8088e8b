"""What an emitted client needs, whatever its contract says.

Emitted code imports this door and nothing behind it. People who use a client need
none of it by name: the client's package re-exports what is theirs.
"""

from __future__ import annotations

from ._async_client import AsyncClient
from ._contract import (
    Answer,
    Body,
    Contract,
    Credential,
    Environment,
    ErrorClasses,
    Final,
    Member,
    Operation,
    Parameter,
    Part,
    StreamSpec,
    VersionRule,
    Where,
)
from ._decode import (
    decode_date,
    decode_datetime,
    decode_fitting,
    decode_list,
    decode_map,
    decode_uuid,
    decode_variant,
)
from ._defaults import (
    DEFAULT_CONNECTION_LIMITS,
    DEFAULT_MAX_RETRIES,
    DEFAULT_TIMEOUT,
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
from ._headers import Headers
from ._http_clients import DefaultAsyncHttpxClient, DefaultHttpxClient
from ._lazy import lazy
from ._models import MISSING, Model
from ._raw import RawResponse
from ._raw_methods import async_raw, async_streamed, raw, streamed
from ._request import Options, Query
from ._sentinels import NOT_GIVEN, NotGiven, Null, Omit, not_given, null, omit
from ._signatures import explained
from ._sse import ServerSentEvent, SSEDecoder
from ._streamed import AsyncStreamedResponse, StreamedResponse
from ._streams import AsyncStream, Stream
from ._sync_client import SyncClient
from ._types import SequenceNotStr
from ._validation import ANNOTATIONS, KEYWORDS, first_violation
from ._verbs import RequestOptions

__all__ = [
    "ANNOTATIONS",
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
    "Answer",
    "AsyncClient",
    "AsyncStream",
    "AsyncStreamedResponse",
    "Body",
    "ClientError",
    "Contract",
    "Credential",
    "DefaultAsyncHttpxClient",
    "DefaultHttpxClient",
    "Environment",
    "ErrorClasses",
    "Final",
    "Headers",
    "Member",
    "MissingCredentialsError",
    "Model",
    "NotGiven",
    "Null",
    "Omit",
    "Operation",
    "Options",
    "Parameter",
    "Part",
    "Query",
    "RawResponse",
    "RequestOptions",
    "RequestValidationError",
    "SSEDecoder",
    "SequenceNotStr",
    "ServerSentEvent",
    "Stream",
    "StreamSpec",
    "StreamedResponse",
    "SyncClient",
    "VersionRule",
    "Where",
    "async_raw",
    "async_streamed",
    "decode_date",
    "decode_datetime",
    "decode_fitting",
    "decode_list",
    "decode_map",
    "decode_uuid",
    "decode_variant",
    "explained",
    "first_violation",
    "lazy",
    "not_given",
    "null",
    "omit",
    "raw",
    "streamed",
]
