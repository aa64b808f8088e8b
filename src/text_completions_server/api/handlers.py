"""The operations of the document that the server answers with a backend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from starlette.responses import Response

from ..app.contract import Document
from ..app.errors import bad_request
from ..app.operations import Operation
from ..app.rates import rate_headers
from ..app.responses import EventStream, json_answer
from ..app.service import Call, Handler, Service
from ..backends.sample_responses import additions
from .completions import (
    COMPLETION,
    COMPLETION_EVENTS,
    CompletionHead,
    CompletionStream,
)
from .encoders import Items
from .events import CRLF
from .messages import MESSAGE, MESSAGE_EVENTS, MessageHead, MessageStream
from .prompts import check_length, check_turns, sanitise
from .reading import read_completion, read_message, text
from .requests import CompletionRequest, MessageRequest, Turn
from .tokens import count_tokens


class CompletionsCreate:
    """`POST /v1/complete`."""

    def __init__(
        self, document: Document, operation: Operation, service: Service
    ) -> None:
        self._operation = operation
        self._service = service
        self._added = additions(document, operation, COMPLETION, COMPLETION_EVENTS)

    async def __call__(self, call: Call) -> Response:
        """Answer a request."""
        request = self._read(call)
        items = await Items.start(self._service.backend.generate(request))
        added, members = self._added, self._operation.members
        if request.stream:
            members = added.described.get("completion", members)
        head = CompletionHead(
            id=self._service.ids.new("compl"),
            model=request.model,
            version=call.version,
            built_in=next(iter(self._operation.stops), None),
            members=members,
            more=added.of_event("completion") if request.stream else added.answer,
        )
        if not request.stream:
            return json_answer(head.body(*await items.collected()), call.request_id)
        form = self._operation.stream_form(call.version)
        encoder = CompletionStream(
            head, form, self._service.errors.event_body, added.written(CRLF)
        )
        return EventStream(items.encoded(encoder), call.request_id)

    def _read(self, call: Call) -> CompletionRequest:
        model = self._service.models.for_completions(text(call.body, "model") or "")
        prompt = sanitise(text(call.body, "prompt") or "")
        if self._service.strict_prompts:
            check_turns(prompt)
            check_length(prompt, self._service.models.context(model))
        return read_completion(
            call.body, model=model, prompt=prompt, built_in=self._operation.stops
        )


class MessagesCreate:
    """`POST /v1/messages`."""

    def __init__(
        self, document: Document, operation: Operation, service: Service
    ) -> None:
        self._operation = operation
        self._service = service
        self._added = additions(document, operation, MESSAGE, MESSAGE_EVENTS)

    async def __call__(self, call: Call) -> Response:
        """Answer a request."""
        request = self._read(call)
        items = await Items.start(self._service.backend.generate(request))
        head = MessageHead(
            id=self._service.ids.new("msg"),
            model=request.model,
            input_tokens=count_tokens(request.prompt),
            more=self._added.answer,
        )
        rates = rate_headers(self._service.clock(), head.input_tokens, call.allowance)
        if not request.stream:
            body = head.body(*await items.collected())
            return json_answer(body, call.request_id, headers=rates)
        encoder = MessageStream(
            head,
            self._operation.stream_form(call.version),
            self._service.errors.event_body,
            self._added,
        )
        return EventStream(items.encoded(encoder), call.request_id, rates)

    def _read(self, call: Call) -> MessageRequest:
        model = self._service.models.for_messages(text(call.body, "model") or "")
        request = read_message(call.body, model=model, built_in=self._operation.stops)
        if self._service.strict_prompts:
            _check_alternation(request.turns)
            check_length(request.prompt, self._service.models.context(model))
        return request


HANDLERS: Final[Mapping[str, Callable[[Document, Operation, Service], Handler]]] = {
    "completions_create": CompletionsCreate,
    "messages_create": MessagesCreate,
}
"""The handlers by operationId; another operation answers its example."""


def _check_alternation(turns: Sequence[Turn]) -> None:
    if not turns or turns[0].role != "user":
        raise bad_request('messages: first message must use the "user" role')
    for before, after in pairwise(turns):
        if before.role == after.role:
            raise bad_request(
                'messages: roles must alternate between "user" and "assistant", '
                f'but found multiple "{after.role}" roles in a row'
            )
