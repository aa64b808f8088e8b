"""Streams as callers hold them: iterate, or take the text; leave when you like."""

from __future__ import annotations

import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Iterator,
    Mapping,
)
from functools import partial
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import httpx

from .._error_factory import ErrorFactory
from .._errors import APIStatusError
from .._limits import Deadline, Wait
from .._log import Log
from .._models import Model
from .._response.decoding import named_model
from .._retry import retry_delay, should_retry
from .._spec import StreamSpec, VersionRule
from .._streaming.reader import Event, EventReader

__all__ = ["AsyncStream", "Stream", "pause"]

E = TypeVar("E")
M = TypeVar("M", bound=Model)


class _Opened:
    """The answer that a stream reads. When it is asked for again, it is another one.

    Args:
        response: The first answer.
        read: Makes the reader of an answer.
        errors: Makes the errors.
        retries: How many times the answer may be asked for again.
        deadline: When it must have been read.
        idle_timeout: Seconds that an event may take.
    """

    def __init__(
        self,
        response: httpx.Response,
        read: Callable[[httpx.Response], EventReader],
        errors: ErrorFactory,
        retries: float,
        deadline: Deadline | None,
        idle_timeout: float | None,
    ) -> None:
        self.left = retries
        self._deadline = deadline
        self._idle_timeout = idle_timeout
        self._taken = 0
        self._read = read
        self._errors = errors
        self.take(response)

    def take(self, response: httpx.Response) -> None:
        """Read this answer from now on."""
        self.response = self._errors.response(response)
        self.reader = self._read(response)
        if self._deadline is not None or self._idle_timeout is not None:
            from .._bodies import limit_body  # late, for few calls have a limit

            wait = Wait(
                self._deadline,
                self._idle_timeout,
                response.request,
                self._errors,
                self.reader,
            )
            limit_body(response, wait)

    def delay(self, error: APIStatusError) -> float:
        """Return the seconds to wait before asking again.

        Raises:
            APIStatusError: The error, where a caller has seen part of the answer, or
                asking again is of no use.
            APITimeoutError: The deadline would pass before that.
        """
        status = self._errors.api_spec.errors.status_of(type(error))
        useful = status is not None and should_retry(status, {})
        if self.reader.handed or not useful or self.left < 1:
            raise error
        self.left -= 1
        self._taken += 1
        delay = retry_delay(self._taken - 1)
        deadline = self._deadline
        if deadline is not None and (refusal := deadline.refusal(delay)):
            request = self.response.request
            raise self._errors.deadline(request, deadline.seconds, refusal) from error
        return delay


class _BaseStream(Generic[E]):
    """What both streams know of their answer."""

    def __init__(
        self,
        response: httpx.Response,
        spec: StreamSpec,
        rule: VersionRule,
        errors: ErrorFactory,
        *,
        strict: bool = False,
        log: Log | None = None,
        retries: float = 0,
        deadline: Deadline | None = None,
        idle_timeout: float | None = None,
    ) -> None:
        read = partial(EventReader, spec, rule, errors=errors, strict=strict, log=log)
        self._opened = _Opened(response, read, errors, retries, deadline, idle_timeout)
        self._spec = spec
        self._errors = errors
        events: Mapping[str, Any] = spec.events  # they make what E is
        self._made: Mapping[str, Callable[[Any], E]] = {
            name: model.from_dict for name, model in events.items()
        }

    @property
    def response(self) -> httpx.Response:
        """The HTTP response; its body is read by iterating the stream."""
        return self._opened.response

    @property
    def request_id(self) -> str | None:
        """The name of the exchange in support requests."""
        name = self._errors.api_spec.request_id
        value: str | None = self.response.headers.get(name)
        return value

    def _whole(self, model: type[M]) -> M:
        """Return the whole answer, when the stream has been read to its end.

        Raises:
            RuntimeError: It was left before its end.
            TypeError: It does not add up to this model.
        """
        final = self._spec.final
        if final is None or final.model is not model:
            raise TypeError(f"this stream does not add up to a {model.__name__}")
        answer = self._opened.reader.answer
        if not self._opened.reader.complete or not isinstance(answer, model):
            raise RuntimeError(
                "the stream was closed before its end, so there is no final answer: "
                "take it before leaving the loop or the `with` block"
            )
        return named_model(answer, self.response, self._errors)

    def _model(self, event: Event) -> E:
        name, payload = event
        return self._made[name](payload)


