"""How an answer of `/v1/complete` is written, in either version."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from ..app.errors import ApiError
from ..app.operations import StreamForm
from ..app.strict_json import dump_json
from ..backends.base import Finish
from .events import CRLF, event, opening, padded, padded_end, ping, raw_event

_FIRST_VERSION = "2023-01-01"
_EVENTS_BEFORE_PING = 2
_BLANK_LINE = CRLF + CRLF
_MARK = "\0"
_OF_FIRST_VERSION = {"truncated": False, "exception": None}

COMPLETION = frozenset(
    {"type", "id", "completion", "stop_reason", "model", "stop", "log_id"}
) | frozenset(_OF_FIRST_VERSION)
"""The members that are written here."""

COMPLETION_EVENTS = {
    "completion": COMPLETION,
    "ping": frozenset[str](),
    "error": frozenset[str](),
}
"""The events, and their members where an edited document may add some."""


@dataclass(frozen=True, slots=True)
class CompletionHead:
    """What all pieces of one completion have in common.

    Attributes:
        id: Its name.
        model: The model that answers.
        version: The version of the wire format.
        built_in: The stop sequence that stands for the end of the model's turn.
        members: The members that the document describes; empty for all.
        more: Members that the document describes beside those known here.
    """

    id: str
    model: str
    version: str
    built_in: str | None
    members: frozenset[str] = frozenset()
    more: Mapping[str, object] = field(default_factory=dict[str, object])

    def body(self, text: str, finish: Finish | None) -> dict[str, object]:
        """The members in the order of the service; no finish leaves both null."""
        reason, stop = self._end(finish) if finish else (None, None)
        members: dict[str, object] = {
            "type": "completion",
            "id": self.id,
            "completion": text,
            "stop_reason": reason,
            "model": self.model,
            "stop": stop,
            "log_id": self.id,
        }
        if self.version == _FIRST_VERSION:
            members |= _OF_FIRST_VERSION
        if self.members.issuperset(members) or not self.members:
            return {**members, **self.more} if self.more else members
        members |= self.more
        return {name: members[name] for name in members if name in self.members}

    def _end(self, finish: Finish) -> tuple[str, str | None]:
        if finish.reason == "end_turn":
            return "stop_sequence", self.built_in
        return finish.reason, finish.stop


class CompletionStream:
    """Writes a completion as events, in the form that the version has.

    Args:
        head: What all events share.
        form: Whether events are named, whether texts add up, and how it ends.
        describe: The body of an error.
        others: Events that the document describes beside those known here.
    """

    def __init__(
        self,
        head: CompletionHead,
        form: StreamForm,
        describe: Callable[[ApiError], Mapping[str, object]],
        others: Sequence[bytes] = (),
    ) -> None:
        self._head = head
        self._form = form
        self._describe = describe
        self._others = others
        self._name = "completion" if form.unnamed is None else None
        self._written = 0
        self._so_far = ""
        # All events but those with a reason differ in text and padding alone.
        whole = dump_json(head.body(_MARK, None))
        before, self._has_text, after = whole.partition(dump_json(_MARK))
        if not self._has_text:  # the document describes no text
            before, after = whole[:-1], whole[-1:]
        self._checksum, self._after = crc32(before), after
        self._opening = opening(self._name, CRLF) + before
        self._closing = after[:-1]

    def begin(self) -> Sequence[bytes]:
        """Write what comes before the first piece."""
        return self._others

    def piece(self, text: str) -> Sequence[bytes]:
        """Write one piece of the text."""
        return self._pinged(self._text_event(self._shown(text)))

    def finish(self, finish: Finish) -> Sequence[bytes]:
        """The reason rides on the last text at the limit, else on an empty one."""
        events: list[bytes] = []
        text = finish.text
        if text and finish.reason != "max_tokens":
            events += self.piece(text)
            text = ""
        last = dump_json(self._head.body(self._shown(text), finish))
        events += self._pinged(raw_event(self._name, padded(last), CRLF))
        if self._form.end is not None:
            events.append(raw_event(None, self._form.end.encode(), CRLF))
        return events

    def fail(self, error: ApiError) -> Sequence[bytes]:
        """Write the error that ends the stream."""
        return (event("error", self._describe(error), CRLF),)

    def _pinged(self, made: bytes) -> Sequence[bytes]:
        """The event, after a ping where one is due."""
        due = self._written == _EVENTS_BEFORE_PING
        self._written += 1
        return (ping(CRLF), made) if due else (made,)

    def _text_event(self, shown: str) -> bytes:
        """An event without a reason: `raw_event` of `padded`, in fewer steps."""
        text = dump_json(shown) if self._has_text else b""
        end = padded_end(crc32(self._after, crc32(text, self._checksum)))
        return b"".join((self._opening, text, self._closing, end, _BLANK_LINE))

    def _shown(self, text: str) -> str:
        if not self._form.cumulative:
            return text
        self._so_far += text
        return self._so_far
