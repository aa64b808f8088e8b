"""Read the events of a streamed response from its bytes. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from json.scanner import make_scanner
from typing import Any, TypeAlias

import httpx

from .._encoding import parse_json, refuse_constant
from .._error_factory import ErrorFactory, json_or_text
from .._log import Log
from .._models import Model
from .._spec import FieldPath, StreamSpec, VersionRule
from .._types import is_object
from .accumulator import StreamAccumulator, joined_halves, reader_of, without_half
from .sse import SSEDecoder

# The function behind `JSONDecoder.raw_decode`. It raises StopIteration if there is no
# JSON. Calling it saves 0.2 µs for each event.
_lenient: Any = json.JSONDecoder()
_strict: Any = json.JSONDecoder(parse_constant=refuse_constant)
_decode, _decode_strictly = make_scanner(_lenient), make_scanner(_strict)

Event: TypeAlias = tuple[str, dict[str, Any]]
"""An event that a caller sees: its name and its decoded payload.

A plain tuple, because creating an object takes as long as decoding a short event.
"""


class EventReader:
    """Read the events of one response, and notice whether it came to its end.

    Args:
        spec: The events of the stream.
        rule: How the version of this response writes them.
        response: What the errors refer to.
        errors: Makes the errors.
        strict: Whether payloads are checked against the document.
        log: Writes the events if it writes bodies.

    Attributes:
        handed: How many events the caller has received.
        complete: Whether the event or the data that ends the stream has arrived.
    """

    def __init__(
        self,
        spec: StreamSpec,
        rule: VersionRule,
        response: httpx.Response,
        errors: ErrorFactory,
        *,
        strict: bool,
        log: Log | None = None,
    ) -> None:
        self.handed = 0
        self.complete = spec.last is None and rule.end is None
        self.spec = spec
        self.rule = rule
        self._response = response
        self.errors = errors
        self._strict = strict
        self._log = log if log is not None and log.bodies else None
        self._decoder = SSEDecoder()
        last = spec.last or FieldPath("")
        self._last, self._read_last = last.event, reader_of(last.path or ())
        text = spec.text or FieldPath("")
        self._text, self._read_text = text.event, reader_of(text.path or ())
        cumulative = text if rule.cumulative and spec.text else None
        self._accumulator = (
            StreamAccumulator(spec.final, cumulative) if spec.final else None
        )
        # The events that a caller sees, each with what to call with its payload.
        steps = self._accumulator.steps if self._accumulator else {}
        shown = spec.events.keys() - spec.ignore - {spec.error}
        self._shown = {name: list(steps.get(name, ())) for name in shown}
        if cumulative is not None and cumulative.event in shown:
            self._shown[cumulative.event].append(self._measure_text)
        self._half = ""  # of a character, at the end of the text so far
        self._text_lengths = 0, 0  # of cumulative text: before and with the last event

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """Yield the events that this chunk completes.

        Raises:
            APIStatusError: An error event.
            APIResponseValidationError: An event does not match the document.
        """
        # Local names and few calls, because this runs for every event.
        shown, log, strict = self._shown, self._log, self._strict
        decode = _decode_strictly if strict else _decode
        end, unnamed = self.rule.end, self.rule.unnamed
        last, read_last = self._last, self._read_last
        payload: Any
        for written_name, data, _, _ in self._decoder.messages(chunk):
            if data == end and not written_name:
                self.complete = True
                continue
            name = written_name or unnamed or self._name_of(data)
            steps = shown.get(name)
            if steps is not None:
                try:
                    payload, stop = decode(data, 0)
                except (StopIteration, ValueError, RecursionError):
                    payload, stop = None, 0
                if stop != len(data) or payload.__class__ is not dict:
                    payload = self._payload(name, data)
                if strict:
                    self._check(name, payload)
                if name == last and read_last(payload) is not None:
                    self.complete = True
                for step in steps:
                    step(payload)
                if log is not None:
                    log.event(name, payload)
                self.handed += 1
                yield name, payload
            elif name and name == self.spec.error:
                raise self.errors.in_success(json_or_text(data), self._response)

    def _name_of(self, data: str) -> str:
        """Return the event that data without a name is: gateways drop names."""
        payload = json_or_text(data)
        if not is_object(payload):
            return ""
        kind = payload.get("type")
        if isinstance(kind, str):
            return kind
        in_error = self.errors.api_spec.errors.other.TYPE_PATH[:1]
        has_error = any(payload.get(name) is not None for name in in_error)
        return (self.spec.error or "") if has_error else ""

    def added_text(self, event: Event) -> str:
        """Return the text that the latest event adds, or an empty string.

        A character may arrive in two events, half and half. Its first half is held
        back until the second half is there.
        """
        name, payload = event
        value = self._read_text(payload) if name == self._text else ""
        text = value if isinstance(value, str) else ""
        if self.rule.cumulative:
            return without_half(text)[self._text_lengths[0] :]
        text = self._half + text
        added = without_half(text)
        self._half = text[len(added) :]
        return joined_halves(added)

    def _measure_text(self, payload: dict[str, Any]) -> None:
        text = self._read_text(payload)
        if isinstance(text, str):
            self._text_lengths = self._text_lengths[1], len(without_half(text))

    @property
    def accumulated(self) -> Model | None:
        """The response so far, or None if the stream does not add up to one."""
        return None if self._accumulator is None else self._accumulator.result()

    def finish(self, error: httpx.HTTPError | None = None) -> None:
        """Check that the stream is complete, after its last byte or a network failure.

        Raises:
            APIConnectionError: It stopped before its end.
        """
        if self.complete:
            return
        request = self._response.request
        if error is None:
            failure = self.errors.ended_early(request)
        else:
            failure = self.errors.connection(error, request)
        failure.partial = self.accumulated
        raise failure from error

    def _payload(self, name: str, data: str) -> dict[str, Any]:
        """Decode data that the fast path refused, for example with spaces around it."""
        try:
            payload = parse_json(data, strict=self._strict)
        except ValueError as error:
            reason = f"its data is not JSON ({error})"
            raise self._unexpected(name, data, reason) from None
        if not is_object(payload):
            raise self._unexpected(name, data, "its data is not a JSON object")
        return payload

    def _check(self, name: str, payload: dict[str, Any]) -> None:
        reference = self.spec.schemas.get(name)
        if reference is None:
            return
        violation = self.errors.api_spec.schemas[reference].violation(payload)
        if violation is not None:
            place = ".".join(str(step) for step in violation.path)
            raise self._unexpected(name, payload, f"{place}: {violation.reason}")

    def _unexpected(self, name: str, body: object, reason: str) -> Exception:
        return self.errors.unexpected(self._response, body, f"event {name!r}: {reason}")
