"""One call, with its retries and redirects, for both clients.

`exchange` is the only retry loop. It is a coroutine, and its I/O goes through
`Call.io`. The methods of `SyncIO` never suspend, so `run_sync` can run the same
coroutine in the calling thread, without an event loop.
"""

from __future__ import annotations

import time
from collections.abc import Coroutine, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from ._error_factory import ErrorFactory
from ._errors import APIConnectionError, APIError, APIStatusError
from ._limits import TimeLimit, enforced, limit_body
from ._log import Log, masked_query_in_log
from ._response.decoding import check_stream, is_event_stream
from ._retry import retry_delay, should_retry
from ._spec import Operation, StreamSpec, VersionRule
from ._streaming.reader import EventReader
from ._streaming.stream import read_events, read_events_async
from ._urls import URL_ERRORS, is_http, masked_text, origin

T = TypeVar("T")

_RETRIED = (
    httpx.NetworkError,
    httpx.ProxyError,
    httpx.RemoteProtocolError,
    httpx.TimeoutException,
)
_MAX_REDIRECTS = 20
_WAITING = "waiting for the headers of the response"
_BODY = "reading the body of the response"
_PHASES: Mapping[type[Exception], str] = {  # while there is no response
    httpx.ConnectTimeout: "connecting",
    httpx.PoolTimeout: "waiting for a free connection",
    httpx.WriteTimeout: "sending the request",
}
_PORTABLE_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "host",
        "transfer-encoding",
        "user-agent",
    }
)
"""Headers that a redirect may take to another origin, beside those of the document."""


@dataclass(slots=True, eq=False, repr=False, kw_only=True)
class Call:
    """One call to make, and what came of it.

    Attributes:
        operation: The operation; None where the document does not describe the call.
        stream: The events that the call asks for; None where it asks for none.
        read: Whether the response is read: a stream to its first event, any other
            response to its end.
        strict: Whether events are checked against the document.
        max_retries: How many attempts may follow the first; `math.inf` for all.
        auth: Whether an http client may add the authentication of its own.
        document_headers: Headers that come from the document and not from the caller.
        retries: How many retries were made.
        reader: The reader of the stream, once its first event has arrived.
        events: The iterator of the events, set with it.
    """

    request: httpx.Request
    http: httpx.Client | httpx.AsyncClient
    io: SyncIO | AsyncIO
    max_retries: float
    errors: ErrorFactory
    log: Log
    read: bool = True
    operation: Operation | None = None
    stream: StreamSpec | None = None
    strict: bool = False
    auth: bool = True
    document_headers: Mapping[str, Any] = field(default_factory=dict[str, Any])
    limit: TimeLimit | None = None
    retries: int = 0
    reader: EventReader | None = None
    events: Any = None

    def has_events(self, response: httpx.Response) -> bool:
        """Return whether a response is the stream that was asked for."""
        return self.stream is not None and is_event_stream(response)

    def new_reader(self, spec: StreamSpec, response: httpx.Response) -> EventReader:
        version = self.request.headers.get(spec.version or "")
        first = next(iter(spec.versions.values()), VersionRule())
        reader = EventReader(
            spec,
            spec.versions.get(version or "", first),
            response,
            self.errors,
            strict=self.strict,
            log=self.log,
        )
        if self.limit is not None:
            self.limit.reader = reader
        return reader


async def exchange(call: Call) -> httpx.Response:
    """Make the call and return the response, a success.

    Raises:
        APIConnectionError: The network failed in the last attempt.
        APIStatusError: The last attempt was answered with an error, or with a stream
            whose first event is an error.
        APIResponseValidationError: The response is not the stream that was asked for.
        APITimeoutError: The deadline has passed, or would pass before another
            attempt; its cause is the error of the attempt before.
    """
    timeouts = call.request.extensions.get("timeout", {})
    failure: APIError | None = None
    while True:
        if call.limit is not None:
            call.limit.attempt = call.retries + 1
            if call.limit.has_passed():
                raise call.limit.error(call.request, "starting") from failure
            call.request.extensions["timeout"] = call.limit.cap(timeouts)
        try:
            return await _attempt(call)
        except APIError as error:
            failure, previous = error, failure
        if failure.__cause__ is None and isinstance(failure, APIConnectionError):
            # A limit has passed, or the stream ended before its first event.
            raise failure from previous
        delay = _retry_delay(failure, call)
        if delay is None or call.retries >= call.max_retries:
            raise failure
        if call.limit is not None and delay >= call.limit.left():
            raise call.limit.too_short_for(delay, call.request) from failure
        await call.io.sleep(delay)
        call.retries += 1


