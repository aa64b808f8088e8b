"""Compare how parameters and headers are written, by what is sent in the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from text_completions_document import is_object

from .._located import Located, shown
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
