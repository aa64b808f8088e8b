"""Streams as callers hold them: iterate over the events, or over the text."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Generator,
    Iterator,
    Mapping,
)
from functools import cached_property
from typing import Any, Generic, Self, TypeVar

import httpx

from .._models import Model
from .._response.decoding import with_exchange_ids
from .reader import Event, EventReader

E = TypeVar("E")
M = TypeVar("M", bound=Model)


class _BaseStream(Generic[E]):
    def __init__(self, response: httpx.Response, reader: EventReader) -> None:
        self._reader = reader
        self._response = response
        events: Mapping[str, Any] = reader.spec.events  # they make what E is
        self._from_dict: Mapping[str, Callable[[Any], E]] = {
            name: model.from_dict for name, model in events.items()
        }

    @cached_property
    def response(self) -> httpx.Response:
        """The HTTP response; its body is read by iterating the stream."""
        return self._reader.errors.response(self._response, of_error=False)

    @property
    def request_id(self) -> str | None:
        """The id of the exchange, for support requests."""
        name = self._reader.errors.api_spec.request_id
        value: str | None = self._response.headers.get(name)
        return value

    def __repr__(self) -> str:
        reason = self._response.reason_phrase
        return f"<{type(self).__name__} [{self._response.status_code} {reason}]>"

    def _result(self, model: type[M]) -> M:
        """Return the whole response, once the stream has been read to its end.

        Raises:
            RuntimeError: It was closed before its end.
            TypeError: It does not add up to this model.
        """
        spec = self._reader.spec.final
        if spec is None or spec.model is not model:
            raise TypeError(f"this stream does not add up to a {model.__name__}")
        final = self._reader.accumulated
        if not self._reader.complete or not isinstance(final, model):
            raise RuntimeError(
                "the stream was closed before its end, so there is no final response: "
                "take it before leaving the loop or the `with` block"
            )
        return with_exchange_ids(final, self._response, self._reader.errors)


class Stream(_BaseStream[E]):
    """A streamed response: iterate over it for its events.

    Leaving the loop early closes the connection; so do `with` and `close()`.
    Advancing it with `next()` leaves it open. A second iteration yields nothing.

    Raises:
        APIConnectionError: While iterating: the network failed, or the stream
            ended before its last event.
        APIStatusError: While iterating: an error event; the class is that of its
            `error.type`.
        APIResponseValidationError: While iterating: an event that is not JSON.
    """

    def __init__(
        self,
        response: httpx.Response,
        reader: EventReader,
        events: Generator[Event, None, None] | None = None,
    ) -> None:
        super().__init__(response, reader)
        self._events = events or read_events(response, reader)

    def __del__(self) -> None:
        if hasattr(self, "_events"):  # not if `__init__` failed
            self.close()

    def __iter__(self) -> Iterator[E]:
        # A generator of its own: when a loop is left, it is closed, and closes this.
        from_dict = self._from_dict
        try:
            for name, payload in self._events:
                yield from_dict[name](payload)
        finally:
            self.close()

    def __next__(self) -> E:
        name, payload = next(self._events)
        return self._from_dict[name](payload)

    @property
    def text_stream(self) -> Iterator[str]:
        """The text as it grows: each piece is new, in every version of the format."""
        added = self._reader.added_text
        try:
            for event in self._events:
                text = added(event)
                if text:
                    yield text
        finally:
            self.close()

    def _final(self, model: type[M]) -> M:
        """Read the stream to its end and return the whole response as this model."""
        for _ in self._events:
            pass
        return self._result(model)

    def close(self) -> None:
        """Close the connection. What has not been read is lost.

        Another thread that reads the stream gets an `APIConnectionError`.
        """
        try:
            self._events.close()
        except ValueError:  # another thread is reading, and closes the response
            _shut_down(self._response)
        else:
            self._response.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncStream(_BaseStream[E]):
    """A streamed response: iterate over it with `async for` for its events.

    Leaving the loop early closes the connection soon after; `async with` and
    `await close()` close it at once. A second iteration yields nothing.

    Raises:
        APIConnectionError: While iterating: the network failed, or the stream
            ended before its last event.
        APIStatusError: While iterating: an error event; the class is that of its
            `error.type`.
        APIResponseValidationError: While iterating: an event that is not JSON.
    """

    def __init__(
        self,
        response: httpx.Response,
        reader: EventReader,
        events: AsyncGenerator[Event, None] | None = None,
    ) -> None:
        super().__init__(response, reader)
        self._events = events or read_events_async(response, reader)

    async def __aiter__(self) -> AsyncIterator[E]:
        from_dict = self._from_dict
        try:
            async for name, payload in self._events:
                yield from_dict[name](payload)
        finally:
            await self.close()

    async def __anext__(self) -> E:
        name, payload = await anext(self._events)
        return self._from_dict[name](payload)

    @property
    async def text_stream(self) -> AsyncIterator[str]:
        """The text as it grows: each piece is new, in every version of the format."""
        added = self._reader.added_text
        try:
            async for event in self._events:
                text = added(event)
                if text:
                    yield text
        finally:
            await self.close()

    async def _final(self, model: type[M]) -> M:
        """Read the stream to its end and return the whole response as this model."""
        async for _ in self._events:
            pass
        return self._result(model)

    async def close(self) -> None:
        """Close the connection. What has not been read is lost.

        Another task that reads the stream gets an `APIConnectionError`.
        """
        with contextlib.suppress(RuntimeError):  # another task is reading
            await self._events.aclose()
        await self._response.aclose()

    aclose = close  # for `contextlib.aclosing`

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _shut_down(response: httpx.Response) -> None:
    """End a connection that another thread is reading from."""
    stream: Any = response.extensions.get("network_stream")
    connection = stream.get_extra_info("socket") if stream is not None else None
    if connection is not None:
        with contextlib.suppress(OSError):
            # Not `SSLSocket.shutdown`, which takes away what the thread is using.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)


# These are functions and not methods: a reference to the stream would be a cycle, and
# the connection of an abandoned stream would stay open until the garbage collector
# comes. Each is one piece, for a generator around another costs time for every event.


def read_events(
    response: httpx.Response, reader: EventReader, *, announce: bool = False
) -> Generator[Any, None, None]:
    """Yield the events of a response, and close it at the end.

    Args:
        response: The response.
        reader: Decodes its events.
        announce: Whether to yield None once the first event has arrived, before it.
    """
    try:
        for chunk in response.iter_bytes():
            for event in reader.feed(chunk):
                if announce:
                    announce = False
                    yield None
                yield event
    except httpx.HTTPError as error:
        reader.finish(error)
    finally:
        response.close()
    reader.finish()


async def read_events_async(
    response: httpx.Response, reader: EventReader, *, announce: bool = False
) -> AsyncGenerator[Any, None]:
    """Yield the events of a response, and close it at the end; see `read_events`."""
    try:
        chunks = response.aiter_bytes()  # named, so that it outlives an error event
        async for chunk in chunks:
            for event in reader.feed(chunk):
                if announce:
                    announce = False
                    yield None
                yield event
    except httpx.HTTPError as error:
        reader.finish(error)
    finally:
        await response.aclose()
    reader.finish()
