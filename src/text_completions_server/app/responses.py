"""Responses: JSON, streams and errors, as the document describes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from functools import partial

from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from .contract import Document, ErrorForm
from .errors import ApiError
from .strict_json import dump_json
from .waiting import gone

RawHeaders = list[tuple[bytes, bytes]]

_JSON = (b"content-type", b"application/json")
_EVENTS = (b"content-type", b"text/event-stream; charset=utf-8")
_NO_CACHE = (b"cache-control", b"no-cache")


def json_answer(
    body: object,
    request_id: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A JSON response; every answer names its exchange in `request-id`."""
    return JsonAnswer(dump_json(body), status, _raw(request_id, headers))


class JsonAnswer(Response):
    """A whole answer, made of what is known to be well formed.

    Starlette's own `__init__` works out anew what the same few headers are.
    """

    def __init__(self, body: bytes, status: int, headers: RawHeaders) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [*headers, (b"content-length", b"%d" % len(body)), _JSON]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        del scope, receive
        head = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **head})
        await send({"type": "http.response.body", "body": self.body})


class EventStream(StreamingResponse):
    """A response of events, each written when it is made.

    A client that goes away ends the stream, and with it whatever makes the events.
    """

    def __init__(
        self,
        events: AsyncGenerator[bytes],
        request_id: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status_code = 200
        self.background = None
        request_header, *more = _raw(request_id, headers)
        self.raw_headers = [request_header, _NO_CACHE, *more, _EVENTS]
        self._events = events

    def rewrite(
        self, change: Callable[[AsyncGenerator[bytes]], AsyncGenerator[bytes]]
    ) -> None:
        """Write what the change makes of the events instead of the events."""
        self._events = change(self._events)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write the events until they end, or the client leaves.

        As Starlette does it, whose task group costs as much as thirty events.
        """
        del scope
        writing = asyncio.current_task()
        assert writing is not None
        stop = partial(_stop, writing)
        watching = asyncio.create_task(gone(receive))
        watching.add_done_callback(stop)
        try:
            await self.stream_response(send)
        except asyncio.CancelledError:
            # A client that has left is no reason to stop whoever called us.
            if not watching.done() or writing.uncancel():
                raise
        finally:
            watching.remove_done_callback(stop)
            watching.cancel()

    async def stream_response(self, send: Send) -> None:
        """Send the head and then each event."""
        start = "http.response.start"
        await send({"type": start, "status": 200, "headers": self.raw_headers})
        part = "http.response.body"
        async with aclosing(self._events) as events:
            async for event in events:
                await send({"type": part, "body": event, "more_body": True})
        await send({"type": part, "body": b"", "more_body": False})


def _stop(writing: asyncio.Task[object], watching: asyncio.Task[None]) -> None:
    if not watching.cancelled() and watching.exception() is None:
        writing.cancel()


def _raw(request_id: str, headers: Mapping[str, str] | None) -> RawHeaders:
    raw = [(b"request-id", request_id.encode())]
    if headers:
        for name, value in headers.items():
            raw.append((name.lower().encode("latin-1"), value.encode("latin-1")))
    return raw


class Errors:
    """Failures in the words of the document."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def event_body(self, error: ApiError) -> dict[str, object]:
        """The data of an `error` event."""
        return _error_body(self._document.error(error.status), error)

    def answer(self, error: ApiError, request_id: str) -> Response:
        """The error response, in full form unless the document has it bare."""
        form = self._document.error(error.status)
        body = _error_body(form, error)
        if not form.bare:
            body["request_id"] = request_id
        headers = {**form.headers, **error.headers}
        return json_answer(body, request_id, status=error.status, headers=headers)


def _error_body(form: ErrorForm, error: ApiError) -> dict[str, object]:
    message = form.message if error.message is None else error.message
    detail = {"type": form.type, "message": message}
    return {"error": detail} if form.bare else {"type": "error", "error": detail}
