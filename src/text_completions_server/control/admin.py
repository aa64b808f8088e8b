"""The admin endpoints below `/__mock__/`: what `Control` does, for any language."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final, Literal
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ..api.requests import integer, number, text
from ..app.checks import check_body, read_body
from ..app.errors import ApiError, bad_request
from ..app.ids import Ids
from ..app.operations import Operation
from ..app.responses import ErrorResponses, JsonResponse
from ..app.source import mapping
from ..app.validation import BodyValidator
from .admin_document import admin_document
from .control import Control
from .faults import FAULTS, Fault
from .journal import MOST_RECORDS
from .replies_file import script_data, script_from

AdminAccess = Literal["loopback", "any", "off"]

_MOST_BODY: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Order:
    """A request to an admin endpoint that passed its checks."""

    control: Control
    body: Mapping[str, object]
    last: int


def admin_routes(control: Control, access: AdminAccess, ids: Ids) -> list[Route]:
    """The routes; none where access is off."""
    if access == "off":
        return []
    operations = groupby(admin_document().operations, attrgetter("path"))
    return [
        Route(path, _AdminEndpoint(control, access == "any", ids, group))
        for path, group in operations
    ]


class _AdminEndpoint:
    def __init__(
        self,
        control: Control,
        to_anybody: bool,
        ids: Ids,
        operations: Iterable[Operation],
    ) -> None:
        self._control = control
        self._to_anybody = to_anybody
        self._ids = ids
        self._errors = ErrorResponses(admin_document())
        self._by_method = {each.method: each for each in operations}
        self._validators = {
            each.method: BodyValidator(each.body.schema)
            for each in self._by_method.values()
            if each.body is not None
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = self._ids.new("mock")
        try:
            status, body = await self._answer(Request(scope, receive))
            response = _response(status, body, request_id)
        except ApiError as error:
            response = self._errors.response(error, request_id)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> tuple[int, object]:
        raw = await read_body(request.receive, _MOST_BODY)
        if raw is None:
            raise ApiError(413)
        if not self._to_anybody and not _is_loopback(request):
            raise ApiError(403)
        operation = self._by_method.get(request.method)
        if operation is None:
            allow = ", ".join(self._by_method)
            raise ApiError(405, headers={"allow": allow})
        order = _Order(
            control=self._control,
            body=self._body(operation, request, raw),
            last=_last(operation, request.url.query),
        )
        return _ORDERS[operation.id](order)

    def _body(
        self, operation: Operation, request: Request, raw: bytes
    ) -> Mapping[str, object]:
        if operation.body is None:
            if raw:
                raise bad_request("body: none is taken here")
            return {}
        validator = self._validators[operation.method]
        content_type = request.headers.get("content-type")
        return mapping(check_body(operation.body, validator, content_type, raw))


def _response(status: int, body: object, request_id: str) -> Response:
    if body is None:
        return Response(status_code=status, headers={"request-id": request_id})
    return JsonResponse(body, request_id, status=status)


def _is_loopback(request: Request) -> bool:
    """Whether the peer is this machine; a call without a port is from within."""
    if request.client is None:
        return True
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _last(operation: Operation, query: str) -> int:
    """The one query parameter that there is; another one is refused."""
    pairs = parse_qsl(query, keep_blank_values=True)
    if not pairs:
        return MOST_RECORDS
    (name, value), *more = pairs
    if operation.id != "mock_journal" or name != "last":
        raise bad_request(f"{name}: Extra query parameters are not permitted")
    if more or not (value.isascii() and value.isdecimal() and len(value) < 6):
        raise bad_request(f"last: Input should be one integer, 1 to {MOST_RECORDS}")
    if not 1 <= int(value) <= MOST_RECORDS:
        raise bad_request(f"last: Input should be one integer, 1 to {MOST_RECORDS}")
    return int(value)


def _journal(order: _Order) -> tuple[int, object]:
    requests = order.control.requests
    statuses = sorted(requests.statuses.items())
    return 200, {
        "total": requests.total,
        "statuses": {str(status): count for status, count in statuses},
        "records": [each.as_json() for each in requests[-order.last :]],
    }


def _list_replies(order: _Order) -> tuple[int, object]:
    listed = order.control.scripts.listed()
    return 200, {"scripts": [script_data(each, used) for each, used in listed]}


def _add_reply(order: _Order) -> tuple[int, object]:
    try:
        script = script_from(order.body)
    except ValueError as error:
        raise bad_request(str(error)) from error
    order.control.scripts.add(script)
    return 201, script_data(script, 0)


def _clear_replies(order: _Order) -> tuple[int, object]:
    order.control.scripts.clear()
    return 204, None


def _list_faults(order: _Order) -> tuple[int, object]:
    faults = order.control.faults
    return 200, {
        "known": {name: kind.what for name, kind in FAULTS.items()},
        "planned": [_fault_data(each, left) for each, left in faults.planned()],
        "chances": dict(faults.chances),
    }


def _add_fault(order: _Order) -> tuple[int, object]:
    times = integer(order.body, "times") or 1
    try:
        fault = Fault(
            text(order.body, "name") or "",
            seconds=number(order.body, "seconds"),
            after=integer(order.body, "after"),
        )
        order.control.faults.add(fault, times)
    except ValueError as error:
        raise bad_request(str(error)) from error
    return 201, _fault_data(fault, times)


def _clear_faults(order: _Order) -> tuple[int, object]:
    order.control.faults.clear()
    return 204, None


def _reset(order: _Order) -> tuple[int, object]:
    order.control.reset()
    return 204, None


def _document(_: _Order) -> tuple[int, object]:
    return 200, admin_document().source.root


def _fault_data(fault: Fault, times: int) -> dict[str, object]:
    return {
        "name": fault.name,
        "seconds": fault.seconds,
        "after": fault.after,
        "times": times,
    }


_ORDERS: Final[Mapping[str, Callable[[_Order], tuple[int, object]]]] = {
    "mock_journal": _journal,
    "mock_replies_list": _list_replies,
    "mock_replies_add": _add_reply,
    "mock_replies_clear": _clear_replies,
    "mock_faults_list": _list_faults,
    "mock_faults_add": _add_fault,
    "mock_faults_clear": _clear_faults,
    "mock_reset": _reset,
    "mock_document": _document,
}
"""What each operation of the admin document does."""