class Stream(_BaseStream[E]):
    """A streamed answer: iterate it for its events.

    Leaving the loop early closes the connection; so does `with`, and `close()`.
    Advancing it by `next()` leaves it open. A second iteration yields nothing.

    An error event that asks for a retry is retried as the call itself would be, as
    long as nothing was handed out; `response` is then that of the latest attempt.

    Raises:
        APIConnectionError: While iterating: the network failed, or the stream
            ended before the answer did.
        APIStatusError: While iterating: an error event; the class is that of its
            `error.type`.
        APIResponseValidationError: While iterating: an event that is not JSON.
    """

    def __init__(
        self,
        *args: Any,
        owner: object = None,
        again: Callable[[float], httpx.Response] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._owner = owner  # the client: forgotten, it would close the connection
        self._events = _received(self._opened, again)

    def __del__(self) -> None:
        self.close()

    def __iter__(self) -> Iterator[E]:
        # A generator of its own: when a loop is left, it is closed, and closes this.
        made = self._made
        try:
            for name, payload in self._events:
                yield made[name](payload)
        finally:
            self.close()

    def __next__(self) -> E:
        return self._model(next(self._events))

    @property
    def text_stream(self) -> Iterator[str]:
        """The text as it grows: each piece is new, in every version of the format."""
        try:
            for event in self._events:
                text = self._opened.reader.added_text(event)
                if text:
                    yield text
        finally:
            self.close()

    def _final(self, model: type[M]) -> M:
        """Read the stream to its end and return the whole answer as this model."""
        for _ in self._events:
            pass
        return self._whole(model)

    def close(self) -> None:
        """Close the connection. What has not been read is lost."""
        self._events.close()
        self.response.close()

    def __enter__(self) -> Self:
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

    An error event that asks for a retry is retried as the call itself would be, as
    long as nothing was handed out; `response` is then that of the latest attempt.

    Raises:
        APIConnectionError: While iterating: the network failed, or the stream
            ended before the answer did.
        APIStatusError: While iterating: an error event; the class is that of its
            `error.type`.
        APIResponseValidationError: While iterating: an event that is not JSON.
    """

    def __init__(
        self,
        *args: Any,
        again: Callable[[float], Awaitable[httpx.Response]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._events = _areceived(self._opened, again)

    async def __aiter__(self) -> AsyncIterator[E]:
        made = self._made
        try:
            async for name, payload in self._events:
                yield made[name](payload)
        finally:
            await self.close()

    async def __anext__(self) -> E:
        return self._model(await anext(self._events))

    @property
    async def text_stream(self) -> AsyncIterator[str]:
        """The text as it grows: each piece is new, in every version of the format."""
        try:
            async for event in self._events:
                text = self._opened.reader.added_text(event)
                if text:
                    yield text
        finally:
            await self.close()

    async def _final(self, model: type[M]) -> M:
        """Read the stream to its end and return the whole answer as this model."""
        async for _ in self._events:
            pass
        return self._whole(model)

    async def close(self) -> None:
        """Close the connection. What has not been read is lost."""
        await self._events.aclose()
        await self.response.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


# These hold what was opened and not the stream: a cycle would keep the connection of
# an abandoned stream until the garbage collector comes.


def _received(
    opened: _Opened, again: Callable[[float], httpx.Response] | None
) -> Generator[Event, None, None]:
    # In one piece, for each generator around another costs every event.
    while True:
        response, reader = opened.response, opened.reader
        try:
            try:
                for chunk in response.iter_bytes():
                    yield from reader.feed(chunk)
            except httpx.HTTPError as error:
                reader.fault(error)
            finally:
                response.close()
            reader.finish()
            return
        except APIStatusError as error:
            if again is None:
                raise
            time.sleep(opened.delay(error))
        opened.take(again(opened.left))


async def _areceived(
    opened: _Opened, again: Callable[[float], Awaitable[httpx.Response]] | None
) -> AsyncGenerator[Event, None]:
    # In one piece, for each generator around another costs every event.
    while True:
        response, reader = opened.response, opened.reader
        try:
            try:
                async for chunk in response.aiter_bytes():
                    for event in reader.feed(chunk):
                        yield event
            except httpx.HTTPError as error:
                reader.fault(error)
            finally:
                await response.aclose()
            reader.finish()
            return
        except APIStatusError as error:
            if again is None:
                raise
            await pause(opened.delay(error))
        opened.take(await again(opened.left))


async def pause(seconds: float) -> None:
    """Wait, under asyncio or trio."""
    import anyio  # late, for it takes long to import

    await anyio.sleep(seconds)
