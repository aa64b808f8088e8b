"""Wrap the methods of a resource whose calls return HTTP responses.

The resource decides what its methods return. The wrappers give them the right type,
and make a response with an unread body open in a `with` block.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar, cast

from .._response.raw import RawResponse
from .._response.streamed import AsyncStreamedResponse, StreamedResponse

__all__ = [
    "AsyncResponseContextManager",
    "ResponseContextManager",
    "async_raw",
    "async_streamed",
    "raw",
    "streamed",
]

P = ParamSpec("P")
T = TypeVar("T")


class ResponseContextManager(Generic[T]):
    """A call that is made when its `with` block begins."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call
        self._opened: StreamedResponse[T] | None = None

    def __enter__(self) -> StreamedResponse[T]:
        opened: StreamedResponse[T] = self._call()
        self._opened = opened
        return opened

    def __exit__(self, *_: object) -> None:
        if self._opened is not None:
            self._opened.close()


class AsyncResponseContextManager(Generic[T]):
    """A call that is made when its `async with` block begins."""

    def __init__(self, call: Callable[[], Awaitable[Any]]) -> None:
        self._call = call
        self._opened: AsyncStreamedResponse[T] | None = None

    async def __aenter__(self) -> AsyncStreamedResponse[T]:
        opened: AsyncStreamedResponse[T] = await self._call()
        self._opened = opened
        return opened

    async def __aexit__(self, *_: object) -> None:
        if self._opened is not None:
            await self._opened.close()


def raw(method: Callable[P, T]) -> Callable[P, RawResponse[T]]:
    """Type a method whose calls return `RawResponse`."""
    return cast("Callable[P, RawResponse[T]]", method)


def async_raw(
    method: Callable[P, Awaitable[T]],
) -> Callable[P, Awaitable[RawResponse[T]]]:
    """Type a method whose calls return `RawResponse` when awaited."""
    return cast("Callable[P, Awaitable[RawResponse[T]]]", method)


def streamed(method: Callable[P, T]) -> Callable[P, ResponseContextManager[T]]:
    """Make a method whose calls return a response open it in `with`."""

    @wraps(method)
    def open_late(*args: P.args, **kwargs: P.kwargs) -> ResponseContextManager[T]:
        return ResponseContextManager(lambda: method(*args, **kwargs))

    return open_late


def async_streamed(
    method: Callable[P, Awaitable[T]],
) -> Callable[P, AsyncResponseContextManager[T]]:
    """Make a method whose calls return a response open it in `async with`."""

    @wraps(method)
    def open_late(*args: P.args, **kwargs: P.kwargs) -> AsyncResponseContextManager[T]:
        return AsyncResponseContextManager(lambda: method(*args, **kwargs))

    return open_late
