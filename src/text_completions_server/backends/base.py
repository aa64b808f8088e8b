"""The seam between the front and whatever makes the text."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from ..api.requests import CompletionRequest, MessageRequest

StopReason = Literal["end_turn", "stop_sequence", "max_tokens"]


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of an answer.

    Attributes:
        reason: `end_turn` when there was no more to say, `stop_sequence` at one of
            the request's stop sequences, `max_tokens` at its limit.
        stop: The stop sequence, None with the other reasons.
        text: The last piece, where it was known to be the last when it was made;
            so the front can write it together with the reason and wait for nothing.
    """

    reason: StopReason
    stop: str | None = None
    text: str = ""


class Planned(AsyncIterator[str | Finish]):
    """The items of an answer that is known from the start.

    The front takes them as they are: to wait for each costs more than to write it.
    """

    def __init__(self, items: Iterable[str | Finish]) -> None:
        self.items: Iterator[str | Finish] = iter(items)

    async def __anext__(self) -> str | Finish:
        for item in self.items:
            return item
        raise StopAsyncIteration


class Backend(Protocol):
    """Makes the text of an answer; knows nothing of HTTP or of wire versions."""

    def generate(
        self, request: CompletionRequest | MessageRequest, /
    ) -> AsyncIterator[str | Finish]:
        """Yield pieces of text as they are made, none empty, then one `Finish`.

        Raises:
            ApiError: The request fails; also possible between two pieces.
        """
        ...
