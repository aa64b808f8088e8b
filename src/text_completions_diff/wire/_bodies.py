"""Compare bodies, and the media types in which a body or a response is written."""

from __future__ import annotations

import re
from typing import Any

from text_completions_document import Document, Node

from .._kinds import Side
from .._located import MISSING, Located, same
from ..schemas._flat import is_number
from ..schemas._normal import Shapes
from ..schemas._shape import Schema
from ._pair import Pair
from ._streams import FRAMING, ITEM_SCHEMAS, compare_stream, item_schema

_MAX_BYTES = "x-contract-max-bytes"
# Those of OpenAPI 3.2 give encodings by position.
_WITH_STRUCTURE = re.compile(r"json|xml|yaml|form|^text/|^multipart/|\*")
_ENCODINGS = ("encoding", "prefixEncoding", "itemEncoding")


def compare_body(pair: Pair) -> None:
    """Compare the request bodies of an operation; `pair` is that of the bodies."""
    pair = pair.written(Side.REQUEST, "body")
    if pair.old.value is None and pair.new.value is None:
        return
    if pair.old.value is None:
        is_required = bool(pair.new.get("required"))
        pair.report("required-body-added" if is_required else "body-added")
    elif pair.new.value is None:
        pair.report("body-removed")
    else:
        pair.flag("required", "body-required", "body-optional")
        _compare_size(pair)
        pair.notes("required", "content", _MAX_BYTES)
        compare_content(pair)


def compare_content(pair: Pair) -> None:
    """Compare the media types of a body, a response, a parameter or a header."""
    old = _media_types(pair.comparison.old, pair.old)
    new = _media_types(pair.comparison.new, pair.new)
    is_request = pair.usage.side is Side.REQUEST
    for name, media in old.items():
        if name in new:
            continue
        # A request may accept a range instead, a response may promise one of a range.
        others = [
            one
            for one in new
            if (_includes(one, name) if is_request else _includes(name, one))
        ]
        for one in others:
            _compare_media(one, pair.at(media, new[one]))
        if not others:
            removed = pair.at(media, MISSING)
            removed.report("media-type-removed", values=(name, None), detail=name)
    for name, media in new.items():
        if name in old:
            _compare_media(name, pair.at(old[name], media))
        else:
            added = pair.at(MISSING, media)
            added.report("media-type-added", values=(None, name), detail=name)


def _media_types(document: Document, part: Located) -> dict[str, Located]:
    """Return the media types of a body or a response; 3.2 has `$ref`s to them."""
    return {
        _media_type(name): one.followed(document)
        for name, one in part.members("content").items()
    }


def _media_type(name: str) -> str:
    """Return a media type in one spelling; UTF-8 is the usual charset."""
    essence, *parts = [part.strip() for part in name.split(";")]
    parameters: list[str] = []
    for part in filter(None, parts):
        key, _, value = part.partition("=")
        key, value = key.strip().lower(), value.strip().strip('"')
        if key == "charset":
            value = value.lower()
        if (key, value) not in (("charset", "utf-8"), ("charset", "utf8")):
            parameters.append(f"{key}={value}")
    return ";".join((essence.lower(), *sorted(parameters)))


def _compare_size(pair: Pair) -> None:
    before, after = (
        value if is_number(value) else None for value in pair.values(_MAX_BYTES)
    )
    if before == after:
        return
    is_smaller = before is None or (after is not None and after < before)
    size: Any = before if is_smaller else after
    detail = str(size) if before is not None and after is not None else "more"
    kind = "body-shrunk" if is_smaller else "body-grown"
    pair.report(kind, _MAX_BYTES, values=(before, after), detail=detail)


def _includes(name: str, media_type: str) -> bool:
    """Tell whether a name is a range that includes a media type: `application/*`."""
    return name in (media_type.partition("/")[0] + "/*", "*/*")


def _compare_media(name: str, pair: Pair) -> None:
    pair.notes("schema", *_ENCODINGS, *ITEM_SCHEMAS, FRAMING)
    for key in _ENCODINGS:
        before, after = pair.values(key)
        if key == "encoding":
            shapes = pair.comparison.graph.shapes
            before = _encoding(shapes[0], name, pair.old)
            after = _encoding(shapes[1], name, pair.new)
        if not same(before, after):
            detail = "the encoding of its parts"
            pair.report("serialization-changed", key, detail=detail)
    if name.partition(";")[0] == "text/event-stream":
        compare_stream(pair)
        return
    pair.compare_schemas(*((_schema(name, part),) for part in (pair.old, pair.new)))
    old, new = item_schema(pair.old), item_schema(pair.new)
    if old or new:
        everything = Located(pair.new.member(ITEM_SCHEMAS[0]).pointer, True)
        pair.compare_schemas((old or everything,), (new or everything,))


def _schema(name: str, media: Located) -> Located:
    """Return the schema of a media type. Bytes need none, and 3.0 wrote one."""
    schema = media.schema()
    if schema.value in (True, {}) and not _WITH_STRUCTURE.search(name):
        return Located(schema.pointer, {"type": "string", "format": "binary"})
    return schema


def _encoding(shapes: Shapes, name: str, media: Located) -> Node:
    """Return how the parts of a form are written, without what is the default."""
    form = shapes.of((media.schema(),))
    parts: dict[str, Node] = {}
    for key, part in media.members("encoding").items():
        is_form = part.node.get("style", "form") == "form"
        defaults: dict[str, Any] = {
            "style": "form",
            "explode": is_form,
            "allowReserved": False,
        }
        if name.startswith("multipart/"):
            defaults["contentType"] = _content_type(shapes, form.member(key))
        kept = {k: v for k, v in part.node.items() if v != defaults.get(k)}
        if kept:
            parts[key] = kept
    return parts


def _content_type(shapes: Shapes, schema: Schema) -> str | None:
    """Return the media type of a part of a form that names none."""
    part = shapes.of(schema)
    if part.types == frozenset({"array"}):
        part = shapes.of(part.item(None))
    if part.types == frozenset({"object"}):
        return "application/json"
    if part.types & {"array", "object"}:
        return None
    is_bytes = "contentEncoding" in part.bounds or "contentMediaType" in part.bounds
    return "application/octet-stream" if is_bytes else "text/plain"
