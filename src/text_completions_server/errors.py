"""The exceptions of this package.

ServerError          the server cannot start; the command prints it as one line
├── DocumentError    the document is missing or broken
│   └── NoSample     an example is missing, and no value can be made
├── RepliesError     the file of scripted replies is missing or broken
└── AddressError     nobody can listen at this host and port
ApiError             one request fails; it becomes an error response
"""

from __future__ import annotations

from collections.abc import Mapping

import text_completions_document


class ServerError(Exception):
    """The server cannot start; the message says what failed, where and why."""


class DocumentError(ServerError, text_completions_document.DocumentError):
    """The OpenAPI document is missing, unreadable or broken."""


class NoSample(DocumentError):
    """No sample of a response can be made: its description needs an example."""


class RepliesError(ServerError):
    """The file of scripted replies is missing, unreadable or broken."""


class AddressError(ServerError):
    """The host and port cannot be listened on."""


class ApiError(Exception):
    """A request fails; the response is what the document describes for the status.

    A backend raises it too: before its first piece it becomes an error response,
    after that an `error` event that ends the stream.

    Args:
        status: The HTTP status, 400 to 599. The document says which `error.type` it
            has; a status that is not described gets a general one.
        message: The message; None takes the document's own example, or a general
            text for 400, 401 and 404, whose examples are about one request alone.
        headers: Headers of the response beside the documented ones.

    Raises:
        ValueError: The status or a header cannot be sent.
    """

    def __init__(
        self,
        status: int,
        message: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, message)
        if not 400 <= status <= 599:
            raise ValueError(f"{status} is not the status of an error: use 400 to 599")
        self.status = status
        self.message = message
        self.headers = sendable(headers) if headers else {}


def sendable(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers with lower-case names.

    Raises:
        ValueError: A name or a value cannot be sent; the message has the name.
    """
    for name, value in headers.items():
        if not (name.isascii() and value.isascii() and f"{name}{value}".isprintable()):
            raise ValueError(f"the header {name!r} must be printable ASCII")
    return {name.lower(): value for name, value in headers.items()}


def server_stops() -> ApiError:
    """Make the error for a request that the server cannot answer because it stops."""
    return ApiError(
        529,
        "The server is shutting down; please try again.",
        headers={"x-should-retry": "true", "connection": "close"},
    )


def bad_request(message: str) -> ApiError:
    """Make the error for a request that breaks the contract."""
    return ApiError(400, message)
