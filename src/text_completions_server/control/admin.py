"""The admin endpoints below `/__mock__/`: what `Control` does, for any language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from text_completions_document import Node, mapping

from ..document.bodies import receive_body
from ..document.contract import Operation
from ..document.security import check_origin, is_loopback, is_loopback_url
from ..errors import ApiError, bad_request
from ..http.ids import Ids
from ..http.responses import ErrorResponses, JsonResponse
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
            status, body = await self._perform(Request(scope, receive))
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

    async def _perform(self, request: Request) -> tuple[int, object]:
        """Return the status and the body of the response; None for no body."""
        raw = await receive_body(request.receive, _MAX_BODY)
        if self._access == "loopback":
            check_caller(request)
        if raw is None:
            raise ApiError(413)
        operation = self._by_method.get(request.method)
        if operation is None:
            allow = ", ".join(self._by_method)
            raise ApiError(405, headers={"allow": allow})
        arguments: dict[str, Any] = {
            each.name: each.check(request.scope, request.headers)
            for each in operation.parameters
        }
        queried = [x for x in operation.parameters if x.location == "query"]
        allowed = {each.name for each in queried}
        for name, _ in parse_qsl(request.url.query, keep_blank_values=True):
            if name not in allowed:
                raise bad_request(f"{name}: Extra query parameters are not permitted")
            allowed.remove(name)
        if operation.body is not None:
            arguments |= mapping(operation.body.decode(request.headers, raw))
        elif raw:
            raise bad_request("body: must be empty here")
        body = _ACTIONS[operation.id](self._control, request, arguments)
        return operation.response.status, body


def check_caller(request: Request) -> None:
    """Refuse other machines, and web pages in a browser of this machine.

    A page of another site sends its `Origin`. A page that got its own host name
    resolved to this machine (DNS rebinding) sends that name as `Host`.

    Raises:
        ApiError: 403.
    """
    if request.client is not None and not is_loopback(request.client.host):
        raise ApiError(403)
    has_port = (request.scope.get("server") or (None, None))[1] is not None
    host = request.headers.get("host", "")
    if has_port and not is_loopback_url(f"//{host}"):
        raise ApiError(403, "host: must be localhost or an address of this machine")
    check_origin(request.headers)


def _journal(control: Control, _: Request, arguments: Node) -> object:
    requests = control.requests
    last = int(arguments["last"] or MAX_RECORDS)
    statuses = sorted(requests.statuses.items())
    return {
        "total": requests.total,
        "statuses": {str(status): count for status, count in statuses},
        "records": [each.as_json() for each in requests[-last:]],
    }


def _list_requests(control: Control, _: Request, arguments: Node) -> object:
    return rows(control.requests, int(arguments["after"] or 0))


def _show_request(control: Control, request: Request, arguments: Node) -> object:
    url = f"{request.url.scheme}://{request.url.netloc}"
    shown = details(control.requests, int(arguments["number"]), url)
    if shown is None:
        raise ApiError(404, "the journal does not have a request with this number")
    return shown


def _list_replies(control: Control, *_: object) -> object:
    return {"scripts": [rule_to_data(rule) for rule in control.reply_rules.listed()]}


def _add_reply(control: Control, _: Request, arguments: Node) -> object:
    try:
        rule = rule_from_data(arguments)
    except ValueError as error:
        raise bad_request(str(error)) from error
    control.reply_rules.add(rule)
    return rule_to_data(rule)


def _list_faults(control: Control, *_: object) -> object:
    plan = control.fault_plan
    return {
        "known": {name: kind.what for name, kind in FAULTS.items()},
        "planned": [asdict(each) for each in plan.planned()],
        "chances": dict(plan.chances),
    }


def _add_fault(control: Control, _: Request, arguments: Node) -> object:
    settings: dict[str, Any] = {"times": 1, **arguments}
    for name in settings.keys() & {"times", "after"}:
        settings[name] = int(settings[name])  # JSON Schema takes 2.0 for an integer
    try:
        fault = Fault(**settings)
    except ValueError as error:
        raise bad_request(str(error)) from error
    control.fault_plan.add(fault)
    return asdict(fault)


_ACTIONS: Final[Mapping[str, Callable[[Control, Request, Node], object]]] = {
    "mock_journal": _journal,
    "mock_requests_list": _list_requests,
    "mock_requests_show": _show_request,
    "mock_replies_list": _list_replies,
    "mock_replies_add": _add_reply,
    "mock_replies_clear": lambda control, _, __: control.reply_rules.clear(),
    "mock_faults_list": _list_faults,
    "mock_faults_add": _add_fault,
    "mock_faults_clear": lambda control, _, __: control.fault_plan.clear(),
    "mock_reset": lambda control, _, __: control.reset(),
    "mock_document": lambda _, __, ___: admin_document().root,
}
"""What the operations of the admin document do with their parameters and bodies."""
