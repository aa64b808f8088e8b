"""How an answer of `/v1/messages` is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ._backend import Finish
from ._errors import ApiError
from ._events import LF, event, ping
from ._tokens import count_tokens


@dataclass(frozen=True, slots=True)
class MessageHead:
    """What is known of a message before its text.

    Attributes:
        id: Its name.
        model: The model that answers.
        input_tokens: How many tokens the conversation has.
    """

    id: str
    model: str
    input_tokens: int

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
        }


class MessageStream:
    """Writes a message as events.

    Args:
        head: What is known from the start.
        describe: The body of an error.
    """

    def __init__(
        self,
        head: MessageHead,
        describe: Callable[[ApiError], Mapping[str, object]],
    ) -> None:
        self._head = head
        self._describe = describe
        self._parts: list[str] = []

    def begin(self) -> Iterator[bytes]:
        yield _event("message_start", message=self._head.body("", None))
        block = {"type": "text", "text": ""}
        yield _event("content_block_start", index=0, content_block=block)
        yield ping(LF)

    def piece(self, text: str) -> Iterator[bytes]:
        self._parts.append(text)
        delta = {"type": "text_delta", "text": text}
        yield _event("content_block_delta", index=0, delta=delta)

    def finish(self, finish: Finish) -> Iterator[bytes]:
        if finish.text:
            yield from self.piece(finish.text)
        yield _event("content_block_stop", index=0)
        yield _event(
            "message_delta",
            delta={"stop_reason": finish.reason, "stop_sequence": finish.stop},
            usage={"output_tokens": count_tokens("".join(self._parts))},
        )
        yield _event("message_stop")

    def fail(self, error: ApiError) -> Iterator[bytes]:
        yield event("error", self._describe(error), LF)


def _event(kind: str, **members: object) -> bytes:
    return event(kind, {"type": kind, **members}, LF)
