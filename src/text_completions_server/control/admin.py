"""The admin endpoints below `/__mock__/`: what `Control` does, for any language."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from text_completions_document import Node, mapping

from ..app.bodies import receive_body
from ..app.errors import ApiError, bad_request
from ..app.ids import Ids
from ..app.operations import Operation
from ..app.responses import ErrorResponses, JsonResponse
from .admin_document import admin_document
from .control import Control
from .faults import FAULTS, Fault
from .journal import MAX_RECORDS
from .replies import rule_from_data, rule_to_data
from .views import details, rows

AdminAccess = Literal["loopback", "any", "off"]

_MAX_BODY: Final = 1024 * 1024


def admin_routes(control: Control, access: AdminAccess, ids: Ids) -> list[Route]:
    """Return the routes; none where access is off."""
    if access == "off":
        return []
    operations = groupby(admin_document().operations, attrgetter("path"))
    return [
        Route(path, _AdminEndpoint(control, access, ids, group))
        for path, group in operations
    ]


class _AdminEndpoint:
    def __init__(
        self,
        control: Control,
        access: AdminAccess,
        ids: Ids,
        operations: Iterable[Operation],
    ) -> None:
        self._control = control
        self._access = access
        self._ids = ids
        self._errors = ErrorResponses(admin_document())
        self._by_method = {each.method: each for each in operations}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = self._ids.new("mock")
        response: Response
        try:
            status, body = await self._answer(Request(scope, receive))
            if body is None:
                headers = {"request-id": request_id}
                response = Response(status_code=status, headers=headers)
            else:
                response = JsonResponse(body, request_id, status=status)
        except ApiError as error:
            response = self._errors.response(error, request_id)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> tuple[int, Any]:
        raw = await receive_body(request.receive, _MAX_BODY)
        if self._access == "loopback":
            check_caller(request)
        if raw is None:
            raise ApiError(413)
        operation = self._by_method.get(request.method)
        if operation is None:
            allow = ", ".join(self._by_method)
            raise ApiError(405, headers={"allow": allow})
        body = self._body(operation, request, raw)
        call = _Call(operation, request, body)
        call.refuse_unknown_parameters()
        return _ACTIONS[operation.id](self._control, call)

    def _body(self, operation: Operation, request: Request, raw: bytes) -> Node:
        if operation.body is None:
            if raw:
                raise bad_request("body: must be empty here")
            return {}
        return mapping(operation.body.decode(request.headers, raw))


def check_caller(request: Request) -> None:
    """Refuse other machines, and web pages in a browser of this machine.

    A page of another site sends its `Origin`. A page that got its own host name
    resolved to this machine (DNS rebinding) sends that name as `Host`.

    Raises:
        ApiError: 403.
    """
    if request.client is not None and not _is_loopback(request.client.host):
        raise ApiError(403)
    has_port = (request.scope.get("server") or (None, None))[1] is not None
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    if has_port and not _is_loopback(host or ""):
        raise ApiError(403, "host: must be localhost or an address of this machine")
    origin = request.headers.get("origin")
    if origin is not None and not _is_loopback(urlsplit(origin).hostname or ""):
        raise ApiError(403, "origin: pages of other sites may not use the mock")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


class _Call:
    """A request to an operation, for its action.

    Args:
        operation: The operation.
        request: The request.
        body: Its body, checked.
    """

    def __init__(self, operation: Operation, request: Request, body: Node) -> None:
        self._operation = operation
        self._request = request
        self.body = body

    @property
    def url(self) -> str:
        """The scheme and the host that the caller used."""
        return f"{self._request.url.scheme}://{self._request.url.netloc}"

    @property
    def number(self) -> int:
        """The number in the path; 0, which nothing has, if it is not a number."""
        text: str = self._request.path_params["number"]
        return int(text) if re.fullmatch("[0-9]{1,15}", text) else 0

    def refuse_unknown_parameters(self) -> None:
        """Raise ApiError 400 if the query has a parameter that is not described."""
        known = {each.name for each in self._operation.parameters}
        for name, _ in parse_qsl(self._request.url.query, keep_blank_values=True):
            if name not in known:
                raise bad_request(f"{name}: Extra query parameters are not permitted")

    def integer(self, name: str, default: int, *, least: int, most: int) -> int:
        """Return the only query parameter, an integer.

        Raises:
            ApiError: 400; it is out of its bounds, or there are two.
        """
        query = self._request.url.query
        if not query:
            return default
        match = re.fullmatch(rf"{name}=([0-9]{{1,16}})", query)
        if match is None or not least <= int(match[1]) <= most:
            expected = f"one integer, {least} to {most}"
            raise bad_request(f"{name}: Input should be {expected}")
        return int(match[1])


def _journal(control: Control, call: _Call) -> tuple[int, Any]:
    requests = control.requests
    last = call.integer("last", MAX_RECORDS, least=1, most=MAX_RECORDS)
    statuses = sorted(requests.statuses.items())
    return 200, {
        "total": requests.total,
        "statuses": {str(status): count for status, count in statuses},
        "records": [each.as_json() for each in requests[-last:]],
    }


def _list_requests(control: Control, call: _Call) -> tuple[int, Any]:
    after = call.integer("after", 0, least=0, most=10**15)
    return 200, rows(control.requests, after)


def _show_request(control: Control, call: _Call) -> tuple[int, Any]:
    shown = details(control.requests, call.number, call.url)
    if shown is None:
        raise ApiError(404, "the journal does not have a request with this number")
    return 200, shown


def _list_replies(control: Control, _: _Call) -> tuple[int, Any]:
    return 200, {
        "scripts": [rule_to_data(rule) for rule in control.reply_rules.listed()]
    }


def _add_reply(control: Control, call: _Call) -> tuple[int, Any]:
    try:
        rule = rule_from_data(call.body)
    except ValueError as error:
        raise bad_request(str(error)) from error
    control.reply_rules.add(rule)
    return 201, rule_to_data(rule)


def _clear_replies(control: Control, _: _Call) -> tuple[int, Any]:
    control.reply_rules.clear()
    return 204, None


def _list_faults(control: Control, _: _Call) -> tuple[int, Any]:
    plan = control.fault_plan
    return 200, {
        "known": {name: kind.what for name, kind in FAULTS.items()},
        "planned": [_fault_data(each, left) for each, left in plan.planned()],
        "chances": dict(plan.chances),
    }


def _add_fault(control: Control, call: _Call) -> tuple[int, Any]:
    body = call.body
    after, times = body.get("after"), int(body.get("times", 1))
    try:
        fault = Fault(
            body["name"],
            seconds=body.get("seconds"),
            after=None if after is None else int(after),
        )
        control.fault_plan.add(fault, times)
    except ValueError as error:
        raise bad_request(str(error)) from error
    return 201, _fault_data(fault, times)


def _clear_faults(control: Control, _: _Call) -> tuple[int, Any]:
    control.fault_plan.clear()
    return 204, None


def _reset(control: Control, _: _Call) -> tuple[int, Any]:
    control.reset()
    return 204, None


def _document(_: Control, __: _Call) -> tuple[int, Any]:
    return 200, admin_document().source.root


def _fault_data(fault: Fault, times: int) -> dict[str, Any]:
    return {
        "name": fault.name,
        "seconds": fault.seconds,
        "after": fault.after,
        "times": times,
    }


_ACTIONS: Final[Mapping[str, Callable[[Control, _Call], tuple[int, Any]]]] = {
    "mock_journal": _journal,
    "mock_requests_list": _list_requests,
    "mock_requests_show": _show_request,
    "mock_replies_list": _list_replies,
    "mock_replies_add": _add_reply,
    "mock_replies_clear": _clear_replies,
    "mock_faults_list": _list_faults,
    "mock_faults_add": _add_fault,
    "mock_faults_clear": _clear_faults,
    "mock_reset": _reset,
    "mock_document": _document,
}
"""What the operations of the admin document do."""
