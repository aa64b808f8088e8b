"""The asynchronous client: performs the steps of a call with an `httpx.AsyncClient`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, Literal, Self, TypeVar, Unpack, overload

import httpx

from .._exchange import CALL_ERRORS, Call, Close, OpenStream, Read, Send, Step, exchange
from .._limits import enforced, limit_body
from .._log import masked_query_in_log
from .._manual import ManualRequest, RequestOptions, call_options
from .._request import Options
from .._response.decoding import is_event_stream
from .._response.raw import CallResult, RawResponse
from .._response.streamed import AsyncStreamedResponse
from .._spec import Operation
from .._streaming.stream import AsyncStream, read_events_async
from .._tokens import ApproximateTokenizer
from .._transport.http_clients import DefaultAsyncHttpxClient
from .base import BaseClient

__all__ = ["AsyncClient"]

T = TypeVar("T")


class AsyncClient(BaseClient[httpx.AsyncClient]):
    """A client for asyncio and trio. Each event loop has connections of its own."""

    http_class = httpx.AsyncClient
    stream_class: ClassVar[type[AsyncStream[Any]]] = AsyncStream

    async def call(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        options: Options,
    ) -> Any:
        """Make a call and return its result: a model, or an `AsyncStream` of events."""
        outgoing = self._prepare(operation, arguments, options)
        call = self._new_call(outgoing, options, read=True)
        if outgoing.stream and operation.stream is not None:
            call.new_reader = partial(self._new_reader, operation.stream, call)
        response = await self._exchange(call)
        if call.reader is not None:
            return self.stream_class(response, call.reader, call.events)
        return self._decode(operation, response)

    async def call_raw(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        options: Options,
    ) -> RawResponse[Any]:
        """Make a call and return the HTTP response, its body read unless streamed."""
        outgoing = self._prepare(operation, arguments, options)
        call = self._new_call(outgoing, options, read=not outgoing.stream)
        response = await self._exchange(call)
        if outgoing.stream and not is_event_stream(response):
            with call.errors.reading(response):
                await self._read(response)  # for there is nothing to iterate over
        return RawResponse(self._result(operation, outgoing, call, response))

    async def call_streamed(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        options: Options,
    ) -> AsyncStreamedResponse[Any]:
        """Make a call and return the HTTP response with its body unread."""
        outgoing = self._prepare(operation, arguments, options)
        call = self._new_call(outgoing, options, read=False)
        response = await self._exchange(call)
        return AsyncStreamedResponse(self._result(operation, outgoing, call, response))

    @overload
    async def request(
        self,
        method: str,
        path_or_url: str,
        *,
        json: object = None,
        stream: Literal[False] = False,
        **options: Unpack[RequestOptions],
    ) -> RawResponse[Any]: ...
    @overload
    async def request(
        self,
        method: str,
        path_or_url: str,
        *,
        json: object = None,
        stream: Literal[True],
        **options: Unpack[RequestOptions],
    ) -> AsyncStreamedResponse[Any]: ...
    async def request(
        self,
        method: str,
        path_or_url: str,
        *,
        json: object = None,
        stream: bool = False,
        **options: Unpack[RequestOptions],
    ) -> RawResponse[Any] | AsyncStreamedResponse[Any]:
        """Send a request that the document does not describe.

        Authentication, retries, timeouts and errors are those of every call.

        Args:
            method: The HTTP method.
            path_or_url: A path below the base URL, or a URL. To another origin than
                that of the base URL no credential of the client is sent.
            json: The body: any value that JSON can express; bytes are sent as they
                are.
            stream: Whether the body of the response is left to be read piece by piece;
                use the response in `async with` then, which closes it.
            options: `headers` and `params` to add, `timeout`, `deadline` and
                `max_retries` of this call, `extra_json`: members to add to the body.

        Returns:
            The response, a success: its status, headers and body.

        Raises:
            RequestValidationError: JSON cannot express the body; nothing was sent.
            APIConnectionError: The network failed, or took too long.
            APIStatusError: The server answered with an error.
        """
        result = await self._call_manually(
            method, path_or_url, json, options, not stream
        )
        return AsyncStreamedResponse(result) if stream else RawResponse(result)

    async def get(
        self, path: str, *, cast_to: type[T], options: RequestOptions | None = None
    ) -> T:
        """GET a path below the base URL, or a URL; see `post`."""
        return await self._cast("GET", path, None, options, cast_to)

    async def post(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """POST to a path below the base URL, or to a URL.

        Args:
            path: The path or the URL.
            cast_to: What to return: `httpx.Response`, or `str` or `bytes` for the
                body, or for its JSON a model, `dict`, `list`, a number type, or
                `object` for any JSON.
            body: Any value that JSON can express; bytes are sent as they are.
            options: As for `request`.
        """
        return await self._cast("POST", path, body, options, cast_to)

    async def put(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """PUT a body to a path below the base URL, or to a URL; see `post`."""
        return await self._cast("PUT", path, body, options, cast_to)

    async def patch(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """PATCH a path below the base URL, or a URL; see `post`."""
        return await self._cast("PATCH", path, body, options, cast_to)

    async def delete(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """DELETE a path below the base URL, or a URL; see `post`."""
        return await self._cast("DELETE", path, body, options, cast_to)

    async def count_tokens(self, text: str) -> int:
        """Count the tokens of a text approximately; see `get_tokenizer`."""
        return len((await self.get_tokenizer()).encode(text).ids)

    async def get_tokenizer(self) -> ApproximateTokenizer:
        """Return a tokenizer that is approximate: that of the service is not public."""
        return ApproximateTokenizer()

    async def close(self) -> None:
        """Close all connections; the client cannot be used any more."""
        state = self._state
        state.closed = True
        if state.http is not None:
            await state.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _new_http_client(self) -> httpx.AsyncClient:
        http = self._state.http = DefaultAsyncHttpxClient(timeout=self.timeout)
        return http

    async def _cast(
        self,
        method: str,
        path: str,
        body: object,
        options: RequestOptions | None,
        to: type[T],
    ) -> T:
        result = await self._call_manually(method, path, body, options or {}, True)
        return RawResponse[Any](result).parse(to=to)

    async def _call_manually(
        self, method: str, place: str, json: object, options: RequestOptions, read: bool
    ) -> CallResult:
        request = ManualRequest.with_options(method, place, json, options)
        outgoing = self._prepare_manual(request)
        call = self._new_call(outgoing, call_options(options), read=read)
        return self._result(None, outgoing, call, await self._exchange(call))

    async def _exchange(self, call: Call) -> httpx.Response:
        """Perform the steps of a call."""
        steps = exchange(call)
        try:
            step = next(steps)
            while True:
                try:
                    result = await self._perform(step, call)
                except CALL_ERRORS as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(result)
        except StopIteration as stop:
            response: httpx.Response = stop.value
            return response

    async def _perform(self, step: Step, call: Call) -> Any:
        if isinstance(step, Send):
            return await self._send(step, call)
        if isinstance(step, Read):
            return await self._read(step.response)
        if isinstance(step, OpenStream):
            events = read_events_async(step.response, step.reader, announce=True)
            await anext(events, None)
            return events
        if isinstance(step, Close):
            return await step.response.aclose()
        import anyio  # late, for it takes long to import

        return await anyio.sleep(step.seconds)

    async def _send(self, step: Send, call: Call) -> httpx.Response:
        send = partial(
            self._http_client().send,
            step.request,
            stream=True,
            auth=httpx.USE_CLIENT_DEFAULT if step.auth else None,
            follow_redirects=False,
        )
        if call.limit is None and not step.request.url.query:
            return await send()
        with masked_query_in_log(), enforced(call.limit):
            response = await send()
        if call.limit is not None:
            limit_body(response, call.limit)
        return response

    async def _read(self, response: httpx.Response) -> bytes:
        try:
            return await response.aread()
        except BaseException:  # httpx leaves a body open that it cannot decode
            await response.aclose()
            raise
