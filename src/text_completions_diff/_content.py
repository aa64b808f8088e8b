"""Bodies, headers and answers, and the media types that they come in."""

from __future__ import annotations

from text_completions_document import below, mapping

from ._change import Place
from ._context import Callers, Context, Spot, named
from ._events import compare_stream
from ._values import same

_SSE = "text/event-stream"
_READ_OF_MEDIA = frozenset(
    ["schema", "encoding", "itemSchema", "x-oai-itemSchema", "x-contract-stream"]
)
_READ_OF_BODY = frozenset(["required", "content", "x-contract-max-bytes"])
_READ_OF_RESPONSE = frozenset(["headers", "content", "links"])
_READ_OF_HEADER = frozenset(
    ["required", "deprecated", "style", "explode", "schema", "content", "name", "in"]
)


def compare_body(
    context: Context, callers: Callers, old: Spot | None, new: Spot | None
) -> None:
    """Compare the request bodies of an operation."""
    place = callers.writes("body")
    if old is None and new is not None:
        kind = "required-body-added" if new[1].get("required") else "body-added"
        context.tell(kind, place, new[0], None, dict(new[1]))
    elif old is not None and new is None:
        context.tell("body-removed", place, old[0], dict(old[1]), None)
    if old is None or new is None:
        return
    needed = bool(old[1].get("required")), bool(new[1].get("required"))
    if needed[0] != needed[1]:
        kind = "body-required" if needed[1] else "body-optional"
        context.tell(kind, place, below(new[0], "required"), *needed)
    _compare_size(context, old, new, place)
    context.notes(old, new, place, _READ_OF_BODY)
    compare_content(context, old, new, place)


def _compare_size(context: Context, old: Spot, new: Spot, place: Place) -> None:
    key = "x-contract-max-bytes"
    before, after = old[1].get(key), new[1].get(key)
    if before == after:
        return
    shrunk = before is None or (after is not None and after < before)
    pointer = below((new if after is not None else old)[0], key)
    told = str(before if shrunk else after) if None not in (before, after) else "more"
    context.tell(
        "body-shrunk" if shrunk else "body-grown", place, pointer, before, after, told
    )


def compare_content(context: Context, old: Spot, new: Spot, place: Place) -> None:
    """Compare what a body or an answer may be written in."""
    before, after = _media(old), _media(new)
    for name, spot in before.items():
        if name not in after:
            wider = _covering(name, after)
            if wider is None:
                context.tell("media-type-removed", place, spot[0], name, None, name)
            else:
                _compare_media(context, name, spot, after[wider], place)
    for name, spot in after.items():
        if name in before:
            _compare_media(context, name, before[name], spot, place)
        else:
            context.tell("media-type-added", place, spot[0], None, name, name)


def _media(spot: Spot) -> dict[str, Spot]:
    return {
        ";".join(part.strip() for part in name.lower().split(";")): (
            below(spot[0], "content", name),
            mapping(media),
        )
        for name, media in mapping(spot[1].get("content")).items()
    }


def _covering(name: str, others: dict[str, Spot]) -> str | None:
    """The range that a media type is within, such as `application/*`."""
    ranges = (name.partition("/")[0] + "/*", "*/*")
    return next((one for one in ranges if one in others), None)


def _compare_media(
    context: Context, name: str, old: Spot, new: Spot, place: Place
) -> None:
    context.notes(old, new, place, _READ_OF_MEDIA)
    encodings = old[1].get("encoding", {}), new[1].get("encoding", {})
    if not same(*encodings):
        where = below(new[0], "encoding")
        told = "the encoding of its parts"
        context.tell("serialization-changed", place, where, *encodings, told)
    if name.partition(";")[0] == _SSE:
        compare_stream(context, old, new, place)
        return
    context.schemas(old, new, "schema", place)
    for key in ("itemSchema", "x-oai-itemSchema"):
        if key in old[1] or key in new[1]:
            context.schemas(old, new, key, place)


