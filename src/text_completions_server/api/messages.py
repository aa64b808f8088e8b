"""`POST /v1/messages`: its request, and how its response is written."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.types import ASGIApp

from ..backends.base import Finish, Usage
from ..backends.prompts import check_length, count_tokens
from ..backends.requests import MessageRequest, read_message, text
from ..document.contract import Document, Operation, StreamForm
from ..errors import bad_request
from ..http.events import LF, event, ping, raw_event
from ..http.limits import rate_headers
from .edits import Edits
from .endpoint import ApiRequest, Service

MEMBERS = frozenset(
    {"id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"}
)
"""The members that are written here."""

EVENTS = {
    "message_start": frozenset({"type", "message"}),
    "content_block_start": frozenset({"type", "index", "content_block"}),
    "content_block_delta": frozenset({"type", "index", "delta"}),
    "content_block_stop": frozenset({"type", "index"}),
    "message_delta": frozenset({"type", "delta", "usage"}),
    "message_stop": frozenset({"type"}),
    "ping": frozenset[str](),
    "error": frozenset[str](),
}
"""The events, and their members where an edited document may add some."""


class MessagesCreate:
    """Answers `POST /v1/messages`."""

    def __init__(
        self, document: Document, operation: Operation, service: Service
    ) -> None:
        self._operation = operation
        self._service = service
        self._edits = Edits(document, operation, MEMBERS, EVENTS)

    async def __call__(self, validated: ApiRequest) -> ASGIApp:
        """Ask the backend and write what it says.

        Raises:
            ApiError: The model or a turn is refused, or the backend failed.
        """
        request = self._read(validated)
        input_tokens = count_tokens(request.prompt)
        encoder = MessageEncoder(
            self._operation.stream_form(validated.version),
            self._edits,
            message_id=self._service.ids.new("msg"),
            model=self._service.model_in_response(request),
            input_tokens=input_tokens,
        )
        rates = rate_headers(self._service.clock(), input_tokens, validated.allowance)
        return await self._service.respond(validated, request, encoder, rates)

    def _read(self, validated: ApiRequest) -> MessageRequest:
        models, body = self._service.models, validated.body
        model = models.for_messages(text(body, "model") or "")
        request = read_message(body, model=model.name, built_in=self._operation.stops)
        if self._service.strict_prompts:
            if request.turns[:1] and request.turns[0].role != "user":
                raise bad_request('messages: first message must use the "user" role')
            check_length(request.prompt, model.context)
        return request


class MessageEncoder:
    """Writes a message, whole or as events."""

    line_end = LF

    def __init__(
        self,
        form: StreamForm,
        edits: Edits,
        *,
        message_id: str,
        model: str,
        input_tokens: int,
    ) -> None:
        self._form = form
        self._edits = edits
        self._id = message_id
        self._model = model
        self._input_tokens = input_tokens
        self._parts: list[str] = []

    def body(self, text: str, finish: Finish | None) -> dict[str, object]:
        """Return the members in the order of the service, at the end or the start."""
        usage = (finish and finish.usage) or Usage()
        # The first token is under way when the message starts (recorded).
        output_tokens = count_tokens(text) if finish else 1
        members: dict[str, object] = {
            "id": self._id,
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": [{"type": "text", "text": text}] if finish else [],
            "stop_reason": finish.reason if finish else None,
            "stop_sequence": finish.stop if finish else None,
            "usage": {
                "input_tokens": _known(usage.input_tokens, self._input_tokens),
                "output_tokens": _known(usage.output_tokens, output_tokens),
            },
        }
        return self._edits.body.apply(members)

    def begin(self) -> Iterator[bytes]:
        """Write what comes before the first piece."""
        yield self._event("message_start", message=self.body("", None))
        block = {"type": "text", "text": ""}
        yield self._event("content_block_start", index=0, content_block=block)
        yield ping(LF)
        yield from self._edits.written_events(LF)

    def piece(self, text: str) -> Iterator[bytes]:
        """Write one piece of the text."""
        self._parts.append(text)
        delta = {"type": "text_delta", "text": text}
        yield self._event("content_block_delta", index=0, delta=delta)

    def finish(self, finish: Finish) -> Iterator[bytes]:
        """Write the last piece, the reason and the end."""
        if finish.text:
            yield from self.piece(finish.text)
        yield self._event("content_block_stop", index=0)
        usage = finish.usage or Usage()
        tokens = _known(usage.output_tokens, count_tokens("".join(self._parts)))
        yield self._event(
            "message_delta",
            delta={"stop_reason": finish.reason, "stop_sequence": finish.stop},
            usage={"output_tokens": tokens},
        )
        yield self._event("message_stop")
        if self._form.end is not None:
            yield raw_event(None, self._form.end.encode(), LF)

    def _event(self, kind: str, **members: object) -> bytes:
        edits = self._edits.of_event(kind)
        return event(kind, edits.apply({"type": kind, **members}), LF)


def _known(tokens: int | None, otherwise: int) -> int:
    return otherwise if tokens is None else tokens
