"""Compare responses by status, and their headers and links."""

from __future__ import annotations

from text_completions_document import Document

from .._kinds import Side
from .._located import MISSING, Located, same
from ._bodies import compare_content
from ._pair import Pair
from ._parameters import compare_serialization

_DEFAULT = "DEFAULT"


def compare_responses(operation: Pair) -> None:
    """Compare the responses of an operation.

    A range such as `4XX` and `default` stand for the statuses that are not described
    one by one.
    """
    old = _Statuses(operation.comparison.old, operation.old)
    new = _Statuses(operation.comparison.new, operation.new)
    for status in old.responses:
        if status not in new.responses:
            here = operation.written(Side.RESPONSE, old.spelled[status])
            _compare_removed(here, status, old, new)
    for status in new.responses:
        here = operation.written(Side.RESPONSE, new.spelled[status])
        former = status if status in old.responses else old.covering(status)
        if former is not None:
            _compare_response(here.at(old.responses[former], new.responses[status]))
        if former == status:
            _compare_exception(here.at(old.stands[status], new.stands[status]), status)
        elif former is None or former in new.responses:
            is_success = former is None and new.may_succeed(status)
            kind = "success-status-added" if is_success else "error-status-added"
            values = None, new.responses[status].value
            here.at(MISSING, new.stands[status]).report(kind, values=values)


class _Statuses:
    """The responses of one operation by status, in upper case."""

    def __init__(self, document: Document, operation: Located) -> None:
        members = {
            name: one
            for name, one in operation.members("responses").items()
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
    kind = "status-narrowed" if parts else "status-removed"
    removed.report(kind, values=(response.value, names or None), detail=names)


def _compare_exception(stands: Pair, status: str) -> None:
    """Compare the names of error responses: the client's exceptions have them."""
    before, after = (
        str(reference or "").rpartition("/")[2] for reference in stands.values("$ref")
    )
    is_error = status[:1] in ("4", "5") and stands.comparison.has_client
    if is_error and before and after and before != after:
        values, detail = (before, after), f"the exception {before}"
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
        if not same(link.old.value, link.new.value):
            link.report("link-added" if link.old.value is None else "link-changed")


def _compare_header(response: Pair, name: str, header: Pair) -> None:
    values = header.old.value, header.new.value
    if None in values:
        # What was added or removed is reported where the response says so.
        kind, part = "header-added", response.new
        if values[0] is not None:
            kind, part = "header-removed", response.old
        names = {one.lower(): stands for one, stands in part.members("headers").items()}
        header.at(MISSING, names[name]).report(kind, values=values)
        return
    header.flag("required", "header-required", "header-optional")
    header.deprecation()
    header.notes(
        "required", "deprecated", "style", "explode", "schema", "content", "name", "in"
    )
    compare_serialization(header, "header")
