"""The contract served: an application, a server for tests, a program.

`create_app()` makes a Starlette application, `MockServer` runs one in a test,
`serve` on the command line. A `Backend` says where the text comes from.
"""

from __future__ import annotations

from ._app import AppSettings, PromptCheck, create_app
from ._backend import Backend, Finish, StopReason
from ._errors import AddressError, ApiError, DocumentError, ServerError
from ._exchange import Exchange
from ._mock import MockBackend
from ._requests import CompletionRequest, Generation, MessageRequest, Turn
from ._serving import MockServer, serve

__all__ = [
    "AddressError",
    "ApiError",
    "AppSettings",
    "Backend",
    "CompletionRequest",
    "DocumentError",
    "Exchange",
    "Finish",
    "Generation",
    "MessageRequest",
    "MockBackend",
    "MockServer",
    "PromptCheck",
    "ServerError",
    "StopReason",
    "Turn",
    "create_app",
    "serve",
]
