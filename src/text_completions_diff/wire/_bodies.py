"""Compare bodies, and the media types in which a body or a response is written."""

from __future__ import annotations

import re
from typing import Any

from text_completions_document import Document, mapping

from .._kinds import Side
from .._located import MISSING, Located, same
from ..schemas._flat import is_number
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
    for name, media in old.items():
        if name not in new:
            wider = _range_of(name, new)
            if wider is None:
                removed = pair.at(media, MISSING)
                removed.report("media-type-removed", values=(name, None), detail=name)
            else:
                _compare_media(name, pair.at(media, new[wider]))
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


def _range_of(name: str, others: dict[str, Located]) -> str | None:
    """Return the range that includes a media type, such as `application/*`."""
    ranges = (name.partition("/")[0] + "/*", "*/*")
    return next((one for one in ranges if one in others), None)


def _compare_media(name: str, pair: Pair) -> None:
    pair.notes("schema", *_ENCODINGS, *ITEM_SCHEMAS, FRAMING)
    for key in _ENCODINGS:
        before, after = pair.values(key)
        if key == "encoding":
            before, after = _without_defaults(before), _without_defaults(after)
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


def _without_defaults(encoding: Any) -> dict[str, dict[str, Any]]:
    """Leave out what an encoding says by default: form, exploded, not reserved."""
    parts: dict[str, dict[str, Any]] = {}
    for name, part in mapping(encoding).items():
        node = mapping(part)
        is_form = node.get("style", "form") == "form"
        defaults = {"style": "form", "explode": is_form, "allowReserved": False}
        kept = {k: v for k, v in node.items() if k not in defaults or v != defaults[k]}
        if kept:
            parts[name] = kept
    return parts
