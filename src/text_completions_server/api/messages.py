"""How an answer of `/v1/messages` is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ..app.errors import ApiError
from ..app.operations import StreamForm
from ..backends.base import Finish
from ..backends.sample_responses import Additions
from .events import LF, event, ping, raw_event
from .tokens import count_tokens

MESSAGE = frozenset(
    {"id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"}
)
"""The members that are written here."""

MESSAGE_EVENTS = {
    "message_start": frozenset({"type", "message"}),
    "content_block_start": frozenset({"type", "index", "content_block"}),
    "content_block_delta": frozenset({"type", "index", "delta"}),
    "content_block_stop": frozenset({"type", "index"}),
    "message_delta": frozenset({"type", "delta", "usage"}),
    "message_stop": frozenset({"type"}),
    "ping": frozenset[str](),
    "error": frozenset[str](),
}
"""The events, and their members where an edited document may add some."""


@dataclass(frozen=True, slots=True)
class MessageHead:
    """What is known of a message before its text.

    Attributes:
        id: Its name.
        model: The model that answers.
        input_tokens: How many tokens the conversation has.
        more: Members that the document describes beside those known here.
    """

    id: str
    model: str
    input_tokens: int
    more: Mapping[str, object] = field(default_factory=dict[str, object])

    def body(self, text: str, finish: Finish | None) -> dict[str, object]:
        """The members in the order of the service; without a finish, the start."""
        content = [{"type": "text", "text": text}] if finish else []
        return {
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": content,
            "stop_reason": finish.reason if finish else None,
            "stop_sequence": finish.stop if finish else None,
            "usage": {
                "input_tokens": self.input_tokens,
                # The first token is under way when the message starts (recorded).
                "output_tokens": count_tokens(text) if finish else 1,
            },
            **self.more,
        }


class MessageStream:
    """Writes a message as events.

    Args:
        head: What is known from the start.
        form: How it ends.
        describe: The body of an error.
        added: Members and events that the document has beside those known here.
    """

    def __init__(
        self,
        head: MessageHead,
        form: StreamForm,
        describe: Callable[[ApiError], Mapping[str, object]],
        added: Additions,
    ) -> None:
        self._head = head
        self._form = form
        self._added = added
        self._describe = describe
        self._parts: list[str] = []

    def begin(self) -> Iterator[bytes]:
        """Write what comes before the first piece."""
        yield self._event("message_start", message=self._head.body("", None))
        block = {"type": "text", "text": ""}
        yield self._event("content_block_start", index=0, content_block=block)
        yield ping(LF)
        yield from self._added.written(LF)

    def piece(self, text: str) -> Iterator[bytes]:
        """Write one piece of the text."""
        self._parts.append(text)
        delta = {"type": "text_delta", "text": text}
        yield self._event("content_block_delta", index=0, delta=delta)

    def finish(self, finish: Finish) -> Iterator[bytes]:
        """Write the last piece, the reason and the end."""
        if finish.text:
            yield from self.piece(finish.text)
        yield self._event("content_block_stop", index=0)
        yield self._event(
            "message_delta",
            delta={"stop_reason": finish.reason, "stop_sequence": finish.stop},
            usage={"output_tokens": count_tokens("".join(self._parts))},
        )
        yield self._event("message_stop")
        if self._form.end is not None:
            yield raw_event(None, self._form.end.encode(), LF)

    def fail(self, error: ApiError) -> Iterator[bytes]:
        """Write the error that ends the stream."""
        yield event("error", self._describe(error), LF)

    def _event(self, kind: str, **members: object) -> bytes:
        more = self._added.of_event(kind)
        return event(kind, {"type": kind, **members, **more}, LF)
