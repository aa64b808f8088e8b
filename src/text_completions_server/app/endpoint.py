"""From a request to an answer: one ASGI endpoint per path of the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ..api.handlers import HANDLERS
from ..backends.sample_responses import SampleHandler
from ..control.fault_plan import HEADER
from ..control.faults import Fault, Strike, apply_fault
from ..control.journal import record_of
from ..control.records import Record
from .checks import check_body, check_headers, read_body
from .contract import Document
from .errors import ApiError
from .operations import Operation
from .parameters import ParameterCheck
from .service import Call, Handler, Service
from .source import mapping
from .validation import BodyValidator
from .waiting import ConnectionCut, begin, cut


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
        names = {name for each in self._by_method.values() for name in each.reads}
        self._names = {name.encode(): name for name in names | {HEADER}}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            Exception: Ours is the fault; the client has been told 500.
        """
        request_id = self._service.ids.new("req")
        begin(receive)
        headers = self._headers(scope)
        asked = Asked(scope["method"], headers, receive, request_id, scope)
        record = record_of(scope)
        try:
            response = await self._response(asked, record)
            await response(scope, receive, send)
        except ConnectionCut:
            await cut(scope, receive)
        except ClientDisconnect:  # nobody is left to be answered
            if record is not None:
                record.leave()

    def _headers(self, scope: Scope) -> Mapping[str, str]:
        """Those that matter here; of one that is given twice, the first."""
        found: dict[str, str] = {}
        names = self._names
        for raw, value in scope["headers"]:
            name = names.get(raw)
            if name is not None and name not in found:
                found[name] = value.decode("latin-1")
        return found

    async def _response(self, asked: Asked, record: Record | None) -> ASGIApp:
        """The answer that is due, or what a fault makes of it."""
        errors = self._service.errors
        try:
            fault = self._drawn(asked, record)
            if fault is None:
                return await self._answer(asked)
            read, respond = partial(_drain, asked), partial(self._documented, asked)
            return await apply_fault(Strike(fault, errors, read, respond))
        except ApiError as error:
            return errors.answer(error, asked.request_id)
        except (ConnectionCut, ClientDisconnect):
            raise
        except Exception as error:
            return _Apology(errors.answer(ApiError(500), asked.request_id), error)

    def _drawn(self, asked: Asked, record: Record | None) -> Fault | None:
        faults = self._service.faults
        if faults is None:
            return None
        fault = faults.next(asked.headers.get(HEADER))
        if fault is not None and record is not None:
            record.fault = fault.name
        return fault

    async def _documented(self, asked: Asked) -> Response:
        try:
            return await self._answer(asked)
        except ApiError as error:
            return self._service.errors.answer(error, asked.request_id)

    async def _answer(self, asked: Asked) -> Response:
        operation = self._by_method.get(asked.method)
        if operation is not None:
            return await operation.answer(asked)
        await _drain(asked)
        if not self._by_method:
            raise ApiError(404, "Not Found")
        allow = ", ".join(self._by_method)
        raise ApiError(405, "Method Not Allowed", headers={"allow": allow})


class _Apology:
    """Answers a failure of our own, which is raised on and gets logged."""

    def __init__(self, response: Response, error: Exception) -> None:
        self._response = response
        self._error = error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._response(scope, receive, send)
        raise self._error


class Asked(NamedTuple):
    """A request before it is checked, with the headers that matter to its path."""

    method: str
    headers: Mapping[str, str]
    receive: Receive
    request_id: str
    scope: Scope


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
        self._parameters = _parameter_checks(document, operation)
        defaults = {each.name: each.default for each in operation.headers}
        self._version = operation.version_header or ""
        self._default_version = defaults.get(self._version) or ""
        self._key = operation.key_header
        self.reads = {"content-type", self._version, self._key or "", *defaults}

    async def answer(self, asked: Asked) -> Response:
        """Check the request and hand it over.

        Raises:
            ApiError: A check failed, or the backend did.
            ClientDisconnect: The client left before its body was complete.
        """
        rule, headers = self._operation.body, asked.headers
        raw = await read_body(asked.receive, rule.max_bytes if rule else None)
        key = ""
        if self._key is not None:
            key = headers.get(self._key, "")
            self._service.keys.check(self._key, key)
        check_headers(self._operation.headers, headers)
        for each in self._parameters:
            each.check(Request(asked.scope))
        allowance = self._service.spend(key)
        body: object = None
        if rule is not None and self._validator is not None:
            content_type = headers.get("content-type")
            body = check_body(rule, self._validator, content_type, raw)
        version = headers.get(self._version) or self._default_version
        call = Call(mapping(body), version, asked.request_id, allowance)
        return await self._handler(call)


async def _drain(asked: Asked) -> None:
    """Read the body for the connection's sake."""
    with suppress(ApiError):
        await read_body(asked.receive, None)


def _validator(document: Document, operation: Operation) -> BodyValidator | None:
    if operation.body is None:
        return None
    try:
        return BodyValidator(operation.body.schema)
    except ValueError as error:
        place = f"{operation.pointer}/requestBody"
        raise document.source.fault(place, str(error)) from error


def _parameter_checks(document: Document, operation: Operation) -> list[ParameterCheck]:
    checks: list[ParameterCheck] = []
    for rules in operation.parameters:
        try:
            checks.append(ParameterCheck(rules))
        except ValueError as error:
            place = f"{operation.pointer}/parameters"
            raise document.source.fault(place, str(error)) from error
    return checks


def _handler(document: Document, operation: Operation, service: Service) -> Handler:
    make = HANDLERS.get(operation.id)
    if make is not None:
        return make(document, operation, service)
    return SampleHandler(document, operation)
