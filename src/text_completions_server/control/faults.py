"""The faults: `FAULTS` has each name with its documentation, effect and defaults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NoReturn

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from text_completions_document import mapping

from ..checks import check_number
from ..document.strict_json import NotJson, parse_json
from ..errors import ApiError
from ..http.disconnect import ConnectionCut
from ..http.events import CRLF, LF, event
from ..http.limits import exceeded
from ..http.responses import ErrorResponses, EventStream

FaultName = Literal[
    "rate_limited",
    "concurrency_limited",
    "overloaded",
    "internal_error",
    "api_timeout",
    "not_found",
    "permission_denied",
    "request_too_large",
    "billing",
    "low_credit",
    "endpoint_deprecated",
    "slow_headers",
    "slow_events",
    "hang",
    "disconnect",
    "cut_between_events",
    "cut_mid_event",
    "error_event",
    "malformed_event",
    "html_502",
    "truncated_json",
]
"""The name of a fault, for type checkers: the keys of `FAULTS`."""

_DEFAULT_AFTER: Final = 2
_BOUNDS: Final = {
    "times": (1, 1_000_000),
    "seconds": (0, 3600),
    "after": (0, 1_000_000),
}
_HTML_502: Final = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)

# The texts are those of the service, from issue threads. The status of the text of
# 2026 about the endpoint is not known.
_CONCURRENCY: Final = (
    "Number of concurrent connections has exceeded your rate limit. Please try again "
    "later or contact sales at https://www.anthropic.com/contact-sales to discuss your "
    "options for a rate limit increase."
)
_LOW_CREDIT: Final = (
    "Your credit balance is too low to access the Anthropic API. Please go to Plans & "
    "Billing to upgrade or purchase credits."
)
_DEPRECATED: Final = (
    "The /v1/complete endpoint has been deprecated. Please use the /v1/messages "
    "endpoint instead. See https://docs.anthropic.com/en/api/messages for details."
)

Events = AsyncGenerator[bytes]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault as it is asked for.

    Attributes:
        name: One of `FAULTS`.
        times: How many requests it affects; None for all.
        seconds: How long it waits. None takes the default of the fault.
        after: How many events come before it. None takes 2, and for `hang` it means
            before the headers. A stream of fewer events fails before its last one.

    Raises:
        ValueError: The name is unknown, or a setting does not go with it.
        TypeError: A setting has the wrong type.
    """

    name: str
    times: int | None = None
    seconds: float | None = None
    after: int | None = None

    def __post_init__(self) -> None:
        if self.name not in FAULTS:
            known = ", ".join(FAULTS)
            raise ValueError(f"unknown fault {self.name!r}; the faults are: {known}")
        for setting, (least, most) in _BOUNDS.items():
            value = getattr(self, setting)
            if value is None:
                continue
            if setting not in self.kind.takes:
                raise ValueError(f"the fault {self.name} does not take {setting!r}")
            check_number(setting, value, least, most, whole=setting != "seconds")

    @property
    def kind(self) -> FaultKind:
        """What its name stands for."""
        return FAULTS[self.name]

    @property
    def wait(self) -> float:
        """How many seconds it waits."""
        return (self.kind.seconds or 0.0) if self.seconds is None else self.seconds


@dataclass(frozen=True, slots=True)
class AffectedRequest:
    """A request that a fault affects."""

    fault: Fault
    errors: ErrorResponses
    respond: Callable[[], Awaitable[ASGIApp]]  # as without the fault
    path: str
    body: bytes
    now: datetime


Effect = Callable[[AffectedRequest], Awaitable[ASGIApp]]
"""Answers a request under a fault, or raises `ApiError` or `ConnectionCut`."""


async def _hang() -> NoReturn:
    """Wait until the client leaves, which cancels the task."""
    await asyncio.Event().wait()
    raise AssertionError


# Effects on the response as a whole.


def _error(
    status: int, message: str | None = None, should_retry: str | None = None
) -> Effect:
    headers = {"x-should-retry": should_retry} if should_retry else {}

    async def respond(_: AffectedRequest) -> ASGIApp:
        raise ApiError(status, message, headers=headers)

    return respond


async def _rate_limited(request: AffectedRequest) -> ASGIApp:
    raise exceeded(request.path, request.fault.wait, request.now)


async def _not_found(request: AffectedRequest) -> ASGIApp:
    try:
        model = mapping(parse_json(request.body)).get("model")
    except NotJson:
        model = None
    raise ApiError(404, f"model: {model}" if isinstance(model, str) else "Not Found")


async def _html_502(_: AffectedRequest) -> ASGIApp:
    return Response(_HTML_502, 502, media_type="text/html")


async def _disconnect(_: AffectedRequest) -> ASGIApp:
    raise ConnectionCut


async def _slow_headers(request: AffectedRequest) -> ASGIApp:
    response = await request.respond()
    await asyncio.sleep(request.fault.wait)
    return response


async def _slow_events(request: AffectedRequest) -> ASGIApp:
    async def slow(events: Events) -> Events:
        async with aclosing(events):
            async for each in events:
                await asyncio.sleep(request.fault.wait)
                yield each

    response = await request.respond()
    if isinstance(response, EventStream):
        response.rewrite(slow)
    else:
        await asyncio.sleep(request.fault.wait)
    return response


# Effects on one event of a stream, or on the body of a response without events.


