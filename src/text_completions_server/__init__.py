"""The contract served: an application, a server for tests, a program.

`create_app()` makes a Starlette application, `MockServer` runs one in a test,
`serve` on the command line. `Control` has the journal, the scripted replies and
the faults of a mock. A `Backend` says where the text comes from.
"""

from __future__ import annotations

from .app.application import AppSettings, PromptCheck, create_app
from .app.mock_server import MockServer
from .backends.base import (
    Backend,
    Caller,
    Finish,
    FrontSettings,
    PassThrough,
    Ping,
    StopReason,
    Usage,
)
from .backends.latency import Latency
from .backends.mock import MockBackend
from .backends.requests import CompletionRequest, Generation, MessageRequest, Turn
from .control.admin import AdminAccess
from .control.control import Control
from .control.faults import FAULTS, FaultKind, FaultName
from .control.journal import AccessLogEntry, Requests
from .control.records import Event, JsonValue, Record
from .control.replies import Reply, ReplyFunction
from .errors import AddressError, ApiError, DocumentError, RepliesError, ServerError
from .http.serving import serve

__all__ = [
    "FAULTS",
    "AccessLogEntry",
    "AddressError",
    "AdminAccess",
    "ApiError",
    "AppSettings",
    "Backend",
    "Caller",
    "CompletionRequest",
    "Control",
    "DocumentError",
    "Event",
    "FaultKind",
    "FaultName",
    "Finish",
    "FrontSettings",
    "Generation",
    "JsonValue",
    "Latency",
    "MessageRequest",
    "MockBackend",
    "MockServer",
    "PassThrough",
    "Ping",
    "PromptCheck",
    "Record",
    "RepliesError",
    "Reply",
    "ReplyFunction",
    "Requests",
    "ServerError",
    "StopReason",
    "Turn",
    "Usage",
    "create_app",
    "serve",
]
