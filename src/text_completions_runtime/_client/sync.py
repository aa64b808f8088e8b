"""The synchronous client: performs the steps of a call with an `httpx.Client`."""

from __future__ import annotations

import threading
import time
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
from .._response.streamed import StreamedResponse
from .._spec import Operation
from .._streaming.stream import Stream, read_events
from .._tokens import ApproximateTokenizer
from .._transport.http_clients import DefaultHttpxClient
from .base import BaseClient

__all__ = ["SyncClient"]

T = TypeVar("T")
_making = threading.Lock()


class SyncClient(BaseClient[httpx.Client]):
    """A client that blocks. Safe to share between threads."""

    http_class = httpx.Client
    stream_class: ClassVar[type[Stream[Any]]] = Stream

    def call(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        options: Options,
    ) -> Any:
        """Make a call and return its result: a model, or a `Stream` of events."""
        outgoing = self._prepare(operation, arguments, options)
        call = self._new_call(outgoing, options, read=True)
        if outgoing.stream and operation.stream is not None:
            call.new_reader = partial(self._new_reader, operation.stream, call)
        response = self._exchange(call)
        if call.reader is not None:
            return self.stream_class(response, call.reader, call.events)
        return self._decode(operation, response)

    def call_raw(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        options: Options,
    ) -> RawResponse[Any]:
        """Make a call and return the HTTP response, its body read unless streamed."""
        outgoing = self._prepare(operation, arguments, options)
        call = self._new_call(outgoing, options, read=not outgoing.stream)
        response = self._exchange(call)
        if outgoing.stream and not is_event_stream(response):
            with call.errors.reading(response):
                self._read(response)  # for there is nothing to iterate over
        return RawResponse(self._result(operation, outgoing, call, response))

    def call_streamed(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        options: Options,
    ) -> StreamedResponse[Any]:
        """Make a call and return the HTTP response with its body unread."""
        outgoing = self._prepare(operation, arguments, options)
        call = self._new_call(outgoing, options, read=False)
        response = self._exchange(call)
        return StreamedResponse(self._result(operation, outgoing, call, response))

    @overload
    def request(
        self,
        method: str,
        path_or_url: str,
        *,
        json: object = None,
        stream: Literal[False] = False,
        **options: Unpack[RequestOptions],
    ) -> RawResponse[Any]: ...
    @overload
    def request(
        self,
        method: str,
        path_or_url: str,
        *,
        json: object = None,
        stream: Literal[True],
        **options: Unpack[RequestOptions],
    ) -> StreamedResponse[Any]: ...
    def request(
        self,
        method: str,
        path_or_url: str,
        *,
        json: object = None,
        stream: bool = False,
        **options: Unpack[RequestOptions],
    ) -> RawResponse[Any] | StreamedResponse[Any]:
        """Send a request that the document does not describe.

        Authentication, retries, timeouts and errors are those of every call.

        Args:
            method: The HTTP method.
            path_or_url: A path below the base URL, or a URL. To another origin than
                that of the base URL no credential of the client is sent.
            json: The body: any value that JSON can express; bytes are sent as they
                are.
            stream: Whether the body of the response is left to be read piece by piece;
                use the response in `with` then, which closes it.
            options: `headers` and `params` to add, `timeout`, `deadline` and
                `max_retries` of this call, `extra_json`: members to add to the body.

        Returns:
            The response, a success: its status, headers and body.

        Raises:
            RequestValidationError: JSON cannot express the body; nothing was sent.
            APIConnectionError: The network failed, or took too long.
            APIStatusError: The server answered with an error.
        """
        result = self._call_manually(method, path_or_url, json, options, not stream)
        return StreamedResponse(result) if stream else RawResponse(result)

    def get(
        self, path: str, *, cast_to: type[T], options: RequestOptions | None = None
    ) -> T:
        """GET a path below the base URL, or a URL; see `post`."""
        return self._cast("GET", path, None, options, cast_to)

    def post(
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
        return self._cast("POST", path, body, options, cast_to)

    def put(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """PUT a body to a path below the base URL, or to a URL; see `post`."""
        return self._cast("PUT", path, body, options, cast_to)

    def patch(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """PATCH a path below the base URL, or a URL; see `post`."""
        return self._cast("PATCH", path, body, options, cast_to)

    def delete(
        self,
        path: str,
        *,
        cast_to: type[T],
        body: object = None,
        options: RequestOptions | None = None,
    ) -> T:
        """DELETE a path below the base URL, or a URL; see `post`."""
        return self._cast("DELETE", path, body, options, cast_to)

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text approximately; see `get_tokenizer`."""
        return len(self.get_tokenizer().encode(text).ids)

    def get_tokenizer(self) -> ApproximateTokenizer:
        """Return a tokenizer that is approximate: that of the service is not public."""
        return ApproximateTokenizer()

    def close(self) -> None:
        """Close all connections; the client cannot be used any more."""
        state = self._state
        state.closed = True
        if state.http is not None:
            state.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _new_http_client(self) -> httpx.Client:
        with _making:
            if self._state.http is None:
                self._state.http = DefaultHttpxClient(timeout=self.timeout)
        http: httpx.Client = self._state.http
        return http

    def _cast(
        self,
        method: str,
        path: str,
        body: object,
        options: RequestOptions | None,
        to: type[T],
    ) -> T:
        result = self._call_manually(method, path, body, options or {}, True)
        return RawResponse[Any](result).parse(to=to)

    def _call_manually(
        self, method: str, place: str, json: object, options: RequestOptions, read: bool
    ) -> CallResult:
        request = ManualRequest.with_options(method, place, json, options)
        outgoing = self._prepare_manual(request)
        call = self._new_call(outgoing, call_options(options), read=read)
        return self._result(None, outgoing, call, self._exchange(call))

    def _exchange(self, call: Call) -> httpx.Response:
        """Perform the steps of a call."""
        steps = exchange(call)
        try:
            step = next(steps)
            while True:
                try:
                    result = self._perform(step, call)
                except CALL_ERRORS as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(result)
        except StopIteration as stop:
            response: httpx.Response = stop.value
            return response

    def _perform(self, step: Step, call: Call) -> Any:
        if isinstance(step, Send):
            return self._send(step, call)
        if isinstance(step, Read):
            return self._read(step.response)
        if isinstance(step, OpenStream):
            events = read_events(step.response, step.reader, announce=True)
            next(events, None)
            return events
        if isinstance(step, Close):
            return step.response.close()
        return time.sleep(step.seconds)

    def _send(self, step: Send, call: Call) -> httpx.Response:
        send = partial(
            self._http_client().send,
            step.request,
            stream=True,
            auth=httpx.USE_CLIENT_DEFAULT if step.auth else None,
            follow_redirects=False,
        )
        if call.limit is None and not step.request.url.query:
            return send()
        with masked_query_in_log(), enforced(call.limit):
            response = send()
        if call.limit is not None:
            limit_body(response, call.limit)
        return response

    def _read(self, response: httpx.Response) -> bytes:
        try:
            return response.read()
        except BaseException:  # httpx leaves a body open that it cannot decode
            response.close()
            raise
