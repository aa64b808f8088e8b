"""From a request to a response: one ASGI endpoint for each path of the document."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from ..backends.base import Backend, Caller, FrontSettings
from ..backends.requests import CompletionRequest, Generation, MessageRequest
from ..control.fault_plan import HEADER, FaultPlan
from ..control.faults import AffectedRequest
from ..control.journal import Recorder
from ..control.records import Record
from ..document.bodies import receive_body
from ..document.contract import Operation
from ..document.security import Keys, check_origin
from ..errors import ApiError, bad_request, sendable, server_stops
from ..http.disconnect import (
    CancelOnDisconnect,
    ConnectionCut,
    Lifetime,
    ServerStops,
    is_cancelled,
)
from ..http.heartbeat import Heartbeat
from ..http.ids import Ids
from ..http.limits import Allowance, Clock, Limiter
from ..http.responses import ErrorResponses, EventStream, JsonResponse
from .models import Models
from .pieces import Encoder, begin_events, collect, timed

_MAX_HEADERS: Final = 64 * 1024
"""The server stops reading at so many bytes, but may have read more at once."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class ApiRequest:
    """A request to the API.

    Attributes:
        scope: Its ASGI scope.
        raw_body: Its body; None if it was larger than the operation allows.
        caller: Who asks; its key is empty until it is checked.
        record: What the journal keeps of it.
        heartbeat: Sends the response, and signs of life; None without them.
        body: The body decoded, once it matches the operation's schema.
        version: The wire version; empty where the operation has none.
        allowance: What the rate limit leaves to the key; None without a limit.
    """

    scope: Scope
    raw_body: bytes | None
    caller: Caller
    record: Record
    heartbeat: Heartbeat | None = None
    body: Mapping[str, object] = field(default_factory=dict[str, object])
    version: str = ""
    allowance: Allowance | None = None

    def expect_stream(
        self, line_end: bytes, headers: Mapping[str, str] | None = None
    ) -> None:
        """Say that a stream of events follows, whose first piece may be late."""
        if self.heartbeat is not None:
            self.heartbeat.expect_stream(self.caller.request_id, headers, line_end)


Handler = Callable[[ApiRequest], Awaitable[ASGIApp]]


@dataclass(frozen=True, slots=True)
class Service:
    """What the operations share."""

    backend: Backend
    front: FrontSettings
    models: Models
    keys: Keys
    ids: Ids
    errors: ErrorResponses
    strict_prompts: bool
    clock: Clock
    faults: FaultPlan | None
    limiter: Limiter | None
    lifetime: Lifetime
    has_notes: bool

    async def respond(
        self,
        validated: ApiRequest,
        request: CompletionRequest | MessageRequest,
        encoder: Encoder,
        headers: Mapping[str, str] | None = None,
    ) -> ASGIApp:
        """Ask the backend and write what it says, in one piece or as events.

        Raises:
            ApiError: The backend failed before its first piece.
        """
        caller = validated.caller
        pieces = self.backend.generate(request, caller)
        if self.has_notes:
            pieces = timed(pieces, request, caller.notes)
        if not request.stream:
            text, finish = await collect(pieces)
            if finish.headers:
                headers = {**(headers or {}), **sendable(finish.headers)}
            body = encoder.body(text, finish)
            return JsonResponse(body, caller.request_id, headers=headers)
        validated.expect_stream(encoder.line_end, headers)
        events = await begin_events(
            pieces, encoder, self.lifetime, self.errors, caller.request_id
        )
        return EventStream(events, caller.request_id, headers)

    def model_in_response(self, request: Generation) -> str:
        """Return the name of the model that the response has."""
        return request.requested_model if self.front.echo_model else request.model


