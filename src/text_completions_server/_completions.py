"""How an answer of `/v1/complete` is written, in either version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ._backend import Finish
from ._errors import ApiError
from ._events import CRLF, event, padded, ping, raw_event
from ._json import dump_json
from ._operations import StreamForm

_FIRST_VERSION = "2023-01-01"
_EVENTS_BEFORE_PING = 2


@dataclass(frozen=True, slots=True)
class CompletionHead:
    """What all pieces of one completion have in common.

    Attributes:
        id: Its name.
        model: The model that answers.
        version: The version of the wire format.
        built_in: The stop sequence that stands for the end of the model's turn.
        members: The members that the document describes; empty for all.
    """

    id: str
    model: str
    version: str
    built_in: str | None
    members: frozenset[str] = frozenset()

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
            members |= {"truncated": False, "exception": None}
        if self.members.issuperset(members) or not self.members:
            return members
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
    """

    def __init__(
        self,
        head: CompletionHead,
        form: StreamForm,
        describe: Callable[[ApiError], Mapping[str, object]],
    ) -> None:
        self._head = head
        self._form = form
        self._describe = describe
        self._name = "completion" if form.named else None
        self._written = 0
        self._so_far = ""
        # All events but those with a reason differ in their text alone.
        whole = dump_json(head.body("\0", None))
        before, _, after = whole.partition(b'"completion":"\\u0000"')
        self._before, self._after = before + b'"completion":', after

    def begin(self) -> Iterator[bytes]:
        yield from ()

    def piece(self, text: str) -> Iterator[bytes]:
        yield from self._event(text, None)

    def finish(self, finish: Finish) -> Iterator[bytes]:
        """The reason rides on the last text at the limit, else on an empty one."""
        if finish.reason == "max_tokens":
            yield from self._event(finish.text, finish)
        else:
            if finish.text:
                yield from self._event(finish.text, None)
            yield from self._event("", finish)
        if self._form.end is not None:
            yield raw_event(None, self._form.end.encode(), CRLF)

    def fail(self, error: ApiError) -> Iterator[bytes]:
        yield event("error", self._describe(error), CRLF)

    def _event(self, text: str, finish: Finish | None) -> Iterator[bytes]:
        if self._written == _EVENTS_BEFORE_PING:
            yield ping(CRLF)
        self._written += 1
        shown = self._shown(text)
        if finish is None:
            data = self._before + dump_json(shown) + self._after
        else:
            data = dump_json(self._head.body(shown, finish))
        yield raw_event(self._name, padded(data), CRLF)

    def _shown(self, text: str) -> str:
        if not self._form.cumulative:
            return text
        self._so_far += text
        return self._so_far
