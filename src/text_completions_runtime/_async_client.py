"""The asynchronous edge: performs the steps of a call with an `httpx.AsyncClient`."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from types import TracebackType
from typing import Any, TypeVar

import httpx

from ._answers import check_stream
from ._client import BaseClient
from ._contract import Operation, StreamSpec
from ._exchange import Call, Read, Send, Step, exchange
from ._http_clients import DefaultAsyncHttpxClient
from ._request import Options
from ._streams import AsyncStream, pause

__all__ = ["AsyncClient"]

_C = TypeVar("_C", bound="AsyncClient")


class AsyncClient(BaseClient[httpx.AsyncClient]):
    """A client for asyncio and trio. Keep one for one event loop."""

    async def call(
        self,
        operation: Operation[Any, Any],
        arguments: Mapping[str, Any],
        options: Options,
    ) -> Any:
        """Make a call and return its answer: a model, or an `AsyncStream` of events."""
        outgoing = self._prepared(operation, arguments, options)
        call = self._call(self._client(), outgoing, options)
        response, retries = await self._exchanged(call)
        if outgoing.stream and operation.stream is not None:
            return await self._stream(operation.stream, call, response, retries)
        return self._decoded(operation, response)

    async def close(self) -> None:
        """Close all connections; the client cannot be used any more."""
        self._closed = True
        if self._http is not None:
            await self._http.aclose()

    async def __aenter__(self: _C) -> _C:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def _client(self) -> httpx.AsyncClient:
        """Return the http client, made when it is first needed."""
        self._require_open()
        if self._http is None:
            self._http = DefaultAsyncHttpxClient(timeout=self.timeout)
        return self._http

    async def _stream(
        self, spec: StreamSpec[Any], call: Call, response: httpx.Response, retries: int
    ) -> AsyncStream[Any]:
        async def again(left: float) -> httpx.Response:
            response, _ = await self._exchanged(call._replace(max_retries=left))
            return await self._checked(response)

        return AsyncStream(
            await self._checked(response),
            spec,
            self._rule(spec, call.request),
            self._failures,
            strict=self.strict,
            retries=call.max_retries - retries,
            again=again,
        )

    async def _checked(self, response: httpx.Response) -> httpx.Response:
        try:
            check_stream(response, self._failures)
        except BaseException:
            await response.aclose()
            raise
        return response

    async def _exchanged(self, call: Call) -> tuple[httpx.Response, int]:
        response, retries = await self._performed(exchange(call))
        self._note(response, retries)
        return response, retries

    async def _performed(
        self, steps: Generator[Step, Any, tuple[httpx.Response, int]]
    ) -> tuple[httpx.Response, int]:
        try:
            step = next(steps)
            while True:
                try:
                    result = await self._perform(step)
                except httpx.HTTPError as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(result)
        except StopIteration as stop:
            outcome: tuple[httpx.Response, int] = stop.value
            return outcome

    async def _perform(self, step: Step) -> httpx.Response | bytes | None:
        if isinstance(step, Send):
            return await self._client().send(
                step.request,
                stream=step.stream,
                auth=httpx.USE_CLIENT_DEFAULT if step.auth else None,
                follow_redirects=False,
            )
        if isinstance(step, Read):
            return await self._read(step.response)
        await pause(step.seconds)
        return None

    async def _read(self, response: httpx.Response) -> bytes:
        try:
            return await response.aread()
        except BaseException:  # httpx leaves a body open that it cannot decode
            await response.aclose()
            raise