class Endpoint:
    """One path of the document. Without operations it stands for all other paths."""

    def __init__(
        self,
        service: Service,
        recorder: Recorder,
        operations: Iterable[tuple[Operation, Handler]] = (),
    ) -> None:
        self._service = service
        self._recorder = recorder
        self._by_method = {each[0].method: each for each in operations}
        self._max_bytes = {
            method: operation.body.max_bytes
            for method, (operation, _) in self._by_method.items()
            if operation.body is not None
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Receive the request, make the response and send it.

        What makes the response is cancelled when the client leaves.
        """
        record, send = self._recorder.begin(scope, send)
        front, heartbeat = self._service.front, None
        if front.first_ping is not None or front.ping_interval is not None:
            heartbeat = Heartbeat(
                send, first=front.first_ping, interval=front.ping_interval
            )
            send = heartbeat.send
        try:
            limit = self._max_bytes.get(scope["method"])
            body = await receive_body(receive, limit, record.add_content)
            request_id = self._service.ids.new("req")
            if self._service.has_notes:
                record.notes["request_id"] = request_id
            caller = Caller(
                _headers(scope["headers"]),
                key="",
                request_id=request_id,
                notes=record.notes,
                query=scope["query_string"].decode("latin-1"),
            )
            request = ApiRequest(scope, body, caller, record, heartbeat)
            await self._respond(request, receive, send)
        except ClientDisconnect:
            record.leave()
        finally:
            if heartbeat is not None:
                heartbeat.stop()
            self._recorder.end(record)

    async def _respond(self, request: ApiRequest, receive: Receive, send: Send) -> None:
        """Make the response and send it, until the client leaves or the server stops.

        Raises:
            ClientDisconnect: The client left.
            ConnectionCut: The server stops, and the client does not take what it gets.
        """
        response = None
        try:
            with CancelOnDisconnect(receive, self._service.lifetime):
                response = await self._make_response(request)
                await response(request.scope, receive, send)
        except ServerStops as stopped:
            if response is not None:
                raise ConnectionCut from stopped
            response = self._error_response(request, server_stops())
            await response(request.scope, receive, send)

    async def _make_response(self, request: ApiRequest) -> ASGIApp:
        """Make the response, or what a fault makes of it; errors become responses."""
        errors = self._service.errors
        try:
            if self._service.lifetime.is_draining:
                raise server_stops()
            faults = self._service.faults
            fault = faults.next(request.caller.headers.get(HEADER)) if faults else None
            if fault is None:
                return await self._handle(request)
            request.record.fault = fault.name
            respond = partial(self._response_without_fault, request)
            return await fault.kind.effect(
                AffectedRequest(
                    fault,
                    errors,
                    respond,
                    path=request.scope["path"],
                    body=request.raw_body or b"",
                    now=self._service.clock(),
                )
            )
        except ApiError as error:
            return self._error_response(request, error)
        except ConnectionCut:
            raise
        except (Exception, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and is_cancelled():
                raise
            _log.exception("%s failed", request.caller.request_id)
            return self._error_response(request, ApiError(500))

    async def _response_without_fault(self, request: ApiRequest) -> ASGIApp:
        try:
            return await self._handle(request)
        except ApiError as error:
            return self._error_response(request, error)

    def _error_response(self, request: ApiRequest, error: ApiError) -> ASGIApp:
        """Make the response to a request that failed before its first piece.

        It is an `error` event if the response had to begin before.
        """
        errors = self._service.errors
        if request.heartbeat is not None:
            events = request.heartbeat.rest_of_failed(errors.event_body(error))
            if events is not None:
                return events
        return errors.response(error, request.caller.request_id)

    async def _handle(self, request: ApiRequest) -> ASGIApp:
        """Check key, parameters, rate limit and body, then call the handler.

        Raises:
            ApiError: A check failed, or the handler failed.
        """
        operation, handler = self._operation(request)
        if request.raw_body is None:
            raise ApiError(413)
        service, scope, caller = self._service, request.scope, request.caller
        headers = caller.headers
        if service.front.has_own_key and service.keys.are_open:
            check_origin(headers)
        caller.key = operation.security.check(headers, service.keys)
        pass_through = service.front.operations.get(operation.id)
        if pass_through is None:
            for parameter in operation.parameters:
                parameter.check(scope, headers)
        if service.limiter is not None:
            request.allowance = service.limiter.spend(
                caller.key, scope["path"], service.clock()
            )
        if pass_through is not None:
            return await pass_through(request.raw_body, caller)
        if operation.body is not None:
            request.body = operation.body.decode(headers, request.raw_body)
        request.version = headers.get(
            operation.version_header, operation.default_version
        )
        return await handler(request)

    def _operation(self, request: ApiRequest) -> tuple[Operation, Handler]:
        method, raw = request.scope["method"], request.scope["headers"]
        hosts = [name for name, _ in raw].count(b"host")
        if hosts != 1 and (hosts or request.scope.get("http_version") == "1.1"):
            wrong = "sent more than once" if hosts else "required"
            close = {"connection": "close"}
            raise ApiError(400, f"host: header is {wrong}", headers=close)
        if sum(map(len, chain.from_iterable(raw))) > _MAX_HEADERS:
            raise bad_request(f"the headers are larger than {_MAX_HEADERS} bytes")
        if not self._by_method:
            raise ApiError(404, "Not Found")
        if method not in self._by_method:
            allow = ", ".join(self._by_method)
            raise ApiError(405, "Method Not Allowed", headers={"allow": allow})
        return self._by_method[method]


def _headers(raw: list[tuple[bytes, bytes]]) -> Mapping[str, str]:
    """Decode headers; the lines of one header are a list (RFC 9110, 5.2)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        if headers.get(name, value) != value:  # the same line twice changes nothing
            value = f"{headers[name]}{'; ' if name == 'cookie' else ', '}{value}"
        headers[name] = value
    return headers
