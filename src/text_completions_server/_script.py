"""A stream that can come, of what the document says of its events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ._success import STREAM, success_of
from ._synthesis import Sampler
from .app.source import Node, Source, mapping, sequence
from .app.strict_json import NotJson, parse_json


@dataclass(frozen=True, slots=True)
class Shown:
    """One event of a stream: its name, if it has one, and its data."""

    name: str | None
    data: object


@dataclass(frozen=True, slots=True)
class Script:
    """A stream as the document describes it.

    Attributes:
        events: What is sent, in this order.
        switch: The member of the body that asks for it; None where nothing does.
        text: The event and the member of it that is text, if any.
    """

    events: tuple[Shown, ...]
    switch: str | None
    text: tuple[str, tuple[str, ...]] | None


def shown_stream(source: Source, operation: Node, place: str) -> Script | None:
    """The stream of the first success, if it has one.

    Raises:
        NoSampleError: An event cannot be made.
        DocumentError: A reference leads nowhere.
    """
    media = stream_media(source, operation, place)
    if media is None:
        return None
    said = mapping(media.get("x-contract-stream"))
    text, switch = mapping(said.get("text")), said.get("switch")
    pointer = str(text.get("pointer", ""))
    return Script(
        events=tuple(_Plot(source, media, place).events()),
        switch=switch if isinstance(switch, str) else None,
        text=(str(text["event"]), tuple(pointer.split("/")[1:])) if pointer else None,
    )


def stream_media(source: Source, operation: Node, place: str) -> Node | None:
    """What the document says of the stream of an operation."""
    content = mapping(success_of(source, operation, place)[1].get("content"))
    return source.at(content[STREAM], place) if STREAM in content else None


def described_events(
    source: Source, media: Node, place: str
) -> dict[str | None, object]:
    """The schema of the data of each event by its name, in the document's order."""
    item = media.get("x-oai-itemSchema", media.get("schema"))
    found: dict[str | None, object] = {}
    for branch in _branches(source, item, place):
        properties = mapping(branch.get("properties"))
        event = source.at(properties.get("event"), place)
        names = [event["const"]] if "const" in event else sequence(event.get("enum"))
        data = source.at(properties.get("data"), place)
        schema = data.get("contentSchema", properties.get("data", branch))
        if names:
            found.setdefault(str(names[0]), schema)
        elif "event" not in properties:
            found.setdefault(None, schema)
    return found


def _branches(source: Source, item: object, place: str) -> Iterator[Node]:
    node = source.at(item, place)
    inner = [*sequence(node.get("oneOf")), *sequence(node.get("anyOf"))]
    for branch in inner:
        yield from _branches(source, branch, place)
    if not inner:
        yield node


class _Plot:
    """Puts the events of a stream into an order in which they can come."""

    def __init__(self, source: Source, media: Node, place: str) -> None:
        self._source, self._media, self._place = source, media, place
        self._sampler = Sampler(source)
        self._said = mapping(media.get("x-contract-stream"))
        self._schemas = described_events(source, media, place)
        self._last = mapping(self._said.get("last"))

    def events(self) -> list[Shown]:
        """Every event once, or as often as examples show it; the last one last."""
        end = self._last.get("event")
        names = [name for name in self._schemas if name != self._said.get("error")]
        names.sort(key=lambda name: name == end)
        shown = self._shown()
        events = [
            Shown(name, data)
            for name in names
            for data in shown.get(name) or [self._sample(name)]
        ]
        return self._ended(events) if end in names else events

    def _shown(self) -> dict[str | None, list[object]]:
        listed: dict[str | None, list[object]] = {}
        for _, example in self._source.items(self._media.get("examples"), self._place):
            value = mapping(example.get("value"))
            try:
                data = parse_json(str(value["data"]).encode())
            except (KeyError, NotJson):
                continue
            name = value.get("event")
            listed.setdefault(name if isinstance(name, str) else None, []).append(data)
        return listed

    def _sample(self, name: str | None) -> object:
        return self._sampler.sample(self._schemas[name], self._place)

    def _ended(self, events: list[Shown]) -> list[Shown]:
        """Only the last event says the end, where a member of it does."""
        path = str(self._last.get("pointer", "")).split("/")[1:]
        if not path:
            return events
        final = events.pop()
        value = _at(final.data, path)
        if value is None:
            value = self._not_null(self._schemas[final.name], path)
        closing = Shown(final.name, _with(final.data, path, value))
        if all(one.name != final.name for one in events):
            events.append(final)
        opened = [
            Shown(one.name, _with(one.data, path, None))
            if one.name == final.name
            else one
            for one in events
        ]
        return [*filter(self._keeps, opened), closing]

    def _keeps(self, event: Shown) -> bool:
        """An end that cannot be null is said by the last event alone."""
        return self._sampler.keeps(self._schemas[event.name], event.data)

    def _not_null(self, schema: object, path: list[str]) -> object:
        for step in path:
            schema = _member(self._source, schema, step, self._place)
        some = {"allOf": [schema, {"not": {"type": "null"}}]}
        return self._sampler.sample(some, self._place)


def _member(source: Source, schema: object, name: str, place: str) -> object:
    node = source.at(schema, place)
    members = mapping(node.get("properties"))
    if name in members:
        return members[name]
    for branch in (
        b for key in ("allOf", "anyOf", "oneOf") for b in sequence(node.get(key))
    ):
        found = _member(source, branch, name, place)
        if found is not None:
            return found
    return None


def _at(value: object, path: list[str]) -> object:
    for step in path:
        value = mapping(value).get(step)
    return value


def _with(value: object, path: list[str], member: object) -> object:
    if not path:
        return member
    node = mapping(value)
    return {**node, path[0]: _with(node.get(path[0]), path[1:], member)}
