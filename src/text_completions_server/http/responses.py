"""Responses: JSON, event streams, and errors as the document describes them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..document.contract import Document, ErrorForm
from ..document.strict_json import dump_json
from ..errors import ApiError

RawHeaders = list[tuple[bytes, bytes]]

_JSON = (b"content-type", b"application/json")
_WITHOUT_A_REASON = {
    400: "The request is invalid, and the backend does not say why.",
    401: "The API key is not accepted.",
    404: "Not Found",
}
"""Messages of errors that have none, where the document's example is about one request
alone."""

EVENT_STREAM = (b"content-type", b"text/event-stream; charset=utf-8")
_NO_CACHE = (b"cache-control", b"no-cache")


class JsonResponse(Response):
    """A JSON response with a `request-id`.

    It is made of what is known to be well formed; Starlette's own `__init__` would
    work out the same few headers again for each response.
    """

    def __init__(
        self,
        body: object,
        request_id: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status_code = status
        self.background = None
        self.body = dump_json(body)
        length = (b"content-length", b"%d" % len(self.body))
        self.raw_headers = [*_raw(request_id, headers), length, _JSON]


class EventStream:
    """A response of events, each written when it is made."""

    def __init__(
        self,
        events: AsyncGenerator[bytes],
        request_id: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.raw_headers = stream_headers(request_id, headers)
        self._events = events

    def rewrite(
        self, change: Callable[[AsyncGenerator[bytes]], AsyncGenerator[bytes]]
    ) -> None:
        """Write what the change makes of the events instead of the events."""
        self._events = change(self._events)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head and then each event."""
        del scope, receive
        start = "http.response.start"
        await send({"type": start, "status": 200, "headers": self.raw_headers})
        part = "http.response.body"
        async with aclosing(self._events) as events:
            async for event in events:
                await send({"type": part, "body": event, "more_body": True})
        await send({"type": part, "body": b"", "more_body": False})


def stream_headers(request_id: str, headers: Mapping[str, str] | None) -> RawHeaders:
    """Make the headers of a response of events."""
    return [*_raw(request_id, headers), _NO_CACHE, EVENT_STREAM]


def _raw(request_id: str, headers: Mapping[str, str] | None) -> RawHeaders:
    raw = [(b"request-id", request_id.encode())]
    if headers:
        for name, value in headers.items():
            raw.append((name.lower().encode("latin-1"), value.encode("latin-1")))
    return raw


class ErrorResponses:
    """Makes error responses in the form that the document describes.

    Args:
        document: The document.
        advice: What to do about an error, by its message; it is added in brackets.
    """

    def __init__(
        self, document: Document, advice: Mapping[str, str] | None = None
    ) -> None:
        self._document = document
        self._advice = advice or {}

    def event_body(self, error: ApiError) -> dict[str, object]:
        """Make the data of an `error` event."""
        return self._body(self._document.error_form(error.status), error)

    def response(self, error: ApiError, request_id: str) -> JsonResponse:
        """Make the response, in full form unless the document has the status bare."""
        form = self._document.error_form(error.status)
        body = self._body(form, error)
        if not form.bare:
            body["request_id"] = request_id
        headers = {**form.headers, **error.headers}
        return JsonResponse(body, request_id, status=error.status, headers=headers)

    def _body(self, form: ErrorForm, error: ApiError) -> dict[str, object]:
        message = error.message
        if message is None:
            message = _WITHOUT_A_REASON.get(error.status, form.message)
        if message in self._advice:
            message = f"{message} ({self._advice[message]})"
        detail = {"type": form.type, "message": message}
        return {"error": detail} if form.bare else {"type": "error", "error": detail}