@dataclass(frozen=True, slots=True)
class _Break:
    """Breaks one event of a stream, or the body of a response without events.

    Attributes:
        body: What it makes of a body.
        then: What follows.
        event: What it makes of an event; nothing is sent if it is empty. None breaks
            the data of an event as a body; pings and marks of the end are passed over.
    """

    body: Callable[[bytes], bytes]
    then: Literal["continue", "end", "cut", "hang"]
    event: Callable[[bytes, ErrorResponses], bytes] | None = None

    async def __call__(self, request: AffectedRequest) -> ASGIApp:
        if self.then == "hang" and request.fault.after is None:
            await _hang()
        response = await request.respond()
        if isinstance(response, EventStream):
            response.rewrite(lambda events: self._broken(request, events))
            return response
        if self.then == "hang":
            await _hang()
        assert isinstance(response, Response)
        body = self.body(bytes(response.body))
        if self.then == "cut":
            return _cut(response, body)
        response.body = body
        response.headers["content-length"] = str(len(body))
        return response

    async def _broken(self, request: AffectedRequest, events: Events) -> Events:
        """Break the first event after so many that may be broken, at latest the last.

        An event is held back until the next one that may be broken, because only
        then is it known not to be the last.
        """
        after = request.fault.after
        after = _DEFAULT_AFTER if after is None else after
        held: list[bytes] = []  # what may be broken, and what came after it
        index = 0
        async with aclosing(events):
            async for raw in events:
                if self._can_break(raw):
                    for each in held:
                        yield each
                    held = [raw]
                    if index >= after:
                        break
                elif held:
                    held.append(raw)
                else:
                    yield raw
                index += 1
            if not held:
                return
            if sent := self._broken_event(held[0], request.errors):
                yield sent
            if self.then == "cut":
                raise ConnectionCut
            if self.then == "hang":
                await _hang()
            if self.then == "continue":
                for each in held[1:]:
                    yield each
                async for raw in events:
                    yield raw

    def _broken_event(self, raw: bytes, errors: ErrorResponses) -> bytes:
        if self.event is not None:
            return self.event(raw, errors)
        end = _line_end(raw) * 2
        head, mark, data = raw.removesuffix(end).partition(b"data: ")
        return head + mark + self.body(data) + end

    def _can_break(self, raw: bytes) -> bool:
        if self.event is not None:
            return True
        try:
            parse_json(raw.partition(b"data: ")[2])
        except NotJson:
            return False
        return not raw.startswith(b"event: ping")


def _cut(response: Response, body: bytes) -> ASGIApp:
    """Write a part of the body of a response and close the connection."""

    async def send_part(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        start = {"status": response.status_code, "headers": response.raw_headers}
        await send({"type": "http.response.start", **start})
        await send({"type": "http.response.body", "body": body, "more_body": True})
        raise ConnectionCut

    return send_part


def _nothing(*_: object) -> bytes:
    return b""


def _half(data: bytes, *_: object) -> bytes:
    return data[: len(data) // 2]


def _malformed(data: bytes) -> bytes:
    """Return what is not JSON: an object that begins before the value."""
    return b"{" + data


def _overload_event(raw: bytes, errors: ErrorResponses) -> bytes:
    return event("error", errors.event_body(ApiError(529)), _line_end(raw))


def _overload(_: bytes) -> bytes:
    raise ApiError(529)


def _line_end(raw: bytes) -> bytes:
    return CRLF if raw.endswith(CRLF) else LF


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What the name of a fault stands for.

    Attributes:
        what: What the client sees, as docs/mock.md says it.
        effect: Answers a request under this fault.
        seconds: The default of the setting `seconds`. None: it does not take it.
    """

    what: str
    effect: Effect
    seconds: float | None = None

    @property
    def takes(self) -> frozenset[str]:
        """The settings that it takes, of `times`, `seconds` and `after`."""
        after = {"after"} if isinstance(self.effect, _Break) else set[str]()
        seconds = set[str]() if self.seconds is None else {"seconds"}
        return frozenset({"times"} | seconds | after)


FAULTS: Final[Mapping[str, FaultKind]] = {
    "rate_limited": FaultKind("429 with `retry-after`", _rate_limited, seconds=1.0),
    "concurrency_limited": FaultKind(
        "429 without `retry-after`", _error(429, _CONCURRENCY, "true")
    ),
    "overloaded": FaultKind("529", _error(529, should_retry="true")),
    "internal_error": FaultKind("500", _error(500, should_retry="false")),
    "api_timeout": FaultKind("504", _error(504)),
    "not_found": FaultKind("404 that names the model", _not_found),
    "permission_denied": FaultKind("403", _error(403)),
    "request_too_large": FaultKind("413 in the bare form of the proxy", _error(413)),
    "billing": FaultKind("402", _error(402)),
    "low_credit": FaultKind(
        "400 that says the credit is too low", _error(400, _LOW_CREDIT)
    ),
    "endpoint_deprecated": FaultKind(
        "400 that points to /v1/messages", _error(400, _DEPRECATED)
    ),
    "slow_headers": FaultKind("the response begins late", _slow_headers, seconds=1.0),
    "slow_events": FaultKind("a wait before each event", _slow_events, seconds=0.1),
    "hang": FaultKind(
        "no response, or with `after` no further event",
        _Break(_nothing, "hang", _nothing),
    ),
    "disconnect": FaultKind("the connection is closed without a response", _disconnect),
    "cut_between_events": FaultKind(
        "closed after whole events", _Break(_half, "cut", _nothing)
    ),
    "cut_mid_event": FaultKind(
        "closed in the middle of an event", _Break(_half, "cut", _half)
    ),
    "error_event": FaultKind(
        "an `error` event ends the stream",
        _Break(_overload, "end", _overload_event),
    ),
    "malformed_event": FaultKind(
        "an event whose data is not JSON",
        _Break(_malformed, "continue"),
    ),
    "html_502": FaultKind("502 with the HTML page of a proxy", _html_502),
    "truncated_json": FaultKind(
        "half of the JSON, as if it were all",
        _Break(_half, "end"),
    ),
}
"""Every fault by its name."""
