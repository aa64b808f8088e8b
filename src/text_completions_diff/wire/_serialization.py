"""Compare how parameters and headers are written, by what is sent in the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from text_completions_document import is_object

from .._located import Located, shown
from ..schemas._normal import Shapes
from ..schemas._shape import Shape
from ._bodies import compare_content
from ._pair import Pair

_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_EXPLODED = ("form", "cookie")  # by default
_COMPOUND = {"array", "object"}
_REPEATED = ("form", "spaceDelimited", "pipeDelimited")  # `?q=a&q=b` when exploded


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
        return self.style, self.explode


def compare_serialization(pair: Pair, where: str) -> None:
    """Compare how a parameter or header is written, and its schema.

    Args:
        pair: The parameter or header.
        where: Where it is sent, as the member `in` says.
    """
    old, new = (_media(part) for part in (pair.old, pair.new))
    if (old is None) != (new is None):
        if _is_text(pair, old or new):
            schemas = _schema(pair.old), _schema(pair.new)
            pair.comparison.graph.add((schemas[0],), (schemas[1],), pair.usage)
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
    if not (media or "").lower().startswith("text/plain"):
        return False
    shapes = [
        one.of((_schema(part),))
        for one, part in zip(_shapes(pair), (pair.old, pair.new), strict=True)
    ]
    return all(not one.types & _COMPOUND for one in shapes)


def _shapes(pair: Pair) -> tuple[Shapes, Shapes]:
    return pair.comparison.graph.shapes


def _schema(part: Located) -> Located:
    """Return the schema of a parameter, or that of its first media type."""
    media = next(iter(part.members("content").values()), part)
    if "schema" in media.node:
        return media.member("schema")
    return Located(media.member("schema").pointer, True)


def _compare_forms(pair: Pair, where: str) -> None:
    old, new = (
        _form(part, shapes.of((_schema(part),)), where)
        for part, shapes in zip((pair.old, pair.new), _shapes(pair), strict=True)
    )
    if _is_list_of_one(old, new):
        before, after = sorted(old.shape.types), sorted(new.shape.types)
        pair.report("type-widened", "schema", values=(before, after), detail="repeated")
        items = new.shape.item(None, new.shape.pointer)
        pair.comparison.graph.add((_schema(pair.old),), items, pair.usage)
        return
    kinds = old.shape.types & new.shape.types
    _compare_allowances(pair, kinds)
    changed = sorted(kind for kind in kinds if old.written(kind) != new.written(kind))
    if changed:
        key = "style" if old.style != new.style else "explode"
        before, after = (getattr(one, key) for one in (old, new))
        pair.report(
            "serialization-changed",
            key,
            values=(before, after),
            detail=f"{key} {after} instead of {before}",
        )
    pair.schemas()


def _compare_allowances(pair: Pair, types: frozenset[str]) -> None:
    """Compare what else may be written: nothing at all, or reserved characters."""
    for key, detail in (
        ("allowEmptyValue", "empty"),
        ("allowReserved", "written with reserved characters"),
    ):
        before, after = (bool(value) for value in pair.values(key))
        if key == "allowReserved" and not types & {"string", *_COMPOUND}:
            continue
        if before != after:
            kind = "bound-loosened" if after else "bound-tightened"
            pair.report(kind, key, values=(before, after), detail=detail)


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
