"""What an edited document describes beyond what a handler knows to write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ._script import described_events, stream_media
from ._success import JSON, success_of
from ._synthesis import NoSampleError, Sampler
from .api.events import raw_event
from .app.contract import Document
from .app.operations import Operation
from .app.source import Source, mapping
from .app.strict_json import dump_json

Members = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Additions:
    """Made-up values for members and events that a handler knows nothing of.

    Attributes:
        answer: Members of the answer in one piece.
        members: Members of each event by its name.
        described: The names of all members of each event, by its name.
        events: Whole events, with their data.
    """

    answer: Members = field(default_factory=dict[str, object])
    members: Mapping[str, Members] = field(default_factory=dict[str, Members])
    described: Mapping[str, frozenset[str]] = field(
        default_factory=dict[str, frozenset[str]]
    )
    events: Mapping[str, object] = field(default_factory=dict[str, object])

    def of_event(self, name: str) -> Members:
        """The members that are added to an event."""
        return self.members.get(name, {})

    def written(self, line_end: bytes) -> list[bytes]:
        """The added events as they are sent."""
        return [
            raw_event(name, dump_json(data), line_end)
            for name, data in self.events.items()
        ]


def additions(
    document: Document,
    operation: Operation,
    answer: frozenset[str],
    events: Mapping[str, frozenset[str]],
) -> Additions:
    """Find what the document describes and a handler does not write.

    Args:
        document: The document.
        operation: The operation that is handled.
        answer: The members that the handler's answers have.
        events: The members that its events have, by their names.

    Raises:
        DocumentError: A reference leads nowhere.
    """
    source, place = document.source, operation.pointer
    node = mapping(mapping(source.root.get("paths")).get(operation.path))
    node = source.at(node.get(operation.method.lower()), place)
    content = mapping(success_of(source, node, place)[1].get("content"))
    media = stream_media(source, node, place)
    described = described_events(source, media, place) if media else {}
    schema = mapping(content.get(JSON)).get("schema")
    return Additions(
        answer=_members(source, schema, answer, place),
        members={
            name: _members(source, described[name], known, place)
            for name, known in events.items()
            if name in described
        },
        described={
            name: frozenset(_described(source, described[name], place))
            for name in events
            if name in described
        },
        events={
            name: data
            for name, schema in described.items()
            if name is not None and name not in events
            for data in _samples(source, schema, place)
        },
    )


def _members(
    source: Source, schema: object, known: frozenset[str], place: str
) -> dict[str, object]:
    return {
        name: value
        for name, member in _described(source, schema, place).items()
        if name not in known
        for value in _samples(source, member, place)
    }


def _described(source: Source, schema: object, place: str) -> Members:
    return mapping(source.at(schema, place).get("properties"))


def _samples(source: Source, schema: object, place: str) -> list[object]:
    """A value for the schema, or none where none can be made."""
    try:
        return [Sampler(source).sample(schema, place)]
    except NoSampleError:
        return []
