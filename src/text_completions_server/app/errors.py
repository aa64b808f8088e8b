"""What can fail here, and who is told.

ServerError          the server cannot start; told to the user in one line
├── DocumentError    the document is missing or broken
├── RepliesError     the file of scripted replies is missing or broken
└── AddressError     nobody can listen at this host and port
ApiError             one request fails; answered in the documented form
"""

from __future__ import annotations

from collections.abc import Mapping


class ServerError(Exception):
    """The server cannot start; the message says what failed, where and why."""


class DocumentError(ServerError):
    """The OpenAPI document is missing, unreadable or broken."""


class RepliesError(ServerError):
    """The file of scripted replies is missing, unreadable or broken."""


class AddressError(ServerError):
    """The host and port cannot be listened on."""


class ApiError(Exception):
    """A request fails; the front answers it as the document describes the status.

    A backend raises it too: before its first piece it becomes an error response,
    after that an `error` event that ends the stream.

    Args:
        status: The HTTP status; the document says which `error.type` goes with it.
        message: The sentence for people; None takes the document's own example.
        headers: Headers of the answer beside the documented ones.
    """

    def __init__(
        self,
        status: int,
        message: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})


def bad_request(message: str) -> ApiError:
    """Make the error for a request that breaks the contract."""
    return ApiError(400, message)
