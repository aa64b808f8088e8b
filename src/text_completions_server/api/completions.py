"""`POST /v1/complete`: its request, and its response in both versions."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.types import ASGIApp

from ..backends.base import Finish
from ..backends.prompts import check_length, check_turns, sanitise
from ..backends.requests import CompletionRequest, read_completion, text
from ..document.contract import Document, Operation
from ..document.strict_json import dump_json
from ..http.events import CRLF, event, opening, padded, ping, raw_event
from .edits import Edits, MemberEdits
from .endpoint import ApiRequest, Service

_FIRST_VERSION = "2023-01-01"
_EVENTS_BEFORE_PING = 2
_MARK = "\0"
_OF_FIRST_VERSION = {"truncated": False, "exception": None}
_STOP_REASONS = {
    "end_turn": "stop_sequence",
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "max_tokens",
}
"""The reasons of a backend as this operation says them; others are `stop_sequence`."""

MEMBERS = frozenset(
    {"type", "id", "completion", "stop_reason", "model", "stop", "log_id"}
) | frozenset(_OF_FIRST_VERSION)
"""The members that are written here."""

EVENTS = {
    "completion": MEMBERS,
    "ping": frozenset[str](),
    "error": frozenset[str](),
}
"""The events, and their members where an edited document may add some."""


class CompletionsCreate:
    """Answers `POST /v1/complete`."""

    def __init__(
        self, document: Document, operation: Operation, service: Service
    ) -> None:
        self._operation = operation
        self._service = service
        self._edits = Edits(document, operation, MEMBERS, EVENTS)
        self._in_events = self._edits.of_event("completion")
        # Without an id, log_id is the id of the request (recorded 2023-07).
        self._has_id = "id" not in self._edits.body.removed

    async def __call__(self, validated: ApiRequest) -> ASGIApp:
        """Ask the backend and write what it says.

        Raises:
            ApiError: The model or the prompt is refused, or the backend failed.
        """
        request = self._read(validated)
        encoder = CompletionEncoder(
            self._operation,
            self._edits,
            self._in_events if request.stream else self._edits.body,
            completion_id=self._service.ids.new("compl")
            if self._has_id
            else validated.caller.request_id,
            model=self._service.model_in_response(request),
            version=validated.version,
        )
        return await self._service.respond(validated, request, encoder)

    def _read(self, validated: ApiRequest) -> CompletionRequest:
        models, body = self._service.models, validated.body
        model = models.for_completions(text(body, "model") or "")
        prompt = text(body, "prompt") or ""
        prepare = self._service.front.prepare_prompt
        prompt = sanitise(prompt if prepare is None else prepare(prompt))
        if self._service.strict_prompts:
            check_turns(prompt)
            check_length(prompt, model.context)
        return read_completion(
            body, model=model.name, prompt=prompt, built_in=self._operation.stops
        )


class CompletionEncoder:
    """Writes a completion, whole or as events in the form that the version has."""

    line_end = CRLF

    def __init__(
        self,
        operation: Operation,
        edits: Edits,
        member_edits: MemberEdits,
        *,
        completion_id: str,
        model: str,
        version: str,
    ) -> None:
        self._operation = operation
        self._edits = edits
        self._member_edits = member_edits
        self._id = completion_id
        self._model = model
        self._version = version
        self._written = 0
        self._so_far = ""  # stays empty unless each event repeats the text before it

    def body(self, text: str, finish: Finish | None) -> dict[str, object]:
        """Return the body of a response, or the data of an event.

        The members have the order of the service. Without a finish, `stop_reason`
        and `stop` are null.
        """
        reason = stop = None
        if finish is not None:
            reason = _STOP_REASONS.get(finish.reason, "stop_sequence")
            stop = finish.stop
            if finish.reason == "end_turn":
                stop = next(iter(self._operation.stops), None)
        members: dict[str, object] = {
            "type": "completion",
            "id": self._id,
            "completion": text,
            "stop_reason": reason,
            "model": self._model,
            "stop": stop,
            "log_id": self._id,
        }
        if self._version == _FIRST_VERSION:
            members |= _OF_FIRST_VERSION
        return self._member_edits.apply(members)

    def begin(self) -> Sequence[bytes]:
        """Write the events that the document adds, before the first piece."""
        self._form = self._operation.stream_form(self._version)
        self._name = "completion" if self._form.unnamed is None else None
        # Events without a reason differ in their text and their padding alone: to
        # write only the text takes a tenth off the whole stream.
        start, self._has_text, end = dump_json(self.body(_MARK, None)).partition(
            dump_json(_MARK)
        )
        if not self._has_text:  # the document describes no text
            start, end = start[:-1], start[-1:]
        self._start = opening(self._name, CRLF) + start
        # The padding of an event follows from its number, and repeats.
        self._ends = [padded(end, 7 * number) + CRLF + CRLF for number in range(16)]
        return self._edits.written_events(CRLF)

    def piece(self, text: str) -> Sequence[bytes]:
        """Write one piece of the text."""
        if self._form.cumulative:
            text = self._so_far = self._so_far + text
        data = dump_json(text) if self._has_text else b""
        return self._pinged(self._start + data + self._ends[self._written % 16])

    def finish(self, finish: Finish) -> Sequence[bytes]:
        """Write the reason, at the limit with the last text, else with an empty one."""
        text, events = finish.text, list[bytes]()
        if text and finish.reason != "max_tokens":
            events += self.piece(text)
            text = ""
        body = self.body(self._so_far + text, finish)
        events += self._pinged(event(self._name, body, CRLF))
        if self._form.end is not None:
            events.append(raw_event(None, self._form.end.encode(), CRLF))
        return events

    def _pinged(self, made: bytes) -> Sequence[bytes]:
        """Return the event, after a ping where the service writes one."""
        due = self._written == _EVENTS_BEFORE_PING
        self._written += 1
        return (ping(CRLF), made) if due else (made,)
