"""One call, with its retries and redirects, as steps that an edge performs.

`exchange` is the one retry loop. It performs nothing itself: it yields what is to be
done and is sent what came of it, so that the sync and the async client are a few
lines each around the same logic.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any, NamedTuple, TypeAlias

import httpx

from ._error_factory import ErrorFactory
from ._errors import APIError, APIStatusError
from ._limits import Deadline, Expired
from ._redact import ALWAYS_SECRET
from ._retry import retry_delay, should_retry
from ._urls import origin

__all__ = ["Call", "Read", "Send", "Sleep", "Step", "checked_retries", "exchange"]

_RETRIED = (httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError)
_MOST_REDIRECTS = 20


class Send(NamedTuple):
    """Send the request; with `stream`, leave the body of the answer unread.

    `auth` lets an http client add the authentication of its own. A redirected request
    has what it may have, and must not get it once more for another host.
    """

    request: httpx.Request
    stream: bool
    auth: bool = True


class Read(NamedTuple):
    """Read the body of the answer to its end."""

    response: httpx.Response


class Sleep(NamedTuple):
    """Wait for this many seconds."""

    seconds: float


Step: TypeAlias = Send | Read | Sleep


class Call(NamedTuple):
    """One call to make.

    Attributes:
        request: What to send.
        stream: Whether the body of the answer is left to the caller to read.
        max_retries: How many attempts may follow the first; `math.inf` for all.
        follow_redirects: Whether redirects are followed.
        errors: Makes the errors.
        auth: Whether an http client may add the authentication of its own.
        deadline: When all of it must be over, if ever.
        idle_timeout: Seconds that an event of its stream may take, if it has any.
    """

    request: httpx.Request
    stream: bool
    max_retries: float
    follow_redirects: bool
    errors: ErrorFactory
    auth: bool = True
    deadline: Deadline | None = None
    idle_timeout: float | None = None


def exchange(call: Call) -> Generator[Step, Any, tuple[httpx.Response, int]]:
    """Make the call; return the answer, a success, and how many retries it took.

    Raises:
        APIConnectionError: The network failed in the last attempt.
        APIStatusError: The last attempt was answered with an error.
        APITimeoutError: The deadline passed, or would pass before another attempt;
            its cause is the error of the attempt before.
    """
    retries = 0
    failure: APIError | None = None
    while True:
        try:
            response, failure = yield from _attempt(call)
        except Expired as expired:
            passed = f"passed while {expired.doing}, in attempt {retries + 1}"
            raise _too_late(call, passed) from failure
        if failure is None:
            assert response is not None
            return response, retries
        if retries >= call.max_retries or not _worth_it(failure, response):
            raise failure
        headers = None if response is None else response.headers
        delay = retry_delay(retries, headers)
        if call.deadline is not None and (refusal := call.deadline.refusal(delay)):
            raise _too_late(call, refusal) from failure
        yield Sleep(delay)
        retries += 1


def _too_late(call: Call, passed: str) -> APIError:
    assert call.deadline is not None
    return call.errors.deadline(call.request, call.deadline.seconds, passed)


def _attempt(
    call: Call,
) -> Generator[Step, Any, tuple[httpx.Response | None, APIError | None]]:
    """Send once. Return the answer, and the error that it is, if it is one."""
    try:
        response = yield from _sent(call)
        if response.is_success:
            return response, None
        if not response.is_stream_consumed:
            yield Read(response)
    except httpx.HTTPError as error:
        failure = call.errors.connection(error, call.request)
        failure.__cause__ = error
        return None, failure
    return response, call.errors.status(response)


def _worth_it(failure: APIError, response: httpx.Response | None) -> bool:
    if isinstance(failure, APIStatusError) and response is not None:
        return should_retry(response.status_code, response.headers)
    return isinstance(failure.__cause__, _RETRIED)


def _sent(call: Call) -> Generator[Step, Any, httpx.Response]:
    """Send, and follow redirects; no credential leaves the origin of the request."""
    response: httpx.Response = yield Send(call.request, call.stream, call.auth)
    redirects = 0
    while call.follow_redirects and response.next_request is not None:
        if not response.is_stream_consumed:
            yield Read(response)
        if redirects == _MOST_REDIRECTS:
            raise httpx.TooManyRedirects("too many redirects", request=call.request)
        target = _without_secrets(response.next_request, call)
        response = yield Send(target, call.stream, auth=False)
        redirects += 1
    return response


def _without_secrets(target: httpx.Request, call: Call) -> httpx.Request:
    if origin(target.url) != origin(call.request.url):
        for name in ALWAYS_SECRET | call.errors.api_spec.secret_headers:
            target.headers.pop(name, None)
    return target


def checked_retries(max_retries: Any) -> float:
    """Return a number of retries, or say what would be one."""
    allowed = isinstance(max_retries, int) or max_retries == math.inf
    if isinstance(max_retries, bool) or not allowed or max_retries < 0:
        message = (
            f"max_retries must be a whole number from 0, or math.inf for no limit, "
            f"not {max_retries!r}"
        )
        raise TypeError(message)
    retries: float = max_retries
    return retries
