"""Compare responses by status, and their headers and links."""

from __future__ import annotations

from .._located import MISSING, same
from ._bodies import compare_content
from ._pair import Pair
from ._serialization import compare_serialization

_DEFAULT = "DEFAULT"


def compare_responses(operation: Pair) -> None:
    """Compare the responses of an operation.

    A range such as `4XX` and `default` stand for the statuses that are not described
    one by one.
    """
    old, new = _Statuses(operation, is_old=True), _Statuses(operation, is_old=False)
    for status in old.responses:
        if status not in new.responses:
            _compare_removed(
                operation.written_by_server(old.spelled[status]), status, old, new
            )
    for status in new.responses:
        here = operation.written_by_server(new.spelled[status])
        former = status if status in old.responses else old.covering(status)
        if former is not None:
            _compare_response(here.at(old.responses[former], new.responses[status]))
        if former == status:
            _compare_exception(here, status, old, new)
        elif former is None or former in new.responses:
            _report_added(here, status, new, is_covered=former is not None)


class _Statuses:
    """The responses of one operation by status, in upper case."""

    def __init__(self, operation: Pair, *, is_old: bool) -> None:
        part = operation.old if is_old else operation.new
        comparison = operation.comparison
        document = comparison.old if is_old else comparison.new
        members = {
            name: one
            for name, one in part.members("responses").items()
            if not name.startswith("x-")
        }
        self.spelled = {name.upper(): name for name in members}
        self.stands = {name.upper(): one for name, one in members.items()}
        self.responses = {
            status: one.followed(document) for status, one in self.stands.items()
        }

    def covering(self, status: str) -> str | None:
        """Return the range or default that stands for a status."""
        ranges = [one for one in (f"{status[:1]}XX", _DEFAULT) if one != status]
        return next((one for one in ranges if one in self.responses), None)

    def within(self, status: str) -> list[str]:
        """Return the statuses that a range or default stands for, one by one."""
        if status == _DEFAULT:
            return list(self.responses)
        is_range = status.endswith("XX")
        return [one for one in self.responses if is_range and one[:1] == status[:1]]

    def may_succeed(self, status: str) -> bool:
        """Tell whether a status is a success; default is, if no other one is."""
        if status == _DEFAULT:
            return not any(one[:1] == "2" for one in self.responses)
        return status[:1] not in ("4", "5")


def _compare_removed(pair: Pair, status: str, old: _Statuses, new: _Statuses) -> None:
    response = old.responses[status]
    wider = new.covering(status)
    if wider is not None:
        _compare_response(pair.at(response, new.responses[wider]))
        return
    removed = pair.at(old.stands[status], MISSING)
    parts = [one for one in new.within(status) if one not in old.responses]
    names = ", ".join(new.spelled[one] for one in parts)
    if parts:
        removed.report("status-narrowed", values=(response.value, names), detail=names)
    else:
        removed.report("status-removed", values=(response.value, None))


def _report_added(pair: Pair, status: str, new: _Statuses, *, is_covered: bool) -> None:
    is_success = new.may_succeed(status) and not is_covered
    kind = "success-status-added" if is_success else "error-status-added"
    added = pair.at(new.stands[status], new.stands[status])
    added.report(kind, values=(None, new.responses[status].value))


def _compare_exception(pair: Pair, status: str, old: _Statuses, new: _Statuses) -> None:
    """Compare the names of error responses: the client's exceptions have them."""
    stands = pair.at(old.stands[status], new.stands[status])
    before, after = (
        str(reference or "").rpartition("/")[2] for reference in stands.values("$ref")
    )
    if not stands.comparison.has_client or status[:1] not in ("4", "5"):
        return
    if before and after and before != after:
        detail = f"the exception {before}"
        values = before, after
        stands.report("client-name-changed", "$ref", values=values, detail=detail)


def _compare_response(pair: Pair) -> None:
    pair.notes("headers", "content", "links")
    for name, header in pair.members("headers", str.lower):
        if name != "content-type":
            _compare_header(pair, name, header)
    compare_content(pair)
    old, new = pair.old.members("links"), pair.new.members("links")
    for name in dict.fromkeys((*old, *new)):
        link = pair.at(old.get(name, MISSING), new.get(name, MISSING))
        before, after = link.old.value, link.new.value
        if not same(before, after):
            kind = "link-added" if before is None else "link-changed"
            link.report(kind, values=(before, after))


def _compare_header(response: Pair, name: str, header: Pair) -> None:
    before, after = header.old.value, header.new.value
    if before is None or after is None:
        # What was added or removed is reported where the response says so.
        kind = "header-added" if before is None else "header-removed"
        part = response.new if before is None else response.old
        names = {one.lower(): stands for one, stands in part.members("headers").items()}
        stands = header.at(names[name], names[name])
        stands.report(kind, values=(before, after))
        return
    header.flag("required", "header-required", "header-optional")
    header.deprecation()
    header.notes(
        "required", "deprecated", "style", "explode", "schema", "content", "name", "in"
    )
    compare_serialization(header, "header")
