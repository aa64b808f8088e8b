"""From a request to a response: one ASGI endpoint per path of the document."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from ..backends.base import Caller
from ..control.fault_plan import HEADER
from ..control.faults import Strike, apply_fault
from ..control.journal import record_of
from ..control.records import Record
from .checks import check_body, check_headers, read_body
from .contract import Document
from .disconnect import CancelOnDisconnect, ConnectionCut
from .errors import ApiError
from .operations import Operation
from .parameters import ParameterCheck
from .service import Handler, Service, ValidatedRequest
from .source import mapping
from .validation import BodyValidator

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class RawRequest:
    """A request before it is checked.

    Attributes:
        scope: Its ASGI scope.
        headers: Its headers by their names in lower case; of one that was sent twice,
            the first.
        body: Its body; None if it was larger than the operation allows.
        request_id: The `request-id` of the response.
        record: What the journal keeps of it; None without a journal.
    """

    scope: Scope
    headers: Mapping[str, str]
    body: bytes | None
    request_id: str
    record: Record | None


class Endpoint:
    """A path of the document; without operations, every path that it does not have.

    Args:
        service: What the operations share.
        operations: The operations of the path.
    """

    def __init__(
        self, service: Service, operations: Iterable[CheckedOperation] = ()
    ) -> None:
        self._service = service
        self._by_method = {each.method: each for each in operations}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the request, make the response and send it.

        What makes the response is cancelled when the client leaves.
        """
        record = record_of(scope)
        operation = self._by_method.get(scope["method"])
        try:
            request = RawRequest(
                scope,
                _headers(scope),
                await read_body(receive, operation.max_bytes if operation else None),
                self._service.ids.new("req"),
                record,
            )
            with CancelOnDisconnect(receive):
                response = await self._response(request, operation)
                await response(scope, receive, send)
        except ClientDisconnect:
            if record is not None:
                record.leave()

    async def _response(
        self, request: RawRequest, operation: CheckedOperation | None
    ) -> ASGIApp:
        """Make the response, or what a fault makes of it; errors become responses."""
        errors = self._service.errors
        try:
            fault = self._service.next_fault(request.headers.get(HEADER))
            if fault is None:
                return await self._answer(request, operation)
            if request.record is not None:
                request.record.fault = fault.name
            respond = partial(self._faultless, request, operation)
            return await apply_fault(Strike(fault, errors, respond))
        except ApiError as error:
            return errors.response(error, request.request_id)
        except ConnectionCut:
            raise
        except Exception:
            _log.exception("%s failed", request.request_id)
            return errors.response(ApiError(500), request.request_id)

    async def _faultless(
        self, request: RawRequest, operation: CheckedOperation | None
    ) -> ASGIApp:
        try:
            return await self._answer(request, operation)
        except ApiError as error:
            return self._service.errors.response(error, request.request_id)

    async def _answer(
        self, request: RawRequest, operation: CheckedOperation | None
    ) -> ASGIApp:
        if request.scope.get("http_version") == "1.1" and "host" not in request.headers:
            close = {"connection": "close"}
            raise ApiError(400, "host: header is required", headers=close)
        if operation is not None:
            return await operation.handler(operation.validate(request))
        if not self._by_method:
            raise ApiError(404, "Not Found")
        allow = ", ".join(self._by_method)
        raise ApiError(405, "Method Not Allowed", headers={"allow": allow})


def _headers(scope: Scope) -> Mapping[str, str]:
    raw: list[tuple[bytes, bytes]] = scope["headers"]
    return {
        name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(raw)
    }


class CheckedOperation:
    """An operation, its checks compiled, and its handler.

    Args:
        document: Where the operation comes from.
        operation: What it asks of a request.
        service: What the operations share.
        handler: Answers a request that passed the checks.

    Raises:
        DocumentError: A schema is broken.
    """

    def __init__(
        self,
        document: Document,
        operation: Operation,
        service: Service,
        handler: Handler,
    ) -> None:
        self.method = operation.method
        self.max_bytes = operation.body.max_bytes if operation.body else None
        self.handler = handler
        self._operation = operation
        self._service = service
        self._validator = _validator(document, operation)
        self._parameters = _parameter_checks(document, operation)
        defaults = {each.name: each.default for each in operation.headers}
        self._version = operation.version_header or ""
        self._default_version = defaults.get(self._version) or ""
        self._key = operation.key_header

    def validate(self, request: RawRequest) -> ValidatedRequest:
        """Check a request.

        Raises:
            ApiError: A check failed.
        """
        headers, rule = request.headers, self._operation.body
        if request.body is None:
            raise ApiError(413)
        key = ""
        if self._key is not None:
            key = headers.get(self._key, "")
            self._service.keys.check(self._key, key)
        check_headers(self._operation.headers, headers)
        for each in self._parameters:
            each.check(Request(request.scope))
        allowance = self._service.spend(key)
        body: object = None
        if rule is not None and self._validator is not None:
            content_type = headers.get("content-type")
            body = check_body(rule, self._validator, content_type, request.body)
        notes = {} if request.record is None else request.record.notes
        return ValidatedRequest(
            body=mapping(body),
            version=headers.get(self._version) or self._default_version,
            caller=Caller(headers, key, request.request_id, notes),
            allowance=allowance,
        )


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
