"""The synchronous edge: performs the steps of a call with an `httpx.Client`."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Generator, Mapping
from types import TracebackType
from typing import Any, TypeVar

import httpx

from ._answers import check_stream
from ._client import BaseClient
from ._contract import Operation, StreamSpec
from ._exchange import Call, Read, Send, Step, exchange
from ._http_clients import DefaultHttpxClient
from ._request import Options
from ._streams import Stream

__all__ = ["SyncClient"]

_C = TypeVar("_C", bound="SyncClient")
_making = threading.Lock()


class SyncClient(BaseClient[httpx.Client]):
    """A client that blocks. Safe to share between threads."""

    def call(
        self,
        operation: Operation[Any, Any],
        arguments: Mapping[str, Any],
        options: Options,
    ) -> Any:
        """Make a call and return its answer: a model, or a `Stream` of events."""
        outgoing = self._prepared(operation, arguments, options)
        call = self._call(self._client(), outgoing, options)
        response, retries = self._exchanged(call)
        if outgoing.stream and operation.stream is not None:
            return self._stream(operation.stream, call, response, retries)
        return self._decoded(operation, response)

    def close(self) -> None:
        """Close all connections; the client cannot be used any more."""
        self._closed = True
        if self._http is not None:
            self._http.close()

    def __enter__(self: _C) -> _C:
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

    def _stream(
        self, spec: StreamSpec[Any], call: Call, response: httpx.Response, retries: int
    ) -> Stream[Any]:
        def again(left: float) -> httpx.Response:
            response, _ = self._exchanged(call._replace(max_retries=left))
            return self._checked(response)

        return Stream(
            self._checked(response),
            spec,
            self._rule(spec, call.request),
            self._failures,
            strict=self.strict,
            retries=call.max_retries - retries,
            again=again,
            owner=self,
        )

    def _checked(self, response: httpx.Response) -> httpx.Response:
        try:
            check_stream(response, self._failures)
        except BaseException:
            response.close()
            raise
        return response

    def _exchanged(self, call: Call) -> tuple[httpx.Response, int]:
        response, retries = self._performed(exchange(call))
        self._note(response, retries)
        return response, retries

    def _performed(
        self, steps: Generator[Step, Any, tuple[httpx.Response, int]]
    ) -> tuple[httpx.Response, int]:
        try:
            step = next(steps)
            while True:
                try:
                    result = self._perform(step)
                except httpx.HTTPError as error:
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
