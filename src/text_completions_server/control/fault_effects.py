"""What each fault does to an answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from functools import partial
from typing import Final, Literal

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..api.events import CRLF, LF, event
from ..app.errors import ApiError
from ..app.responses import Errors, EventStream
from ..app.waiting import ConnectionCut, hang, pause
from .faults import Fault

_PAGE: Final = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)

Events = AsyncGenerator[bytes]


async def struck(
    fault: Fault,
    errors: Errors,
    read: Callable[[], Awaitable[object]],
    answer: Callable[[], Awaitable[Response]],
) -> Response:
    """Answer under a fault.

    Args:
        fault: Which one.
        errors: Writes failures.
        read: Reads the request to its end.
        answer: Makes the answer that is due.

    Raises:
        ApiError: The fault is an error response.
        ConnectionCut: It closes the connection.
        ClientDisconnect: It hangs, and the client has left.
    """
    if fault.name == "disconnect":
        raise ConnectionCut
    if fault.name == "hang" and fault.after is None:
        await hang()
    if fault.status is not None:
        await read()
        raise ApiError(fault.status, headers=_headers(fault))
    if fault.name == "html_502":
        await read()
        return Response(_PAGE, 502, media_type="text/html")
    response = await answer()
    if fault.name == "slow_headers":
        await pause(fault.waits)
        return response
    if isinstance(response, EventStream):
        response.rewrite(partial(_changed, fault, errors))
        return response
    return await _ON_WHOLES[fault.name](fault, response)


def _headers(fault: Fault) -> Mapping[str, str]:
    """`retry-after` where it is due, as a whole number where it is one."""
    return {"retry-after": f"{fault.waits:g}"} if fault.name == "rate_limited" else {}


# Answers in one piece.


async def _cut_whole(_: Fault, response: Response) -> Response:
    return _Half(response)


async def _fail_whole(_: Fault, __: Response) -> Response:
    raise ApiError(529)


async def _malform_whole(_: Fault, response: Response) -> Response:
    return _with_body(response, _malformed(bytes(response.body)))


async def _truncate_whole(_: Fault, response: Response) -> Response:
    return _with_body(response, _half(bytes(response.body)))


async def _slow_whole(fault: Fault, response: Response) -> Response:
    await pause(fault.waits)
    return response


async def _hang_whole(_: Fault, __: Response) -> Response:
    return await hang()


_ON_WHOLES: Final[Mapping[str, Callable[[Fault, Response], Awaitable[Response]]]] = {
    "slow_events": _slow_whole,
    "hang": _hang_whole,
    "cut_between_events": _cut_whole,
    "cut_mid_event": _cut_whole,
    "error_event": _fail_whole,
    "malformed_event": _malform_whole,
    "truncated_json": _truncate_whole,
}


class _Half(Response):
    """Writes half of a response and closes the connection."""

    def __init__(self, response: Response) -> None:
        super().__init__(status_code=response.status_code)
        self.raw_headers = response.raw_headers
        self.body = _half(bytes(response.body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        raise ConnectionCut


def _with_body(response: Response, body: bytes) -> Response:
    response.body = body
    response.headers["content-length"] = str(len(body))
    return response


# Streams.

_Then = Literal["go on", "end", "cut", "hang"]

_ON_EVENTS: Final[Mapping[str, Callable[[bytes, Errors], tuple[bytes, _Then]]]] = {
    "hang": lambda _, __: (b"", "hang"),
    "cut_between_events": lambda _, __: (b"", "cut"),
    "cut_mid_event": lambda raw, _: (_half(raw), "cut"),
    "error_event": lambda raw, errors: (_error_event(raw, errors), "end"),
    "malformed_event": lambda raw, _: (_malformed(raw), "go on"),
    "truncated_json": lambda raw, _: (_truncated(raw), "end"),
}
"""What is written instead of the event that is struck, and what comes after it."""


def _changed(fault: Fault, errors: Errors, events: Events) -> Events:
    return _slow(fault, events) if fault.waits else _broken(fault, errors, events)


async def _slow(fault: Fault, events: Events) -> Events:
    async with aclosing(events):
        async for each in events:
            await pause(fault.waits)
            yield each


async def _broken(fault: Fault, errors: Errors, events: Events) -> Events:
    async with aclosing(_marked(events, fault.strikes_after)) as marked:
        async for each, due in marked:
            if not due:
                yield each
                continue
            instead, then = _ON_EVENTS[fault.name](each, errors)
            if instead:
                yield instead
            match then:
                case "cut":
                    raise ConnectionCut
                case "hang":
                    await hang()
                case "end":
                    return
                case "go on":
                    pass


async def _marked(events: Events, after: int) -> AsyncGenerator[tuple[bytes, bool]]:
    """Each event with whether the fault is due: at the last one at the latest.

    Events are held back by one, for only the next tells whether one is the last.
    """
    index, held = 0, b""
    async with aclosing(events):
        async for each in events:
            if held:
                yield held, index == after
                index += 1
            held = each
        if held:
            yield held, index <= after


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _malformed(data: bytes) -> bytes:
    """JSON that is none any more: its object begins twice."""
    return data.replace(b"{", b"{{", 1)


def _error_event(raw: bytes, errors: Errors) -> bytes:
    return event("error", errors.event_body(ApiError(529)), _line_end(raw))


def _truncated(raw: bytes) -> bytes:
    end = _line_end(raw) * 2
    head, mark, data = raw.removesuffix(end).partition(b"data: ")
    return head + mark + _half(data) + end


def _line_end(raw: bytes) -> bytes:
    return CRLF if raw.endswith(CRLF) else LF
