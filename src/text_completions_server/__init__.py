"""The contract served: an application, a server for tests, a program.

`create_app()` makes a Starlette application, `MockServer` runs one in a test,
`serve` on the command line. `Control` is the mock's own side: the journal, scripted
replies and faults. A `Backend` says where the text comes from.
"""

from __future__ import annotations

from .api.requests import CompletionRequest, Generation, MessageRequest, Turn
from .app.application import AppSettings, PromptCheck, create_app
from .app.errors import AddressError, ApiError, DocumentError, RepliesError, ServerError
from .backends.base import Backend, Caller, Finish, Ping, StopReason, Usage
from .backends.mock import MockBackend
from .control.access_log import Exchange
from .control.admin import AdminAccess
from .control.control import Control
from .control.faults import FAULTS, FaultKind
from .control.journal import Requests
from .control.mock_server import MockServer
from .control.records import Event, Record
from .control.replies import Reply
from .http.serving import serve

__all__ = [
    "FAULTS",
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
    "Exchange",
    "FaultKind",
    "Finish",
    "Generation",
    "MessageRequest",
    "MockBackend",
    "MockServer",
    "Ping",
    "PromptCheck",
    "Record",
    "RepliesError",
    "Reply",
    "Requests",
    "ServerError",
    "StopReason",
    "Turn",
    "Usage",
    "create_app",
    "serve",
]
