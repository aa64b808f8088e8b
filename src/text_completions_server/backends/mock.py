"""The backend of the mock: the text engine behind the seam."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import lru_cache

from ..api.prompts import HUMAN
from ..api.requests import CompletionRequest, MessageRequest
from .base import Backend, Caller, Finish, Piece
from .text import natural_text, plan

_MOST_KEPT = 4096


class MockBackend(Backend):
    """Answers every request with a text of its own, the same each time.

    The text depends on the prompt, the model, the sampling parameters and the seed;
    the token limit and the stop sequences only decide where it is cut.

    Args:
        seed: Another seed, another text.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._remembered = lru_cache(maxsize=512)(self._items)

    async def generate(
        self, request: CompletionRequest | MessageRequest, caller: Caller, /
    ) -> AsyncIterator[Piece]:
        """Yield one token at a time if a stream is wanted, and then the finish."""
        del caller
        items = self._remembered if _is_short(request) else self._items
        for item in items(request):
            yield item

    def _items(
        self, request: CompletionRequest | MessageRequest
    ) -> Sequence[str | Finish]:
        pieces, finish = plan(
            self._text(request),
            limit=request.max_tokens,
            stops=request.stop_sequences,
            ending=HUMAN if isinstance(request, CompletionRequest) else "",
        )
        if request.stream:
            return (*pieces, finish)
        text = "".join([*pieces, finish.text])
        return (Finish(finish.reason, finish.stop, text),)

    def _text(self, request: CompletionRequest | MessageRequest) -> str:
        text = natural_text(
            self._seed,
            request.model,
            request.prompt,
            request.temperature,
            request.top_p,
            request.top_k,
        )
        return f" {text}" if _wants_space(request) else text


def _is_short(request: CompletionRequest | MessageRequest) -> bool:
    """Whether it is worth keeping: the same come again and again in a test."""
    return isinstance(request, CompletionRequest) and len(request.prompt) < _MOST_KEPT


def _wants_space(request: CompletionRequest | MessageRequest) -> bool:
    """Whether a space parts the answer from what it continues."""
    if isinstance(request, MessageRequest) and request.turns[-1].role == "user":
        return False
    return not request.prompt[-1:].isspace()
