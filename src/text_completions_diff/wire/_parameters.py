"""Compare parameters, wherever they are sent, and how they and headers are written.

What counts is what is sent in the end, not how the document says it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from text_completions_document import Document, is_object

from .._kinds import Side
from .._located import MISSING, Located, shown
from ..schemas._notes import default_difference
from ..schemas._shape import Shape
from ._bodies import compare_content
from ._pair import Pair

_ARGUMENT = "x-contract-argument"
_IGNORED_HEADERS = ("accept", "content-type", "authorization")
_PLACES = {
    "query": "in the query",
    "header": "in a header",
    "path": "in the path",
    "cookie": "in a cookie",
    "querystring": "as the whole query",
}
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_EXPLODED = ("form", "cookie")  # by default
_COMPOUND = {"array", "object"}
_REPEATED = ("form", "spaceDelimited", "pipeDelimited")  # `?q=a&q=b` when exploded

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


@dataclass(frozen=True, slots=True)
class _Form:
    """How one side writes a parameter."""

    style: Any
    explode: bool
    shape: Shape

    def written(self, kind: str) -> tuple[object, ...]:
        """Return what identifies the way in which a value of a type is written."""
        if kind not in _COMPOUND:
            # One value needs no separators, and only these styles mark or escape it.
            is_own = self.style in ("label", "matrix", "cookie")
            return (self.style if is_own else "plain",)
        if kind == "array" and self.style == "simple":
            return ("simple",)  # commas, exploded or not
        if kind == "array" and self.explode and self.style in _REPEATED:
            return ("repeated",)
        if self.style == "deepObject":
            return (self.style,)  # `q[x]=a`: it has no form that is not exploded
        return self.style, self.explode


def compare_serialization(pair: Pair, where: str) -> None:
    """Compare how a parameter or header is written, and its schema.

    `where` is the place in which it is sent, as the member `in` says.
    """
    old, new = (_media(part) for part in (pair.old, pair.new))
    if (old is None) != (new is None):
        if _is_text(pair, old or new):
            pair.compare_schemas((_schema(pair.old),), (_schema(pair.new),))
        else:
            names = [shown(one) if one else "a plain text" for one in (old, new)]
            detail = f"as {names[1]} instead of {names[0]}"
            key = "content" if new else "schema"
            pair.report("serialization-changed", key, values=(old, new), detail=detail)
    elif old is not None:
        compare_content(pair)
    else:
        _compare_forms(pair, where)


def _media(part: Located) -> str | None:
    names = part.members("content") if is_object(part.get("content")) else {}
    return next(iter(names), None)


def _is_text(pair: Pair, media: str | None) -> bool:
    """Tell whether a value is the same text with a schema and with a media type."""
    is_plain = (media or "").lower().startswith("text/plain")
    return is_plain and not any(shape.types & _COMPOUND for shape in _shapes(pair))


def _shapes(pair: Pair) -> tuple[Shape, Shape]:
    return pair.shapes((_schema(pair.old),), (_schema(pair.new),))


def _schema(part: Located) -> Located:
    """Return the schema of a parameter, or that of its first media type."""
    return next(iter(part.members("content").values()), part).schema()


def _compare_forms(pair: Pair, where: str) -> None:
    shapes = _shapes(pair)
    old, new = _form(pair.old, shapes[0], where), _form(pair.new, shapes[1], where)
    if _is_list_of_one(old, new):
        before, after = sorted(old.shape.types), sorted(new.shape.types)
        pair.report("type-widened", "schema", values=(before, after), detail="repeated")
        items = new.shape.item(None) or (Located(new.shape.pointer, True),)
        pair.compare_schemas((_schema(pair.old),), items)
        return
    kinds = old.shape.types & new.shape.types
    allowances = ("bound-loosened", "bound-tightened")
    pair.flag("allowEmptyValue", *allowances, "empty")
    if kinds & {"string", *_COMPOUND}:
        pair.flag("allowReserved", *allowances, "written with reserved characters")
    changed = sorted(kind for kind in kinds if old.written(kind) != new.written(kind))
    if changed:
        key = "style" if old.style != new.style else "explode"
        before, after = (getattr(one, key) for one in (old, new))
        values, detail = (before, after), f"{key} {after} instead of {before}"
        pair.report("serialization-changed", key, values=values, detail=detail)
    pair.schemas()


def _form(part: Located, shape: Shape, where: str) -> _Form:
    style = part.get("style") or _STYLES.get(where)
    explode = part.get("explode")
    if explode is None:
        explode = style in _EXPLODED
    return _Form(style, bool(explode), shape)


def _is_list_of_one(old: _Form, new: _Form) -> bool:
    """Tell whether a value is written like a list of it: `?q=a` and `?q=a&q=b`."""
    if old.shape.types & _COMPOUND or new.shape.types != frozenset({"array"}):
        return False
    least = new.shape.bounds.get("minItems")
    # Where commas separate items, a text that contains one would become two.
    is_split = not new.explode and "string" in old.shape.types
    return (
        not old.shape.never
        and old.style == new.style == "form"
        and not is_split
        and (least is None or least.value <= 1)
    )
