"""What an edited document changes in the responses that an encoder writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from text_completions_document import below, mapping

from ..document.contract import STREAM, Document, Operation
from ..document.parameters import JSON
from ..document.samples import sample_value
from ..document.strict_json import dump_json
from ..http.events import raw_event


@dataclass(frozen=True, slots=True)
class MemberEdits:
    """How the members of a response, or of an event, differ from those written.

    Attributes:
        removed: Members that the document does not describe.
        added: Members that only the document has, with sample values.
    """

    removed: frozenset[str] = frozenset()
    added: Mapping[str, object] = field(default_factory=dict[str, object])

    def apply(self, members: dict[str, object]) -> dict[str, object]:
        """Return the members as the document describes them."""
        members |= self.added
        for name in self.removed:
            members.pop(name, None)
        return members


_NONE = MemberEdits()


class Edits:
    """The edits of one operation.

    Args:
        document: The document.
        operation: One of its operations.
        body: The members that the encoder writes in a response in one piece.
        events: The members that it writes in each event, by the event's name.

    Attributes:
        body: The edits of a response in one piece.

    Raises:
        DocumentError: A sample of a new member or event cannot be made.
    """

    def __init__(
        self,
        document: Document,
        operation: Operation,
        body: frozenset[str],
        events: Mapping[str, frozenset[str]],
    ) -> None:
        self._document = document
        content = mapping(operation.response.node.get("content"))
        pointer = below(operation.response.pointer, "content")
        at_schema = below(pointer, JSON, "schema")
        schema = mapping(content.get(JSON)).get("schema")
        self.body = self._of_members(at_schema, schema, body)
        stream = mapping(content.get(STREAM))
        described = document.events(below(pointer, STREAM), stream)
        self._events = {
            name: self._of_members(*described[name], known)
            for name, known in events.items()
            if name in described
        }
        self._added_events = {
            name: sample_value(self._document, *place)
            for name, place in described.items()
            if name is not None and name not in events
        }

    def _of_members(
        self, pointer: str, schema: object, known: frozenset[str]
    ) -> MemberEdits:
        members = self._document.members(pointer, schema)
        return MemberEdits(
            known - members.keys() if members else frozenset(),
            {
                name: sample_value(self._document, *place)
                for name, place in members.items()
                if name not in known
            },
        )

    def of_event(self, name: str) -> MemberEdits:
        """Return the edits of an event."""
        return self._events.get(name, _NONE)

    def written_events(self, line_end: bytes) -> list[bytes]:
        """Write the events that only the document has."""
        return [
            raw_event(name, dump_json(data), line_end)
            for name, data in self._added_events.items()
        ]
