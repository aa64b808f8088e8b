"""Responses: JSON, streams and errors, as the document describes them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing

from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from ._document import Document
from ._errors import ApiError
from ._json import dump_json


def json_answer(
    body: object,
    request_id: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A JSON response; every answer names its exchange in `request-id`."""
    return Response(
        dump_json(body),
        status,
        {"request-id": request_id, **(headers or {})},
        "application/json",
    )


class EventStream(StreamingResponse):
    """A response of events, each written when it is made.

    A client that goes away ends the stream, and with it whatever makes the events.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        events: AsyncGenerator[bytes],
        request_id: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        fixed = {"request-id": request_id, "cache-control": "no-cache"}
        super().__init__(events, headers={**fixed, **(headers or {})})
        self._events = events

    def rewrite(
        self, change: Callable[[AsyncGenerator[bytes]], AsyncGenerator[bytes]]
    ) -> None:
        """Write what the change makes of the events instead of the events."""
        self._events = change(self._events)
        self.body_iterator = self._events

    async def stream_response(self, send: Send) -> None:
        async with aclosing(self._events):
            await super().stream_response(send)


class Errors:
    """Failures in the words of the document."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def event_body(self, error: ApiError) -> dict[str, object]:
        """The data of an `error` event."""
        bare = self._document.error(error.status).bare
        detail: dict[str, object] = {"error": self._detail(error)}
        return detail if bare else {"type": "error", **detail}

    def answer(self, error: ApiError, request_id: str) -> Response:
        """The error response, in full form unless the document has it bare."""
        form = self._document.error(error.status)
        body = self.event_body(error)
        if not form.bare:
            body["request_id"] = request_id
        headers = {**form.headers, **error.headers}
        return json_answer(body, request_id, status=error.status, headers=headers)

    def _detail(self, error: ApiError) -> dict[str, str]:
        form = self._document.error(error.status)
        message = form.message if error.message is None else error.message
        return {"type": form.type, "message": message}
