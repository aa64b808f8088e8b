"""Streams as callers hold them: iterate, or take the text; leave when you like."""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Generator,
    Iterator,
    Mapping,
)
from types import TracebackType
from typing import Any, Generic, TypeVar

import httpx

from ._contract import StreamSpec, VersionRule
from ._events import Event, EventReader, Increments
from ._failures import Failures

__all__ = ["AsyncStream", "Stream"]

E = TypeVar("E")


class _BaseStream(Generic[E]):
    """What both streams know of their answer."""

    response: httpx.Response
    """The HTTP response; its body is read by iterating the stream."""

    def __init__(
        self,
        response: httpx.Response,
        spec: StreamSpec[E],
        rule: VersionRule,
        failures: Failures,
        *,
        strict: bool = False,
    ) -> None:
        self.response = failures.response(response)
        self._spec = spec
        self._rule = rule
        self._request_id = failures.contract.request_id
        self._reader = EventReader(spec, rule, response, failures, strict=strict)
        self._models: Mapping[str, Any] = spec.events  # they make what E is

    @property
    def request_id(self) -> str | None:
        """The name of the exchange in support requests."""
        value: str | None = self.response.headers.get(self._request_id)
        return value

    def _model(self, event: Event) -> E:
        name, payload = event
        made: E = self._models[name].from_dict(payload)
        return made


class Stream(_BaseStream[E]):
    """A streamed answer: iterate it for its events.

    Leaving the loop early closes the connection; so does `with`, and `close()`.
    Advancing it by `next()` leaves it open. A second iteration yields nothing.

    Raises:
        APIConnectionError: While iterating: the network failed, or the stream
            ended before the answer did.
        APIStatusError: While iterating: an error event; the class is that of its
            `error.type`.
        APIResponseValidationError: While iterating: an event that is not JSON.
    """

    def __init__(self, *args: Any, owner: object = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._owner = owner  # the client: forgotten, it would close the connection
        self._events = _received(self.response, self._reader)

    def __del__(self) -> None:
        self.close()

    def __iter__(self) -> Iterator[E]:
        # A generator of its own: when a loop is left, it is closed, and closes this.
        models = self._models
        try:
            for name, payload in self._events:
                yield models[name].from_dict(payload)
        finally:
            self.close()

    def __next__(self) -> E:
        return self._model(next(self._events))

    @property
    def text_stream(self) -> Iterator[str]:
        """The text as it grows: each piece is new, in every version of the format."""
        added = Increments(self._spec, self._rule).added
        try:
            for event in self._events:
                text = added(event)
                if text:
                    yield text
        finally:
            self.close()

    def close(self) -> None:
        """Close the connection. What has not been read is lost."""
        self._events.close()
        self.response.close()

    def __enter__(self) -> Stream[E]:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncStream(_BaseStream[E]):
    """A streamed answer: iterate it with `async for` for its events.

    Leaving the loop early closes the connection soon after; `async with` and
    `await close()` close it at once. A second iteration yields nothing.

    Raises:
        APIConnectionError: While iterating: the network failed, or the stream
            ended before the answer did.
        APIStatusError: While iterating: an error event; the class is that of its
            `error.type`.
        APIResponseValidationError: While iterating: an event that is not JSON.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._events = _areceived(self.response, self._reader)

    async def __aiter__(self) -> AsyncIterator[E]:
        models = self._models
        try:
            async for name, payload in self._events:
                yield models[name].from_dict(payload)
        finally:
            await self.close()

    async def __anext__(self) -> E:
        return self._model(await anext(self._events))

    @property
    async def text_stream(self) -> AsyncIterator[str]:
        """The text as it grows: each piece is new, in every version of the format."""
        added = Increments(self._spec, self._rule).added
        try:
            async for event in self._events:
                text = added(event)
                if text:
                    yield text
        finally:
            await self.close()

    async def close(self) -> None:
        """Close the connection. What has not been read is lost."""
        await self._events.aclose()
        await self.response.aclose()

    async def __aenter__(self) -> AsyncStream[E]:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


# These hold the response and not the stream: a cycle would keep the connection of
# an abandoned stream until the garbage collector comes.


def _received(
    response: httpx.Response, reader: EventReader
) -> Generator[Event, None, None]:
    try:
        for chunk in response.iter_bytes():
            yield from reader.feed(chunk)
    except httpx.HTTPError as error:
        reader.fault(error)
    finally:
        response.close()
    reader.finish()


async def _areceived(
    response: httpx.Response, reader: EventReader
) -> AsyncGenerator[Event, None]:
    try:
        async for chunk in response.aiter_bytes():
            for event in reader.feed(chunk):
                yield event
    except httpx.HTTPError as error:
        reader.fault(error)
    finally:
        await response.aclose()
    reader.finish()
