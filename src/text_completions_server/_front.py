"""From a request to an answer: one ASGI endpoint per path of the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ._answers import json_answer
from ._calls import Call, Handler, Service
from ._checks import check_body, check_headers, read_body
from ._document import Document
from ._errors import ApiError
from ._fault_effects import struck
from ._fault_plan import HEADER
from ._faults import Fault
from ._handlers import HANDLERS
from ._journal import record_of
from ._operations import Example, Operation
from ._source import mapping
from ._validation import BodyValidator
from ._waiting import ConnectionCut, begin, cut

_FAULT = HEADER.encode()


class Endpoint:
    """A path of the document, or with no operations any path that it has not.

    Args:
        service: What answers.
        operations: The operations of the path by method.
    """

    def __init__(
        self, service: Service, operations: Iterable[CheckedOperation] = ()
    ) -> None:
        self._service = service
        self._by_method = {each.method: each for each in operations}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = self._service.ids.new("req")
        begin(receive)
        try:
            response = await self._response(Request(scope, receive), request_id)
            await response(scope, receive, send)
        except ConnectionCut:
            await cut(scope, receive)
        except ClientDisconnect:
            return  # nobody is left to be answered

    async def _response(self, request: Request, request_id: str) -> Response:
        """The answer that is due, or what a fault makes of it."""
        errors = self._service.errors
        try:
            fault = self._drawn(request)
            if fault is None:
                return await self._answer(request, request_id)
            return await struck(
                fault,
                errors,
                partial(_drain, request),
                partial(self._documented, request, request_id),
            )
        except ApiError as error:
            return errors.answer(error, request_id)

    def _drawn(self, request: Request) -> Fault | None:
        faults = self._service.faults
        if faults is None:
            return None
        fault = faults.next(_fault_header(request))
        record = record_of(request.scope)
        if fault is not None and record is not None:
            record.fault = fault.name
        return fault

    async def _documented(self, request: Request, request_id: str) -> Response:
        try:
            return await self._answer(request, request_id)
        except ApiError as error:
            return self._service.errors.answer(error, request_id)

    async def _answer(self, request: Request, request_id: str) -> Response:
        operation = self._by_method.get(request.method)
        if operation is not None:
            return await operation.answer(request, request_id)
        await _drain(request)
        if not self._by_method:
            raise ApiError(404, "Not Found")
        allow = ", ".join(self._by_method)
        raise ApiError(405, "Method Not Allowed", headers={"allow": allow})


class CheckedOperation:
    """An operation behind its checks.

    Args:
        document: Where the operation comes from.
        operation: What it asks of a request.
        service: What answers.

    Raises:
        DocumentError: Its schema is broken, or nothing says how to answer it.
    """

    def __init__(
        self, document: Document, operation: Operation, service: Service
    ) -> None:
        self.method = operation.method
        self._operation = operation
        self._service = service
        self._handler = _handler(document, operation, service)
        self._validator = _validator(document, operation)
        defaults = {each.name: each.default for each in operation.headers}
        self._version = operation.version_header or ""
        self._default_version = defaults.get(self._version) or ""

    async def answer(self, request: Request, request_id: str) -> Response:
        """Check the request and hand it over.

        Raises:
            ApiError: A check failed, or the backend did.
            ClientDisconnect: The client left before its body was complete.
        """
        rule, headers = self._operation.body, _headers(request)
        raw = await read_body(request, rule.max_bytes if rule else None)
        key = ""
        if self._operation.key_header is not None:
            key = headers.get(self._operation.key_header, "")
            self._service.keys.check(self._operation.key_header, key)
        check_headers(self._operation.headers, headers)
        allowance = self._service.spend(key)
        body: object = None
        if rule is not None and self._validator is not None:
            content_type = headers.get("content-type")
            body = check_body(rule, self._validator, content_type, raw)
        version = headers.get(self._version) or self._default_version
        call = Call(mapping(body), version, request_id, allowance)
        return await self._handler(call)


def _headers(request: Request) -> Mapping[str, str]:
    """The headers by name; of one that is given twice, the first."""
    raw: list[tuple[bytes, bytes]] = request.scope["headers"]
    return {name.decode("latin-1"): each.decode("latin-1") for name, each in raw[::-1]}


def _fault_header(request: Request) -> str | None:
    for name, value in request.scope["headers"]:
        if name == _FAULT:
            asked: str = value.decode("latin-1")
            return asked
    return None


async def _drain(request: Request) -> None:
    """Read the body for the connection's sake."""
    with suppress(ApiError):
        await read_body(request, None)


def _validator(document: Document, operation: Operation) -> BodyValidator | None:
    if operation.body is None:
        return None
    try:
        return BodyValidator(operation.body.schema)
    except ValueError as error:
        place = f"{operation.path}.{operation.method.lower()}.requestBody"
        raise document.source.fault(place, str(error)) from error


def _handler(document: Document, operation: Operation, service: Service) -> Handler:
    make = HANDLERS.get(operation.id)
    if make is not None:
        return make(operation, service)
    if operation.example is None:
        place = f"{operation.path}.{operation.method.lower()}"
        raise document.source.fault(
            place, "the server has no handler for it, and it shows no JSON example"
        )
    return _ExampleAnswer(operation.example)


class _ExampleAnswer:
    """Answers what the document shows."""

    def __init__(self, example: Example) -> None:
        self._example = example

    async def __call__(self, call: Call) -> Response:
        status, value = self._example.status, self._example.value
        if value is None:
            return Response(status_code=status, headers={"request-id": call.request_id})
        return json_answer(value, call.request_id, status=status)
