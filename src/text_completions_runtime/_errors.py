"""The errors of a client, one tree.

    ClientError                         everything below; the document names it
    ├── MissingCredentialsError         nothing to authenticate with (a TypeError)
    └── APIError                        one call failed
        ├── RequestValidationError      refused before sending (a ValueError)
        ├── APIConnectionError          the network failed, at any moment
        │   └── APITimeoutError         … by taking too long
        ├── APIResponseValidationError  the response is not what was asked for
        └── APIStatusError              the server responded with an error
            └── …                       one class per status, from the document

All of them pickle. None of them holds a credential: requests are masked copies.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

import httpx

from ._types import is_object

_E = TypeVar("_E", bound="ClientError")


class ClientError(Exception):
    """The base of every error that the client raises."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__)


def _restore(cls: type[_E], args: tuple[Any, ...], state: dict[str, Any]) -> _E:
    """Restore an error from its state. Its constructor is not called: all differ."""
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)
    return error


class MissingCredentialsError(ClientError, TypeError):
    """No credential was passed, and no environment variable holds one.

    It is a `TypeError` because the official SDK raised one.
    """


class APIError(ClientError):
    """A call failed.

    Attributes:
        message: What failed, in a sentence.
        request: The request, with its credentials masked.
        body: The decoded JSON of the response, its text if it is not JSON, or
            None where no response arrived.
    """

    message: str
    request: httpx.Request
    body: object | None

    def __init__(
        self, message: str, request: httpx.Request, *, body: object | None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.request = request
        self.body = body


class RequestValidationError(APIError, ValueError):
    """An argument breaks the contract; nothing was sent.

    Attributes:
        parameter: The parameter as a dotted path, `metadata.user_id`.
        value: The value that was refused.
        bound: The keyword of the document that it breaks, and the bound:
            `maximum 1`.
        pointer: Where the document says so, as a JSON pointer.
    """

    parameter: str
    value: object
    bound: str
    pointer: str

    def __init__(
        self,
        message: str,
        request: httpx.Request,
        *,
        parameter: str,
        value: object,
        bound: str,
        pointer: str,
    ) -> None:
        super().__init__(message, request, body=None)
        self.parameter = parameter
        self.value = value
        self.bound = bound
        self.pointer = pointer

    def __reduce__(self) -> tuple[Any, ...]:
        state = {**self.__dict__, "value": _portable(self.value)}
        return _restore, (type(self), self.args, state)


def _portable(value: object) -> object:
    """Return a value, or its type in words if a caller passed what has no pickle."""
    import pickle  # here, because importing the client must not import it

    try:
        pickle.dumps(value)
    except Exception:  # a caller's own class may raise anything
        return f"a value of type {type(value).__name__}"
    return value


class APIConnectionError(APIError):
    """The network failed: before the response or within it.

    `__cause__` is the httpx error, if there is one.

    Attributes:
        partial: What had arrived of a stream, added up to what the whole
            would have been; None where nothing had.
    """

    partial: object | None

    def __init__(
        self, *, message: str = "Connection error.", request: httpx.Request
    ) -> None:
        super().__init__(message, request, body=None)
        self.partial = None


class APITimeoutError(APIConnectionError):
    """The server took longer than the timeouts of the client allow."""

    def __init__(
        self, request: httpx.Request, *, message: str = "Request timed out."
    ) -> None:
        super().__init__(message=message, request=request)


class APIResponseValidationError(APIError):
    """The response is not what the call asked for, or (strict) violates the document.

    Attributes:
        response: The response; its request has the credentials masked.
        status_code: The HTTP status.
    """

    response: httpx.Response
    status_code: int

    def __init__(
        self,
        response: httpx.Response,
        body: object | None,
        *,
        message: str | None = None,
    ) -> None:
        text = message or "Data returned by API invalid for expected schema."
        super().__init__(text, response.request, body=body)
        self.response = response
        self.status_code = response.status_code


class APIStatusError(APIError):
    """The server responded with a status of 4xx or 5xx, or an error event.

    Attributes:
        response: The response; its request has the credentials masked.
        status_code: The HTTP status; 200 for an error event within a stream.
        request_id: The header that names the exchange in support requests.
        workspace_id: The header that names the workspace of the caller.
        type: The kind of error that the body names, `rate_limit_error`.
    """

    TYPE_PATH: ClassVar[tuple[str, ...]] = ()
    """Where the body names its kind of error; the document says so."""
    REQUEST_ID: ClassVar[str] = ""
    """The header that names the exchange; the document says so."""
    WORKSPACE_ID: ClassVar[str] = ""
    """The header that names the caller's workspace; the document says so."""

    response: httpx.Response
    status_code: int
    request_id: str | None
    workspace_id: str | None
    type: str | None

    def __init__(
        self, message: str, *, response: httpx.Response, body: object | None
    ) -> None:
        super().__init__(message, response.request, body=body)
        self.response = response
        self.status_code = response.status_code
        self.request_id = response.headers.get(self.REQUEST_ID)
        self.workspace_id = response.headers.get(self.WORKSPACE_ID)
        self.type = self.kind(body)

    @classmethod
    def kind(cls, body: object) -> str | None:
        """Read the kind of error that a body names."""
        found: Any = body
        for step in cls.TYPE_PATH:
            found = found.get(step) if is_object(found) else None
        return found if isinstance(found, str) else None
