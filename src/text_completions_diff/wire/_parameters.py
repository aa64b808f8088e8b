"""Compare the parameters of an operation, wherever they are sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from text_completions_document import Document

from .._kinds import Side
from .._located import MISSING, Located, shown
from ..schemas._notes import default_difference
from ._pair import Pair
from ._serialization import compare_serialization

_ARGUMENT = "x-contract-argument"
_IGNORED_HEADERS = ("accept", "content-type", "authorization")
_PLACES = {
    "query": "in the query",
    "header": "in a header",
    "path": "in the path",
    "cookie": "in a cookie",
    "querystring": "as the whole query",
}

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Parameter:
    part: Located

    @property
    def name(self) -> str:
        return str(self.part.get("name"))

    @property
    def where(self) -> str:
        return str(self.part.get("in"))

    @property
    def required(self) -> bool:
        return bool(self.part.get("required")) or self.where == "path"


def parameters_of(
    document: Document, item: Located, operation: Located, path: str
) -> dict[Key, Parameter]:
    """Return the parameters of an operation by place and name.

    A parameter of the path is identified by its position, for its name is not sent;
    nor is that of the one parameter that is the whole query, which 3.2 knows.
    """
    parameters: dict[Key, Parameter] = {}
    for part in (*item.items("parameters"), *operation.items("parameters")):
        one = Parameter(part.followed(document))
        name = one.name
        if one.where == "querystring":
            name = ""
        elif one.where == "path":
            name = str(path[: max(path.find("{" + name + "}"), 0)].count("{"))
        elif one.where == "header":
            name = name.lower()
            if name in _IGNORED_HEADERS:
                continue
        parameters[one.where, name] = one
    return parameters


def compare_parameters(
    operation: Pair, old: dict[Key, Parameter], new: dict[Key, Parameter]
) -> None:
    gone = {key: one for key, one in old.items() if key not in new}
    come = {key: one for key, one in new.items() if key not in old}
    for before, after in list(_moved(gone, come)):
        was, now = gone.pop(before), come.pop(after)
        _compare(_pair(operation, was.part, now), was, now)
    for one in gone.values():
        removed = operation.written(Side.REQUEST, one.name).at(one.part, MISSING)
        removed.report("parameter-removed")
    for one in come.values():
        kind = "required-parameter-added" if one.required else "parameter-added"
        _pair(operation, MISSING, one).report(kind)
    for key, one in new.items():
        if key in old:
            _compare(_pair(operation, old[key].part, one), old[key], one)


def _pair(operation: Pair, old: Located, new: Parameter) -> Pair:
    return operation.written(Side.REQUEST, new.name).at(old, new.part)


def _moved(
    gone: dict[Key, Parameter], come: dict[Key, Parameter]
) -> Iterator[tuple[Key, Key]]:
    """Find parameters that are sent elsewhere, or under another name."""
    left = dict(gone)
    for after, now in come.items():
        for before, was in left.items():
            is_same = _without_name(was) == _without_name(now)
            if was.name.lower() == now.name.lower() or is_same:
                del left[before]
                yield before, after
                break


def _without_name(parameter: Parameter) -> dict[str, object]:
    return {k: v for k, v in parameter.part.node.items() if k != "name"}


def _compare(pair: Pair, old: Parameter, new: Parameter) -> None:
    if old.where != new.where:
        detail = _PLACES.get(new.where, new.where)
        pair.report("parameter-moved", "in", detail=detail)
        _compare_argument(pair, old, new)
        pair.schemas()
        return
    is_renamed = old.name != new.name
    if new.where == "header":
        is_renamed = old.name.lower() != new.name.lower()
    if is_renamed:
        pair.report("parameter-renamed", "name", detail=shown(old.name))
    if old.required != new.required:
        kind = "parameter-required" if new.required else "parameter-optional"
        pair.report(kind, "required", values=(old.required, new.required))
    pair.deprecation()
    pair.notes(
        "name",
        "in",
        "required",
        "deprecated",
        "style",
        "explode",
        "allowReserved",
        "allowEmptyValue",
        "schema",
        "content",
        _ARGUMENT,
    )
    _compare_argument(pair, old, new)
    compare_serialization(pair, new.where)


def _compare_argument(pair: Pair, old: Parameter, new: Parameter) -> None:
    """Compare how the client names the parameter, and what it sends by default."""
    before, after = (part.member(_ARGUMENT) for part in (pair.old, pair.new))
    names = before.get("name") or old.name, after.get("name") or new.name
    if names[0] != names[1] and old.name == new.name:
        detail = f"the argument {names[0]}"
        keys = (_ARGUMENT, "name")
        pair.report("client-name-changed", *keys, values=names, detail=detail)
    defaults = [
        part.member("default") if part.get("default") is not None else None
        for part in (before, after)
    ]
    pair.found(default_difference(after.member("default").pointer, *defaults))
