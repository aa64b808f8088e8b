"""The contract served: an application, a server for tests, a program.

`create_app()` makes a Starlette application, `MockServer` runs one in a test,
`serve` on the command line. `Control` is the mock's own side: the journal, scripted
replies and faults. A `Backend` says where the text comes from.
"""

from __future__ import annotations

from ._admin import AdminAccess
from ._control import Control
from ._exchange import Exchange
from ._faults import FAULTS, FaultKind
from ._journal import Requests
from ._mock import MockBackend
from ._mock_server import MockServer
from ._records import Event, Record
from ._replies import Reply
from .api.requests import CompletionRequest, Generation, MessageRequest, Turn
from .app.application import AppSettings, PromptCheck, create_app
from .app.errors import AddressError, ApiError, DocumentError, RepliesError, ServerError
from .backends.base import Backend, Finish, StopReason
from .http.serving import serve

__all__ = [
    "FAULTS",
    "AddressError",
    "AdminAccess",
    "ApiError",
    "AppSettings",
    "Backend",
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
    "PromptCheck",
    "Record",
    "RepliesError",
    "Reply",
    "Requests",
    "ServerError",
    "StopReason",
    "Turn",
    "create_app",
    "serve",
]
