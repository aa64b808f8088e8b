"""HTTP responses of calls, and on demand what the call would have returned."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cached_property
from typing import Any, ClassVar, Generic, NoReturn, Self, TypeVar, overload

import httpx

from .._error_factory import decoded_or_text, mend_charset, text_of
from .._exchange import Call
from .._streaming.sse import LineDecoder
from .._types import NotGiven, not_given
from .decoding import cast_response

T = TypeVar("T")
C = TypeVar("C")


class BaseResponse(Generic[T]):
    """What all responses of calls have in common.

    Attributes:
        http_response: The httpx response; its request has the credentials masked.
        retries_taken: How many retries were made.
    """

    READ_FIRST: ClassVar[bool] = False
    """Whether the body is read before the caller gets the response."""

    http_response: httpx.Response
    retries_taken: int

    def __init__(
        self,
        call: Call,
        response: httpx.Response,
        parse: Callable[[Call, httpx.Response], Any],
    ) -> None:
        self._call = call
        self._parse = parse
        self._errors = call.errors
        self.http_response = self._errors.response(response, of_error=False)
        self.retries_taken = call.retries

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
        value: str | None = self.headers.get(self._errors.api_spec.request_id)
        return value

    @property
    def workspace_id(self) -> str | None:
        """The id of the workspace that the request belongs to."""
        value: str | None = self.headers.get(self._errors.api_spec.workspace_id)
        return value

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

    def _made(self, to: Any) -> Any:
        """Return the response as a type, or parsed as the call returns it."""
        if isinstance(to, NotGiven):
            return self._parsed
        return cast_response(self.http_response, to, self._errors)

    @cached_property
    def _parsed(self) -> Any:
        return self._parse(self._call, self.http_response)


class RawResponse(BaseResponse[T]):
    """A response whose body has been read, unless it is a stream of events."""

    READ_FIRST = True

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


class StreamedResponse(BaseResponse[T]):
    """A response whose body has not been read yet; leaving `with` closes it.

    Reading raises `APIConnectionError` if the network fails.
    """

    def read(self) -> bytes:
        """Read the body to its end."""
        with self._errors.reading(self.http_response):
            return self.http_response.read()

    def text(self) -> str:
        """Read the body as text."""
        self.read()
        return text_of(self.http_response)

    def json(self) -> Any:
        """Read the body and decode it.

        Raises:
            ValueError: It is not JSON.
        """
        self.read()
        return self.http_response.json()

    def iter_bytes(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield the body as it comes, in pieces of this many bytes."""
        with self._errors.reading(self.http_response):
            yield from self.http_response.iter_bytes(chunk_size)

    def iter_text(self, chunk_size: int | None = None) -> Iterator[str]:
        """Yield the body as text, in pieces of this many characters."""
        mend_charset(self.http_response)
        with self._errors.reading(self.http_response):
            yield from self.http_response.iter_text(chunk_size)

    def iter_lines(self) -> Iterator[str]:
        """Yield the body, which is UTF-8, line by line without the line ends.

        Lines end at CR, LF and CRLF alone: JSON may have U+2028 within a string.
        """
        lines = LineDecoder()
        for chunk in self.iter_bytes():
            for line in lines.feed(chunk):
                yield line.decode("utf-8", "replace")
        for line in lines.end():
            yield line.decode("utf-8", "replace")

    @overload
    def parse(self, *, to: type[C]) -> C: ...
    @overload
    def parse(self) -> T: ...
    def parse(self, *, to: Any = not_given) -> Any:
        """Return what the call would have returned, or the body as another type.

        See `RawResponse.parse`. The body is read, unless it is a stream of events.
        """
        is_call = isinstance(to, NotGiven)
        if not (is_call and self._call.has_events(self.http_response)):
            self.read()
        return self._made(to)

    def close(self) -> None:
        """Close the connection. What has not been read is lost."""
        self.http_response.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncStreamedResponse(BaseResponse[T]):
    """A response whose body has not been read yet; leaving `async with` closes it.

    Reading raises `APIConnectionError` if the network fails.
    """

    async def read(self) -> bytes:
        """Read the body to its end."""
        with self._errors.reading(self.http_response):
            return await self.http_response.aread()

    async def text(self) -> str:
        """Read the body as text."""
        await self.read()
        return text_of(self.http_response)

    async def json(self) -> Any:
        """Read the body and decode it.

        Raises:
            ValueError: It is not JSON.
        """
        await self.read()
        return self.http_response.json()

    async def iter_bytes(self, chunk_size: int | None = None) -> AsyncIterator[bytes]:
        """Yield the body as it comes, in pieces of this many bytes."""
        with self._errors.reading(self.http_response):
            async for piece in self.http_response.aiter_bytes(chunk_size):
                yield piece

    async def iter_text(self, chunk_size: int | None = None) -> AsyncIterator[str]:
        """Yield the body as text, in pieces of this many characters."""
        mend_charset(self.http_response)
        with self._errors.reading(self.http_response):
            async for piece in self.http_response.aiter_text(chunk_size):
                yield piece

    async def iter_lines(self) -> AsyncIterator[str]:
        """Yield the body line by line; see `StreamedResponse.iter_lines`."""
        lines = LineDecoder()
        async for chunk in self.iter_bytes():
            for line in lines.feed(chunk):
                yield line.decode("utf-8", "replace")
        for line in lines.end():
            yield line.decode("utf-8", "replace")

    @overload
    async def parse(self, *, to: type[C]) -> C: ...
    @overload
    async def parse(self) -> T: ...
    async def parse(self, *, to: Any = not_given) -> Any:
        """Return what the call would have returned, or the body as another type.

        See `RawResponse.parse`. The body is read, unless it is a stream of events.
        """
        is_call = isinstance(to, NotGiven)
        if not (is_call and self._call.has_events(self.http_response)):
            await self.read()
        return self._made(to)

    async def close(self) -> None:
        """Close the connection. What has not been read is lost."""
        await self.http_response.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
