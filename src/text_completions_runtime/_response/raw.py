"""HTTP responses of calls, and on demand what the call would have returned."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar, overload

import httpx

from .._error_factory import ErrorFactory, text_of
from .._response.decoding import cast_response, decoded_or_text
from .._types import NotGiven, not_given

__all__ = ["BaseResponse", "CallResult", "RawResponse"]

T = TypeVar("T")
C = TypeVar("C")


class CallResult(NamedTuple):
    """A response, and how its client parses it.

    Attributes:
        response: The response, a success.
        retries: How many retries were made.
        parse: Returns what the call would have returned: from a body that was read,
            or the stream of events from one that was not.
        events: Whether the call asked for a stream of events.
        errors: Makes the errors.
    """

    response: httpx.Response
    retries: int
    parse: Callable[[], Any]
    events: bool
    errors: ErrorFactory


class BaseResponse(Generic[T]):
    """What all responses of calls have in common.

    Attributes:
        http_response: The httpx response; its request has the credentials masked.
        retries_taken: How many retries were made.
    """

    http_response: httpx.Response
    retries_taken: int

    def __init__(self, result: CallResult) -> None:
        self._result = result
        self._parsed: list[Any] = []  # one at most
        self.http_response = result.errors.response(result.response, of_error=False)
        self.retries_taken = result.retries

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        return self.http_response.status_code

    @property
    def headers(self) -> httpx.Headers:
        """The headers of the response."""
        return self.http_response.headers

    @property
    def request_id(self) -> str | None:
        """The id of the exchange, for support requests."""
        return self._header(self._result.errors.api_spec.request_id)

    @property
    def workspace_id(self) -> str | None:
        """The id of the workspace that the request belongs to."""
        return self._header(self._result.errors.api_spec.workspace_id)

    @property
    def http_request(self) -> httpx.Request:
        """The request as it was sent, with its credentials masked."""
        return self.http_response.request

    @property
    def method(self) -> str:
        """The method of the request."""
        return self.http_request.method

    @property
    def url(self) -> httpx.URL:
        """Where the request went."""
        return self.http_request.url

    @property
    def http_version(self) -> str:
        """The version of HTTP, for example `HTTP/1.1`."""
        return self.http_response.http_version

    @property
    def elapsed(self) -> datetime.timedelta:
        """How long the exchange took; available once the body was read or closed."""
        return self.http_response.elapsed

    @property
    def is_closed(self) -> bool:
        """Whether the body was read to its end, or closed before."""
        return self.http_response.is_closed

    def __repr__(self) -> str:
        reason = self.http_response.reason_phrase
        return f"<{type(self).__name__} [{self.status_code} {reason}]>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"a {type(self).__name__} holds its client and cannot be pickled or "
            "copied: take its `http_response` or what `parse()` returns"
        )

    def _header(self, name: str) -> str | None:
        value: str | None = self.headers.get(name) if name else None
        return value

    def _made(self, to: Any) -> Any:
        """Return the response as a type, or parsed, once, as the call returns it."""
        if isinstance(to, NotGiven):
            if not self._parsed:
                self._parsed.append(self._result.parse())
            return self._parsed[0]
        return cast_response(self.http_response, to, self._result.errors)


class RawResponse(BaseResponse[T]):
    """A response whose body has been read, unless it is a stream of events."""

    @property
    def content(self) -> bytes:
        """The body."""
        return self.http_response.content

    @property
    def text(self) -> str:
        """The body as text."""
        return text_of(self.http_response)

    @property
    def body(self) -> Any:
        """The body: its decoded JSON, or its text where it is not JSON."""
        return decoded_or_text(self.http_response)

    def json(self) -> Any:
        """Decode the body.

        Raises:
            ValueError: It is not JSON.
        """
        return self.http_response.json()

    @overload
    def parse(self, *, to: type[C]) -> C: ...
    @overload
    def parse(self) -> T: ...
    def parse(self, *, to: Any = not_given) -> Any:
        """Return what the call would have returned, or the body as another type.

        Args:
            to: A model, `dict`, `list`, `str`, `bytes`, a number type, `object` for
                any JSON, or `httpx.Response`.

        Raises:
            APIResponseValidationError: The response is not of that type.
            TypeError: JSON cannot be cast to that type.
        """
        return self._made(to)
