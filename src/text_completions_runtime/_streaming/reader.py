"""From the bytes of a stream to the events that a caller sees. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from json.scanner import make_scanner
from typing import Any, TypeAlias

import httpx

from .._decode import parse_json
from .._error_factory import ErrorFactory
from .._log import Log
from .._models import Model
from .._spec import FieldPath, StreamSpec, VersionRule
from .._types import is_object
from .._validation import first_violation
from .accumulator import StreamAccumulator
from .sse import SSEDecoder

__all__ = ["Event", "EventReader", "Increments"]

# What `JSONDecoder.raw_decode` calls; it says StopIteration where there is no JSON.
_settings: Any = json.JSONDecoder()
_decode = make_scanner(_settings)


Event: TypeAlias = tuple[str, dict[str, Any]]
"""An event that a caller sees: its name, and its decoded payload.

A plain tuple, for one with names costs as much as the decoding of a short event.
"""


class EventReader:
    """Reads the events of one answer, and knows whether it came to its end.

    Args:
        spec: What the stream is made of.
        rule: How the version of this answer writes it.
        response: The answer, for the errors.
        errors: Makes the errors.
        strict: Whether payloads are checked against the document.
        log: Is told of the events, where bodies are logged.
    """

    def __init__(
        self,
        spec: StreamSpec[Any],
        rule: VersionRule,
        response: httpx.Response,
        errors: ErrorFactory,
        *,
        strict: bool,
        log: Log | None = None,
    ) -> None:
        self.handed = 0  # how many events a caller has seen
        self.complete = spec.last is None and rule.end is None
        self._spec = spec
        self._rule = rule
        self._response = response
        self._errors = errors
        self._strict = strict
        self._decoder = SSEDecoder()
        self._last = spec.last and spec.last.event
        self._reason = (spec.last or FieldPath("")).reader()
        self._log = log if log is not None and log.bodies else None
        self._gatherer = spec.final and StreamAccumulator(spec, rule, spec.final)
        # The events that a caller sees, and what gathers each of them.
        steps = self._gatherer.steps if self._gatherer else {}
        shown = spec.events.keys() - spec.ignore - {spec.error}
        self._shown = {name: steps.get(name, []) for name in shown}

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Yield the events that this chunk completes.

        Raises:
            APIStatusError: The stream says that the answer failed.
            APIResponseValidationError: An event is not what the contract says.
        """
        # Local names and few calls, for this is done for every event.
        shown, log = self._shown, self._log
        end, unnamed, last = self._rule.end, self._rule.unnamed, self._last
        strict, reason = self._strict, self._reason
        payload: Any
        for given, data, _, _ in self._decoder.messages(chunk):
            if data == end and not given:
                self.complete = True
                continue
            name = given or unnamed or ""
            gathering = shown.get(name)
            if gathering is not None:
                try:
                    payload, stop = _decode(data, 0)
                except (StopIteration, ValueError, RecursionError):
                    payload, stop = None, 0
                if stop != len(data) or payload.__class__ is not dict:
                    payload = self._payload(name, data)
                if strict:
                    self._check(name, payload)
                if name == last and reason(payload) is not None:
                    self.complete = True
                for gather in gathering:
                    gather(payload)
                if log is not None:
                    log.event(name, payload)
                self.handed += 1
                yield name, payload
            elif name and name == self._spec.error:
                raise self._errors.event(self._payload(name, data), self._response)

    @property
    def answer(self) -> Model | None:
        """What has arrived so far, added up."""
        return None if self._gatherer is None else self._gatherer.answer()

    def finish(self) -> None:
        """Say that no more bytes will come.

        Raises:
            APIConnectionError: The end of the answer has not arrived.
        """
        if not self.complete:
            failure = self._errors.ended_early(self._response.request)
            failure.partial = self.answer
            raise failure

    def fault(self, error: httpx.HTTPError) -> None:
        """Say that the network failed.

        Raises:
            APIConnectionError: And the end of the answer has not arrived.
        """
        if not self.complete:
            failure = self._errors.connection(error, self._response.request)
            failure.partial = self.answer
            raise failure from error

    def _payload(self, name: str, data: str) -> dict[str, Any]:
        """Decode data with white space around it, or say what is wrong with it."""
        try:
            payload = parse_json(data)
        except ValueError:
            raise self._unexpected(name, data, "its data is not JSON") from None
        if not is_object(payload):
            raise self._unexpected(name, data, "its data is not a JSON object")
        return payload

    def _check(self, name: str, payload: Any) -> None:
        pointer = self._spec.schemas.get(name)
        if pointer is None:
            return
        schemas = self._errors.api_spec.schemas
        found = first_violation(payload, schemas[pointer], schemas, pointer)
        if found is not None:
            place = ".".join(str(step) for step in found.path)
            raise self._unexpected(name, payload, f"{place}: {found.reason}")

    def _unexpected(self, name: str, body: object, reason: str) -> Exception:
        return self._errors.unexpected(
            self._response, body, f"event {name!r}: {reason}"
        )


class Increments:
    """Turns events into the text that each one adds."""

    def __init__(self, spec: StreamSpec[Any], rule: VersionRule) -> None:
        self._text = spec.text
        self._cumulative = rule.cumulative
        self._seen = 0

    def added(self, event: Event) -> str:
        """Return what this event adds; empty where it adds nothing."""
        name, payload = event
        if self._text is None or name != self._text.event:
            return ""
        text = self._text.read(payload)
        if not isinstance(text, str):
            return ""
        if not self._cumulative:
            return text
        added, self._seen = text[self._seen :], len(text)
        return added