async def _attempt(call: Call) -> httpx.Response:
    response: httpx.Response | None = None
    try:
        response = await _send(call)
        if not response.is_success:
            raise call.errors.status(await _read_error(call, response))
        if call.read and not call.has_events(response):
            await call.io.read(response)
        call.log.response(response, call.retries)
        if call.read and call.stream is not None:
            check_stream(response, call.errors)
            reader = call.new_reader(call.stream, response)
            call.events = await call.io.open_stream(response, reader)
            call.reader = reader
        return response
    except httpx.HTTPStatusError as error:  # by an event hook of the caller's
        raise call.errors.status(await _read_error(call, error.response)) from None
    except httpx.HTTPError as error:
        limit = call.limit
        if limit and isinstance(error, httpx.TimeoutException) and limit.has_passed():
            phase = _BODY if response else _PHASES.get(type(error), _WAITING)
            raise limit.error(call.request, phase) from None
        raise call.errors.connection(error, call.request) from error
    except URL_ERRORS as error:
        fault = httpx.UnsupportedProtocol(f"a URL cannot be used: {error}")
        raise call.errors.connection(fault, call.request) from error


async def _read_error(call: Call, response: httpx.Response) -> httpx.Response:
    """Read the body of an error. One that cannot be decoded does not hide its status.

    Proxies name an encoding that the body of their own error does not have, and httpx
    closes a response if an event hook raises its status.
    """
    if not response.is_stream_consumed:
        try:
            await call.io.read(response)
        except (httpx.DecodingError, httpx.StreamClosed):
            return httpx.Response(
                response.status_code, headers=response.headers, request=response.request
            )
    return response


def _retry_delay(failure: APIError, call: Call) -> float | None:
    """Return the seconds before another attempt, or None for no other attempt."""
    headers: Mapping[str, str] = {}
    if not isinstance(failure, APIStatusError):
        is_retried = isinstance(failure.__cause__, _RETRIED)
    elif failure.response.is_success:  # an error event
        status = call.errors.api_spec.errors.status_of(type(failure))
        is_retried = status is not None and should_retry(status, headers)
    else:
        headers = failure.response.headers
        is_retried = should_retry(failure.status_code, headers)
    return retry_delay(call.retries, headers) if is_retried else None


async def _send(call: Call) -> httpx.Response:
    """Send the request and follow redirects.

    An http client may add the authentication of its own to the first request. A
    redirected request has it already, and must not get it again for another host.
    """
    request, auth = call.request, httpx.USE_CLIENT_DEFAULT if call.auth else None
    limit = call.limit
    redirects = 0
    response: httpx.Response
    while True:
        with masked_query_in_log(), enforced(limit) if limit else nullcontext():
            response = await call.io.send(call.http, request, auth)
        if limit is not None:
            limit_body(response, limit)
        if not call.http.follow_redirects or response.next_request is None:
            return response
        if not response.is_stream_consumed:
            await call.io.read(response)
        if redirects == _MAX_REDIRECTS:
            raise httpx.TooManyRedirects("too many redirects", request=call.request)
        target = response.next_request
        _check_redirect(response, target)
        request, auth = _without_private_headers(target, call), None
        redirects += 1


def _check_redirect(response: httpx.Response, target: httpx.Request) -> None:
    """Refuse a redirect to no http URL, and one that would lose the body."""
    place = masked_text(response.headers.get("location", ""))
    if not is_http(target.url):
        raise httpx.UnsupportedProtocol(
            f"the redirect to {place!r} is not to an http or https URL"
        )
    method = response.request.method
    if target.method != method:  # as HTTP says of 301, 302 and 303
        raise httpx.UnsupportedProtocol(
            f"the redirect to {place!r} with status {response.status_code} would turn "
            f"{method} into {target.method}: change the base URL"
        )


def _without_private_headers(target: httpx.Request, call: Call) -> httpx.Request:
    """Drop what another origin must not see: credentials and the caller's headers."""
    if origin(target.url) != origin(call.request.url):
        allowed = _PORTABLE_HEADERS | {name.lower() for name in call.document_headers}
        for name in list(target.headers):
            if name.lower() not in allowed:
                del target.headers[name]
    return target


class SyncIO:
    """Blocks the calling thread. No method suspends."""

    async def send(self, http: Any, request: httpx.Request, auth: Any) -> Any:
        """Send a request, and return the response with its body unread."""
        return http.send(request, stream=True, auth=auth, follow_redirects=False)

    async def read(self, response: httpx.Response) -> None:
        """Read the body to its end."""
        try:
            response.read()
        except BaseException:  # httpx leaves a body open that it cannot decode
            response.close()
            raise

    async def open_stream(self, response: httpx.Response, reader: EventReader) -> Any:
        """Wait for the first event, and return the iterator of all events."""
        events = read_events(response, reader, announce=True)
        next(events, None)
        return events

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class AsyncIO:
    """For asyncio and trio; see `SyncIO`."""

    async def send(self, http: Any, request: httpx.Request, auth: Any) -> Any:
        """Send a request, and return the response with its body unread."""
        return await http.send(request, stream=True, auth=auth, follow_redirects=False)

    async def read(self, response: httpx.Response) -> None:
        """Read the body to its end."""
        try:
            await response.aread()
        except BaseException:  # as in `SyncIO.read`
            await response.aclose()
            raise

    async def open_stream(self, response: httpx.Response, reader: EventReader) -> Any:
        """Wait for the first event, and return the iterator of all events."""
        events = read_events_async(response, reader, announce=True)
        await anext(events, None)
        return events

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        import anyio  # late, for it takes long to import

        await anyio.sleep(seconds)


def run_sync(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends, and return its result."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise RuntimeError("a call of the synchronous client was suspended")
