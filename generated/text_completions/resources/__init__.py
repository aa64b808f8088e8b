# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""The resources of the client: the operations of each tag of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from text_completions_runtime import lazy as _lazy

if TYPE_CHECKING:
    from .completions import (
        AsyncCompletions,
        AsyncCompletionsWithRawResponse,
        AsyncCompletionsWithStreamingResponse,
        Completions,
        CompletionsWithRawResponse,
        CompletionsWithStreamingResponse,
    )
    from .messages import (
        AsyncMessages,
        AsyncMessagesWithRawResponse,
        AsyncMessagesWithStreamingResponse,
        Messages,
        MessagesWithRawResponse,
        MessagesWithStreamingResponse,
    )
else:  # so that type checkers still report misspelt names
    __getattr__, __dir__ = _lazy(
        __name__,
        {
            "Completions": ".completions",
            "CompletionsWithRawResponse": ".completions",
            "CompletionsWithStreamingResponse": ".completions",
            "AsyncCompletions": ".completions",
            "AsyncCompletionsWithRawResponse": ".completions",
            "AsyncCompletionsWithStreamingResponse": ".completions",
            "Messages": ".messages",
            "MessagesWithRawResponse": ".messages",
            "MessagesWithStreamingResponse": ".messages",
            "AsyncMessages": ".messages",
            "AsyncMessagesWithRawResponse": ".messages",
            "AsyncMessagesWithStreamingResponse": ".messages",
        },
    )

__all__ = [
    "AsyncCompletions",
    "AsyncCompletionsWithRawResponse",
    "AsyncCompletionsWithStreamingResponse",
    "AsyncMessages",
    "AsyncMessagesWithRawResponse",
    "AsyncMessagesWithStreamingResponse",
    "Completions",
    "CompletionsWithRawResponse",
    "CompletionsWithStreamingResponse",
    "Messages",
    "MessagesWithRawResponse",
    "MessagesWithStreamingResponse",
]