def compare_responses(context: Context, callers: Callers, old: Spot, new: Spot) -> None:
    """Compare the answers of an operation by status."""
    before = named(context.old, old, "responses")
    after = named(context.new, new, "responses")
    for status, spot in before.items():
        if status.upper() not in map(str.upper, after):
            wider = _range(status, after)
            if wider is None:
                place = callers.reads(status)
                where = below(old[0], "responses", status)
                context.tell("status-removed", place, where, dict(spot[1]), None)
            else:
                _compare_response(context, callers, status, spot, after[wider])
    for status, spot in after.items():
        former = next((one for one in before if one.upper() == status.upper()), None)
        if former is not None:
            _compare_response(context, callers, status, before[former], spot)
            _exception(context, callers, status, (old, former), (new, status))
            continue
        where = below(new[0], "responses", status)
        error = status == "default" or status[:1] in ("4", "5")
        kind = "error-status-added" if error else "success-status-added"
        wider = _range(status, before)
        if wider is not None:
            kind = "error-status-added"
            _compare_response(context, callers, status, before[wider], spot)
        elif _covers(status, before):
            kind = "error-status-added"  # it was promised one by one already
        context.tell(kind, callers.reads(status), where, None, dict(spot[1]))


def _range(status: str, others: dict[str, Spot]) -> str | None:
    """The answer that stands for a status which has none of its own."""
    ranges = {one.upper(): one for one in others}
    for one in (f"{status[:1]}XX", "DEFAULT"):
        if one in ranges and one != status.upper():
            return ranges[one]
    return None


def _covers(status: str, others: dict[str, Spot]) -> bool:
    return status.upper().endswith("XX") and any(o[:1] == status[:1] for o in others)


def _exception(
    context: Context,
    callers: Callers,
    status: str,
    old: tuple[Spot, str],
    new: tuple[Spot, str],
) -> None:
    """A response's name is that of the client's exception."""
    names: list[str] = []
    for spot, key in (old, new):
        reference = mapping(mapping(spot[1].get("responses")).get(key)).get("$ref")
        if isinstance(reference, str) and status[:1] in ("4", "5"):
            names.append(reference.rpartition("/")[2])
    if context.has_client and len(names) == 2 and names[0] != names[1]:
        where = below(new[0][0], "responses", status, "$ref")
        told = f"the exception {names[0]}"
        place = callers.reads(status)
        context.tell("client-name-changed", place, where, names[0], names[1], told)


def _compare_response(
    context: Context, callers: Callers, status: str, old: Spot, new: Spot
) -> None:
    place = callers.reads(status)
    context.notes(old, new, place, _READ_OF_RESPONSE)
    _compare_headers(context, old, new, place)
    compare_content(context, old, new, place)
    links = mapping(old[1].get("links")), mapping(new[1].get("links"))
    for name in dict.fromkeys((*links[0], *links[1])):
        before, after = links[0].get(name), links[1].get(name)
        if not same(before, after):
            spot = new if name in links[1] else old
            kind = "link-added" if before is None else "link-changed"
            context.tell(kind, place, below(spot[0], "links", name), before, after)


def _headers(spots: dict[str, Spot]) -> dict[str, Spot]:
    return {
        name.lower(): spot
        for name, spot in spots.items()
        if name.lower() != "content-type"
    }


def _compare_headers(context: Context, old: Spot, new: Spot, place: Place) -> None:
    before = _headers(named(context.old, old, "headers"))
    after = _headers(named(context.new, new, "headers"))
    spelled = {name.lower(): name for name in mapping(new[1].get("headers"))}
    spelled |= {name.lower(): name for name in mapping(old[1].get("headers"))}
    for name, spot in before.items():
        if name not in after:
            where = below(old[0], "headers", spelled[name])
            context.tell("header-removed", place, where, dict(spot[1]), None)
    for name, spot in after.items():
        if name in before:
            _compare_header(context, before[name], spot, place)
        else:
            where = below(new[0], "headers", spelled[name])
            context.tell("header-added", place, where, None, dict(spot[1]))


def _compare_header(context: Context, old: Spot, new: Spot, place: Place) -> None:
    needed = bool(old[1].get("required")), bool(new[1].get("required"))
    if needed[0] != needed[1]:
        kind = "header-required" if needed[1] else "header-optional"
        context.tell(kind, place, below(new[0], "required"), *needed)
    explode = bool(old[1].get("explode")), bool(new[1].get("explode"))
    if explode[0] != explode[1]:
        where, told = below(new[0], "explode"), f"explode {explode[1]}"
        context.tell("serialization-changed", place, where, *explode, told)
    context.deprecation(old, new, place)
    context.notes(old, new, place, _READ_OF_HEADER)
    if "content" in old[1] or "content" in new[1]:
        compare_content(context, old, new, place)
    else:
        context.schemas(old, new, "schema", place)
