"""HTTP responses whose body has not been read yet, sync and async."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Self, TypeVar, overload

from .._error_factory import mend_charset, text_of
from .._response.raw import BaseResponse
from .._types import NotGiven, not_given

__all__ = ["AsyncStreamedResponse", "StreamedResponse"]

T = TypeVar("T")
C = TypeVar("C")


class StreamedResponse(BaseResponse[T]):
    """A response whose body has not been read yet; leaving `with` closes it.

    Reading raises `APIConnectionError` if the network fails.
    """

    def read(self) -> bytes:
        """Read the body to its end."""
        with self._result.errors.reading(self.http_response):
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
        with self._result.errors.reading(self.http_response):
            yield from self.http_response.iter_bytes(chunk_size)

    def iter_text(self, chunk_size: int | None = None) -> Iterator[str]:
        """Yield the body as text, in pieces of this many characters."""
        mend_charset(self.http_response)
        with self._result.errors.reading(self.http_response):
            yield from self.http_response.iter_text(chunk_size)

    def iter_lines(self) -> Iterator[str]:
        """Yield the body line by line, without the line ends."""
        mend_charset(self.http_response)
        with self._result.errors.reading(self.http_response):
            yield from self.http_response.iter_lines()

    @overload
    def parse(self, *, to: type[C]) -> C: ...
    @overload
    def parse(self) -> T: ...
    def parse(self, *, to: Any = not_given) -> Any:
        """Return what the call would have returned, or the body as another type.

        See `RawResponse.parse`. The body is read, unless it is a stream of events.
        """
        if not self._result.events or not isinstance(to, NotGiven):
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
        with self._result.errors.reading(self.http_response):
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
        with self._result.errors.reading(self.http_response):
            async for piece in self.http_response.aiter_bytes(chunk_size):
                yield piece

    async def iter_text(self, chunk_size: int | None = None) -> AsyncIterator[str]:
        """Yield the body as text, in pieces of this many characters."""
        mend_charset(self.http_response)
        with self._result.errors.reading(self.http_response):
            async for piece in self.http_response.aiter_text(chunk_size):
                yield piece

    async def iter_lines(self) -> AsyncIterator[str]:
        """Yield the body line by line, without the line ends."""
        mend_charset(self.http_response)
        with self._result.errors.reading(self.http_response):
            async for line in self.http_response.aiter_lines():
                yield line

    @overload
    async def parse(self, *, to: type[C]) -> C: ...
    @overload
    async def parse(self) -> T: ...
    async def parse(self, *, to: Any = not_given) -> Any:
        """Return what the call would have returned, or the body as another type.

        See `RawResponse.parse`. The body is read, unless it is a stream of events.
        """
        if not self._result.events or not isinstance(to, NotGiven):
            await self.read()
        return self._made(to)

    async def close(self) -> None:
        """Close the connection. What has not been read is lost."""
        await self.http_response.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
