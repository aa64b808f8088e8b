"""Compare streams of server-sent events: which events come, and their framing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from text_completions_document import Document, Node, mapping

from .._located import MISSING, Located, same, same_unordered, shown
from ..schemas._normal import Shapes
from ..schemas._shape import Schema, Shape
from ._pair import Pair

_UNNAMED = "an event without a name"
_OTHERS = "an event of any other name"
FRAMING = "x-contract-stream"
ITEM_SCHEMAS = ("itemSchema", "x-oai-itemSchema")  # 3.2, and its extension before


@dataclass(frozen=True, slots=True)
class _Event:
    name: str  # in quotes, or which kind of event without a fixed name it is
    end: str | None  # the data that marks the end of the stream
    schema: Schema
    shape: Shape

    @property
    def part(self) -> Located:
        return self.schema[0]

    @property
    def phrase(self) -> str:
        return f"the event {self.name}" if self.name.startswith('"') else self.name


def compare_stream(pair: Pair) -> None:
    """Compare two descriptions of `text/event-stream`."""
    _compare_framing(pair)
    old, old_list = _described(pair.comparison.old, pair.old)
    new, new_list = _described(pair.comparison.new, pair.new)
    if old_list.value is not True or new_list.value is not True:
        pair.compare_schemas((old_list,), (new_list,))
    shapes = pair.comparison.graph.shapes
    before, after = list(_events(shapes[0], (old,))), list(_events(shapes[1], (new,)))
    if not (before and after):
        pair.compare_schemas((old,), (new,))
        return
    items = pair.followed(old, new)
    items.notes("oneOf", "anyOf", "type", "properties", "required", "discriminator")
    _compare_events(pair, before, after)


def item_schema(media: Located) -> Located | None:
    """Return the schema of one item of a media type, if it has one."""
    return next((media.member(key) for key in ITEM_SCHEMAS if key in media.node), None)


def _described(document: Document, media: Located) -> tuple[Located, Located]:
    """Return the schema of one event, and that of the list of all events.

    In 3.2 `schema` describes the list. In 3.1 nothing does, and `schema` describes
    one event for the readers that do not know the extension. True allows everything.
    """
    schema = media.member("schema")
    everything = Located(schema.pointer, True)
    item = item_schema(media)
    if schema.value is None:
        return item or everything, everything
    if not document.is_3_2:
        return item or schema, everything
    events = schema.followed(document)
    if item is None and events.get("type") == "array":
        item = events.member("items") if "items" in events.node else None
        if events.node.keys() <= {"type", "items"}:
            schema = everything
    return item or everything, schema


def _events(shapes: Shapes, schema: Schema) -> Iterator[_Event]:
    """Yield the events of a stream, if its items are described as events."""
    shape = shapes.of(schema)
    if shape.free:
        for group in shape.groups:
            for branch in group.branches:
                yield from _events(shapes, branch)
        return
    names = shape.declared
    if "data" not in names:
        return
    data = list(shapes.of(shape.member("data")).enums.get("string", {}).values())
    end = str(data[0]) if len(data) == 1 else None
    event = shapes.of(shape.member("event"))
    if "event" not in names or event.never:
        yield _Event(_UNNAMED, end, schema, shape)
    elif values := event.enums.get("string"):
        for value in values.values():
            yield _Event(shown(value), end, schema, shape)
    else:
        yield _Event(_OTHERS, end, schema, shape)


def _compare_events(pair: Pair, old: list[_Event], new: list[_Event]) -> None:
    _compare_ends(pair, old, new)
    before = {one.name: one for one in old if not one.end}
    after = {one.name: one for one in new if not one.end}
    gone = [one for name, one in before.items() if name not in after]
    come = [one for name, one in after.items() if name not in before]
    if len(gone) == len(come) == 1 and _have_same_data(gone[0], come[0]):
        was, now = gone.pop(), come.pop()
        renamed = pair.at(was.part, now.part)
        detail = f"{now.name} is the new name of {was.name}"
        renamed.report("event-renamed", values=(was.name, now.name), detail=detail)
        _compare_payload(renamed, was, now)
    for one in gone:
        removed = pair.at(one.part, MISSING)
        removed.report("event-removed", values=(one.name, None), detail=one.phrase)
    for one in come:
        added = pair.at(MISSING, one.part)
        added.report("event-added", values=(None, one.name), detail=one.phrase)
    for name, one in after.items():
        if name in before:
            _compare_payload(pair.at(before[name].part, one.part), before[name], one)


def _compare_ends(pair: Pair, old: list[_Event], new: list[_Event]) -> None:
    before = next((one for one in old if one.end), None)
    after = next((one for one in new if one.end), None)
    marks = before and before.end, after and after.end
    event = after or before
    if event is not None and marks[0] != marks[1]:
        there = pair.at(event.part, event.part)
        detail = f"{shown(marks[1])} instead of {shown(marks[0])}"
        there.report("end-marker-changed", values=marks, detail=detail)


def _have_same_data(*events: _Event) -> bool:
    return same(*(one.shape.declared["data"].value for one in events))


def _compare_payload(pair: Pair, old: _Event, new: _Event) -> None:
    """Compare what an event contains; its name and marker were compared before."""
    for name in new.shape.declared:
        if name not in old.shape.declared or name == "event":
            continue
        before, after = old.shape.member(name), new.shape.member(name)
        if name == "data":
            shapes = pair.shapes(before, after)
            content = [shape.rule("contentSchema") for shape in shapes]
            if all(content):
                before, after = content
            elif old.name == _OTHERS:
                continue
        pair.compare_schemas(before, after)
    pair.notes(
        "type", "properties", "required", "additionalProperties", "oneOf", "anyOf"
    )


def _compare_framing(pair: Pair) -> None:
    before, after = (mapping(value) for value in pair.values(FRAMING))
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if name == "versions":
            _compare_versions(pair, mapping(old), mapping(new))
        elif name == "events" and not same(old, new):
            detail = f"the name {old}"
            pair.report("client-name-changed", FRAMING, name, detail=detail)
        elif not (same_unordered if name == "ignore" else same)(old, new):
            detail = f"{name} is {shown(new)}, not {shown(old)}"
            pair.report("framing-changed", FRAMING, name, detail=detail)


def _compare_versions(pair: Pair, old: Node, new: Node) -> None:
    where = (FRAMING, "versions")
    for name in dict.fromkeys((*old, *new)):
        if name not in old:
            pair.report("stream-version-added", *where, name, detail=name)
        elif not same(old[name], new.get(name)):
            detail = f"version {name} is written as {shown(new.get(name))}"
            pair.report("framing-changed", *where, name, detail=detail)
    names = list(old), list(new)
    if old.keys() == new.keys() and names[0][:1] != names[1][:1]:
        detail = f"unknown versions are read as {names[1][0]}"
        pair.report("framing-changed", *where, values=names, detail=detail)
