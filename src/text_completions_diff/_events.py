"""Streams of server-sent events: which events come, how they are framed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from text_completions_document import below, mapping

from ._build import Shapes
from ._change import Place
from ._context import Context, Spot
from ._members import declared, member
from ._shape import Schema, Shape, Site
from ._values import same, shown

UNNAMED = "an event without a name"
OTHERS = "an event of any other name"


@dataclass(frozen=True, slots=True)
class Event:
    """One event that a stream may carry.

    Attributes:
        name: Its name in quotes, or which kind of event without a fixed name it is.
        end: The data that marks the end of the stream, or None.
        schema: The schema of the item.
        shape: The shape of it.
    """

    name: str
    end: str | None
    schema: Schema
    shape: Shape


def compare_stream(context: Context, old: Spot, new: Spot, place: Place) -> None:
    """Compare two descriptions of `text/event-stream`."""
    _compare_framing(context, old, new, place)
    items = _items(old), _items(new)
    if items[0] is None or items[1] is None:
        context.schemas(old, new, "schema", place)
        return
    shapes = context.graph.old_shapes, context.graph.new_shapes
    before = list(_events(shapes[0], (items[0],)))
    after = list(_events(shapes[1], (items[1],)))
    if before and after:
        _item_notes(context, items[0], items[1], place)
        _compare_events(context, before, after, place)
    else:
        context.graph.add((items[0],), (items[1],), place)


def _items(spot: Spot) -> Site | None:
    """The schema of one event: `itemSchema`, its extension, or `schema` for both."""
    for key in ("itemSchema", "x-oai-itemSchema", "schema"):
        if key in spot[1]:
            return Site(below(spot[0], key), spot[1][key])
    return None


def _item_notes(context: Context, old: Site, new: Site, place: Place) -> None:
    spots = [
        (document.follow(site.pointer, site.value))
        for document, site in ((context.old, old), (context.new, new))
    ]
    first, second = ((pointer, mapping(value)) for pointer, value in spots)
    read = {"oneOf", "anyOf", "type", "properties", "required", "discriminator"}
    context.notes(first, second, place, read)


def _events(shapes: Shapes, schema: Schema) -> Iterator[Event]:
    """The events of a stream, if its items are described as such."""
    shape = shapes.of(schema)
    if shape.groups and shape.bare:
        for group in shape.groups:
            for branch in group.branches:
                yield from _events(shapes, branch)
        return
    names = declared(shape)
    if "data" not in names:
        return
    event = shapes.of(member(shape, "event")) if "event" in names else None
    end = _constant(shapes.of(member(shape, "data")))
    if event is None or event.never:
        yield Event(UNNAMED, end, schema, shape)
    elif values := event.enums.get("string"):
        for value in values.values():
            yield Event(shown(value), end, schema, shape)
    else:
        yield Event(OTHERS, end, schema, shape)


def _constant(shape: Shape) -> str | None:
    values = list(shape.enums.get("string", {}).values())
    return str(values[0]) if len(values) == 1 else None


def _compare_events(
    context: Context, old: list[Event], new: list[Event], place: Place
) -> None:
    ends = [next((one for one in found if one.end), None) for found in (old, new)]
    if (ends[0] and ends[0].end) != (ends[1] and ends[1].end):
        _compare_ends(context, ends[0], ends[1], place)
    before = {one.name: one for one in old if not one.end}
    after = {one.name: one for one in new if not one.end}
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    if len(gone) == len(come) == 1 and _alike(before[gone[0]], after[come[0]]):
        detail = f"{come[0]} is the name of what was {gone[0]}"
        where = after[come[0]].schema[0].pointer
        context.tell("event-renamed", place, where, gone[0], come[0], detail)
        _compare_payload(context, before[gone[0]], after[come[0]], place)
        gone, come = [], []
    for name in gone:
        where = before[name].schema[0].pointer
        context.tell("event-removed", place, where, name, None, _told(name))
    for name in come:
        where = after[name].schema[0].pointer
        context.tell("event-added", place, where, None, name, _told(name))
    for name, event in after.items():
        if name in before:
            _compare_payload(context, before[name], event, place)


def _told(name: str) -> str:
    return f"the event {name}" if name.startswith('"') else name


def _alike(old: Event, new: Event) -> bool:
    values = [declared(one.shape).get("data") for one in (old, new)]
    return bool(values[0] and values[1] and same(values[0].value, values[1].value))


def _compare_ends(
    context: Context, old: Event | None, new: Event | None, place: Place
) -> None:
    values = old and old.end, new and new.end
    where = (new or old).schema[0].pointer if new or old else "#"  # type: ignore[union-attr]
    detail = f"{shown(values[1])} instead of {shown(values[0])}"
    context.tell("end-marker-changed", place, where, *values, detail)


def _compare_payload(context: Context, old: Event, new: Event, place: Place) -> None:
    """Compare what an event carries; its name and marker were compared before."""
    names = declared(old.shape), declared(new.shape)
    for name in names[1]:
        if name in names[0] and name != "event":
            first, second = member(old.shape, name), member(new.shape, name)
            shapes = (
                context.graph.old_shapes.of(first),
                context.graph.new_shapes.of(second),
            )
            if name == "data" and shapes[0].content and shapes[1].content:
                first, second = shapes[0].content, shapes[1].content
            elif name == "data" and old.name == OTHERS:
                continue
            context.graph.add(first, second, place)
    spots = [
        (one.schema[0].pointer, mapping(one.schema[0].value)) for one in (old, new)
    ]
    read = {"type", "properties", "required", "additionalProperties", "oneOf", "anyOf"}
    context.notes(spots[0], spots[1], place, read)


def _compare_framing(context: Context, old: Spot, new: Spot, place: Place) -> None:
    key = "x-contract-stream"
    before, after = mapping(old[1].get(key)), mapping(new[1].get(key))
    versions = mapping(before.get("versions")), mapping(after.get("versions"))
    for name in dict.fromkeys((*before, *after)):
        values = before.get(name), after.get(name)
        where = below(new[0], key, name)
        if name == "versions":
            _compare_versions(context, versions, where, place)
        elif not same(_settled(name, values[0]), _settled(name, values[1])):
            kind = "client-name-changed" if name == "events" else "framing-changed"
            told = f"{name} is {shown(values[1])}, not {shown(values[0])}"
            told = f"the name {values[0]}" if name == "events" else told
            context.tell(kind, place, where, *values, told)


def _settled(name: str, value: Any) -> Any:
    return sorted(map(str, value)) if name == "ignore" and value else value


def _compare_versions(
    context: Context, versions: tuple[Any, Any], where: str, place: Place
) -> None:
    old, new = versions
    for name in dict.fromkeys((*old, *new)):
        values = old.get(name), new.get(name)
        if same(*values):
            continue
        kind = "framing-changed" if name in old else "stream-version-added"
        told = f"version {name} is written as {shown(values[1])}"
        told = told if name in old else name
        context.tell(kind, place, below(where, name), *values, told)
    if old and new and next(iter(old)) != next(iter(new)) and old.keys() == new.keys():
        told = f"unknown versions are read as {next(iter(new))}"
        context.tell("framing-changed", place, where, list(old), list(new), told)
