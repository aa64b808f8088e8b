"""Parameters of an operation, wherever they are sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from text_completions_document import Document, below, mapping, sequence

from ._content import compare_content
from ._context import Callers, Context, Spot, follow
from ._values import same, shown

_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_IGNORED_HEADERS = ("accept", "content-type", "authorization")
_READ = frozenset(
    [
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
        "x-contract-argument",
    ]
)
_WHERE = {
    "query": "in the query",
    "header": "in a header",
    "path": "in the path",
    "cookie": "in a cookie",
}

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation, and where it is described."""

    spot: Spot

    @property
    def name(self) -> str:
        return str(self.spot[1].get("name"))

    @property
    def where(self) -> str:
        return str(self.spot[1].get("in"))

    @property
    def required(self) -> bool:
        return bool(self.spot[1].get("required")) or self.where == "path"

    def style(self) -> dict[str, Any]:
        """How its value is written, with what is meant where nothing is said."""
        node = self.spot[1]
        style = node.get("style", _STYLES.get(self.where))
        return {
            "style": style,
            "explode": bool(node.get("explode", style == "form")),
            "allowReserved": bool(node.get("allowReserved")),
        }


def parameters_of(
    document: Document, item: Spot, operation: Spot, path: str
) -> dict[Key, Parameter]:
    """The parameters of an operation by place and name; a path's by position."""
    found: dict[Key, Parameter] = {}
    for spot in (item, operation):
        for one in _listed(document, spot):
            name = one.name
            if one.where == "path":
                name = str(path.find("{" + name + "}"))
                name = str(path[: max(int(name), 0)].count("{"))
            elif one.where == "header":
                name = name.lower()
                if name in _IGNORED_HEADERS:
                    continue
            found[one.where, name] = one
    return found


def _listed(document: Document, spot: Spot) -> Iterator[Parameter]:
    for index, value in enumerate(sequence(spot[1].get("parameters"))):
        yield Parameter(follow(document, below(spot[0], "parameters", index), value))


def compare_parameters(
    context: Context,
    callers: Callers,
    old: dict[Key, Parameter],
    new: dict[Key, Parameter],
) -> None:
    """Compare the parameters of an operation."""
    gone = {key: one for key, one in old.items() if key not in new}
    come = {key: one for key, one in new.items() if key not in old}
    for before, after, kind in list(_moved(gone, come)):
        was, now = gone.pop(before), come.pop(after)
        place = callers.writes(now.name)
        told = shown(was.name) if kind == "parameter-renamed" else _WHERE[now.where]
        pointer = below(now.spot[0], "name" if kind == "parameter-renamed" else "in")
        values = (
            (was.name, now.name) if was.name != now.name else (was.where, now.where)
        )
        context.tell(kind, place, pointer, *values, told)
        _compare(context, callers, was, now, moved=True)
    for one in gone.values():
        context.tell(
            "parameter-removed",
            callers.writes(one.name),
            one.spot[0],
            dict(one.spot[1]),
        )
    for one in come.values():
        kind = "required-parameter-added" if one.required else "parameter-added"
        context.tell(
            kind, callers.writes(one.name), one.spot[0], None, dict(one.spot[1])
        )
    for key, one in new.items():
        if key in old:
            _compare(context, callers, old[key], one)


def _moved(
    gone: dict[Key, Parameter], come: dict[Key, Parameter]
) -> Iterator[tuple[Key, Key, str]]:
    """Find parameters that are sent elsewhere, or under another name."""
    left, right = dict(gone), dict(come)
    for after, now in come.items():
        for before, was in list(left.items()):
            names = was.name.lower(), now.name.lower()
            alike = _alike(was, now)
            if names[0] == names[1] or alike:
                kind = (
                    "parameter-moved" if names[0] == names[1] else "parameter-renamed"
                )
                del left[before], right[after]
                yield before, after, kind
                break


def _alike(old: Parameter, new: Parameter) -> bool:
    values = [
        {k: v for k, v in one.spot[1].items() if k != "name"} for one in (old, new)
    ]
    return same(*values)


def _compare(
    context: Context,
    callers: Callers,
    old: Parameter,
    new: Parameter,
    *,
    moved: bool = False,
) -> None:
    place, pointer = callers.writes(new.name), new.spot[0]
    if old.where == new.where == "path" and old.name != new.name and not moved:
        context.tell(
            "parameter-renamed",
            place,
            below(pointer, "name"),
            old.name,
            new.name,
            shown(old.name),
        )
    if old.required != new.required and not (moved and old.where != new.where):
        kind = "parameter-required" if new.required else "parameter-optional"
        where = below(pointer, "required")
        context.tell(kind, place, where, old.required, new.required)
    if not moved or old.where == new.where:
        _compare_writing(context, callers, old, new)
    context.deprecation(old.spot, new.spot, place)
    context.notes(old.spot, new.spot, place, _READ)
    _compare_argument(context, callers, old, new)
    if "content" in old.spot[1] or "content" in new.spot[1]:
        compare_content(context, old.spot, new.spot, place)
    else:
        context.schemas(old.spot, new.spot, "schema", place)


def _compare_writing(
    context: Context, callers: Callers, old: Parameter, new: Parameter
) -> None:
    place = callers.writes(new.name)
    before, after = old.style(), new.style()
    for key in before:
        if before[key] != after[key]:
            if key == "explode" and before["style"] != after["style"]:
                continue  # it follows from the style
            detail = f"{key} {after[key]} instead of {before[key]}"
            context.tell(
                "serialization-changed",
                place,
                below(new.spot[0], key),
                before[key],
                after[key],
                detail,
            )
    key = "allowEmptyValue"
    empty = bool(old.spot[1].get(key)), bool(new.spot[1].get(key))
    if empty[0] != empty[1]:
        kind = "bound-loosened" if empty[1] else "bound-tightened"
        where = below(new.spot[0], key)
        context.tell(kind, place, where, *empty, "empty")


def _compare_argument(
    context: Context, callers: Callers, old: Parameter, new: Parameter
) -> None:
    """Compare how the client names the parameter, and what it sends unasked."""
    key = "x-contract-argument"
    before, after = mapping(old.spot[1].get(key)), mapping(new.spot[1].get(key))
    place = callers.writes(new.name)
    if before.get("name") != after.get("name") and old.name == new.name:
        was, now = before.get("name", old.name), after.get("name", new.name)
        where = below(new.spot[0], key, "name")
        context.tell(
            "client-name-changed", place, where, was, now, f"the argument {was}"
        )
    values = before.get("default"), after.get("default")
    if not same(*values):
        kind = "default-changed"
        if None in values:
            kind = "default-removed" if values[1] is None else "default-added"
        told = shown(values[0] if values[1] is None else values[1])
        where = below(new.spot[0], key, "default")
        context.tell(kind, place, where, *values, told)
