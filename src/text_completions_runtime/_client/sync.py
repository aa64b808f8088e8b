"""The synchronous edge: performs the steps of a call with an `httpx.Client`."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Generator, Mapping
from functools import partial
from types import TracebackType
from typing import Any, ClassVar, Literal, Self, TypeVar, overload

import httpx

from .._client.base import BaseClient
from .._exchange import Call, Read, Send, Step, exchange
from .._headers import Headers
from .._limits import Expired, Wait
from .._manual import ManualRequest
from .._request import Options, Query
from .._response.decoding import (
    cast_response,
    check_stream,
    decoded_or_text,
    is_event_stream,
)
from .._response.raw import CallResult, RawResponse
from .._response.streamed import StreamedResponse
from .._spec import Operation, StreamSpec
from .._streaming.stream import Stream
from .._transport.http_clients import DefaultHttpxClient
from .._types import NotGiven, not_given
from .._verbs import SyncVerbs

__all__ = ["SyncClient"]

T = TypeVar("T")
_making = threading.Lock()


class SyncClient(BaseClient[httpx.Client], SyncVerbs):
    """A client that blocks. Safe to share between threads."""

    http_class = httpx.Client
    stream_class: ClassVar[type[Stream[Any]]] = Stream

    def call(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        options: Options,
    ) -> Any:
        """Make a call and return its answer: a model, or a `Stream` of events."""
        called = self._called(operation, arguments, options)
        try:
            return called.parse()
        except BaseException:
            called.response.close()
            raise

    def call_raw(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        options: Options,
    ) -> RawResponse[Any]:
        """Make a call and return what came over HTTP, its body read."""
        called = self._called(operation, arguments, options)
        if called.events and not is_event_stream(called.response):
            with self._errors.reading(called.response):
                self._read(called.response)  # for there is nothing to iterate
        return RawResponse(called)

    def call_streamed(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        options: Options,
    ) -> StreamedResponse[Any]:
        """Make a call and return what came over HTTP, its body still to be read."""
        called = self._called(operation, arguments, options, unread=True)
        return StreamedResponse(called)

    @overload
    def request(
        self,
        method: str,
        path_or_url: str,
        *,
        json: object = None,
        headers: Headers | None = None,
        params: Query | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        max_retries: float | None = None,
        stream: Literal[False] = False,
    ) -> RawResponse[Any]: ...
    @overload
    def request(
        self,
        method: str,
        path_or_url: str,
        *,
        json: object = None,
        headers: Headers | None = None,
        params: Query | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        max_retries: float | None = None,
        stream: Literal[True],
    ) -> StreamedResponse[Any]: ...
    def request(
        self,
        method: str,
        path_or_url: str,
        *,
        json: object = None,
        headers: Headers | None = None,
        params: Query | None = None,
        timeout: float | httpx.Timeout | NotGiven | None = not_given,
        deadline: float | NotGiven | None = not_given,
        max_retries: float | None = None,
        stream: bool = False,
    ) -> RawResponse[Any] | StreamedResponse[Any]:
        """Send a request that the document need not describe.

        Authentication, retries, timeouts and errors are those of every call.

        Args:
            method: The HTTP method.
            path_or_url: A path below the base URL, or a URL. To another origin than
                that of the base URL no credential of the client goes.
            json: The body: anything that has a form in JSON; bytes go as they are.
            headers: Headers to add; `omit` takes one away.
            params: Query parameters to add.
            timeout: Seconds, or an `httpx.Timeout`, for this call alone.
            deadline: Seconds from 0 for this whole call, its attempts, the waits
                between them and the body; None for no deadline.
            max_retries: Attempts that may follow the first, for this call alone.
            stream: Whether the body of the answer is left to be read piece by piece;
                use the answer in `with` then, which closes it.

        Returns:
            The answer, a success: its status, headers and body.

        Raises:
            RequestValidationError: The body has no form in JSON; nothing was sent.
            APIConnectionError: The network failed, or took too long.
            APIStatusError: The server answered with an error.
        """
        freehand = ManualRequest(method, path_or_url, json, headers, params)
        options = Options(timeout=timeout, max_retries=max_retries, deadline=deadline)
        called = self._called_by_hand(freehand, options, unread=stream)
        return StreamedResponse(called) if stream else RawResponse(called)

    def close(self) -> None:
        """Close all connections; the client cannot be used any more."""
        self._closed = True
        if self._http is not None:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _client(self) -> httpx.Client:
        """Return the http client, made when it is first needed."""
        self._require_open()
        if self._http is None:
            with _making:
                if self._http is None:
                    self._http = self._made()
        return self._http

    def _made(self) -> httpx.Client:
        """Make the http client; it is closed when this client is forgotten."""
        http = DefaultHttpxClient(timeout=self.timeout)
        weakref.finalize(self, http.close)
        return http

    def _called(
        self,
        operation: Operation,
        arguments: Mapping[str, Any],
        options: Options,
        *,
        unread: bool = False,
    ) -> CallResult:
        """Make a call of the document's; `unread` leaves its body to be read later."""
        outgoing = self._prepared(operation, arguments, options)
        call = self._call(self._client(), outgoing, options, unread=unread)
        response, retries = self._exchanged(call)
        if outgoing.stream and operation.stream is not None:
            parse = partial(self._stream, operation.stream, call, response, retries)
            return CallResult(response, retries, parse, True, self._errors)
        parse = partial(self._decoded, operation, response)
        return CallResult(response, retries, parse, False, self._errors)

    def _called_by_hand(
        self, freehand: ManualRequest, options: Options, *, unread: bool
    ) -> CallResult:
        outgoing = self._written(freehand)
        call = self._call(self._client(), outgoing, options, unread=unread)
        response, retries = self._exchanged(call)
        parse = partial(decoded_or_text, response)
        return CallResult(response, retries, parse, False, self._errors)

    def _sent(self, freehand: ManualRequest, options: Options, to: type[T]) -> T:
        called = self._called_by_hand(freehand, options, unread=False)
        response = self._errors.response(called.response)
        made: T = cast_response(response, to, self._errors)
        return made

    def _stream(
        self, spec: StreamSpec, call: Call, response: httpx.Response, retries: int
    ) -> Stream[Any]:
        def again(left: float) -> httpx.Response:
            response, _ = self._exchanged(call._replace(max_retries=left))
            return self._checked(response)

        check_stream(response, self._errors)
        return self.stream_class(
            response,
            spec,
            self._rule(spec, call.request),
            self._errors,
            strict=self.strict,
            log=self._log(),
            retries=call.max_retries - retries,
            deadline=call.deadline,
            idle_timeout=call.idle_timeout,
            again=again,
            owner=self,
        )

    def _checked(self, response: httpx.Response) -> httpx.Response:
        try:
            check_stream(response, self._errors)
        except BaseException:
            response.close()
            raise
        return response

    def _exchanged(self, call: Call) -> tuple[httpx.Response, int]:
        perform = self._perform
        if call.deadline is not None:
            from .._in_time import perform_in_time  # late, for few calls have one

            perform = partial(perform_in_time, call.deadline, perform)
        response, retries = self._performed(exchange(call), perform)
        if call.deadline is not None and call.stream:
            from .._bodies import limit_body

            wait = Wait(call.deadline, None, call.request, self._errors)
            limit_body(response, wait)
        self._log().answered(response, retries)
        return response, retries

    def _performed(
        self,
        steps: Generator[Step, Any, tuple[httpx.Response, int]],
        perform: Callable[[Step], Any],
    ) -> tuple[httpx.Response, int]:
        try:
            step = next(steps)
            while True:
                try:
                    result = perform(step)
                except (httpx.HTTPError, Expired) as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(result)
        except StopIteration as stop:
            outcome: tuple[httpx.Response, int] = stop.value
            return outcome

    def _perform(self, step: Step) -> httpx.Response | bytes | None:
        if isinstance(step, Send):
            return self._client().send(
                step.request,
                stream=step.stream,
                auth=httpx.USE_CLIENT_DEFAULT if step.auth else None,
                follow_redirects=False,
            )
        if isinstance(step, Read):
            return self._read(step.response)
        time.sleep(step.seconds)
        return None

    def _read(self, response: httpx.Response) -> bytes:
        try:
            return response.read()
        except BaseException:  # httpx leaves a body open that it cannot decode
            response.close()
            raise
