# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""The streams of the client."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from text_completions_runtime import AsyncStream as _AsyncStream
from text_completions_runtime import Stream as _Stream

if TYPE_CHECKING:
    from .api.messages.messages_create import MessageStreamEvent
    from .types.completion import Completion
    from .types.completion_event import CompletionEvent
    from .types.message import Message

E = TypeVar("E")


class Stream(_Stream[E]):
    __doc__ = _Stream.__doc__

    def get_final_completion(self: Stream[CompletionEvent]) -> Completion:
        """Read the stream to its end and return what its events add up to.

        Events that were read before count too.

        Returns:
            The Completion that the call returns without a stream.

        Raises:
            APIConnectionError: The network failed or the stream stopped before its end.
                The attribute `partial` of the error has what had arrived.
            APIStatusError: An error event ended the stream.
            RuntimeError: The stream was closed before its end.
        """
        from .types.completion import Completion

        return self._final(Completion)

    def get_final_message(self: Stream[MessageStreamEvent]) -> Message:
        """Read the stream to its end and return what its events add up to.

        Events that were read before count too.

        Returns:
            The Message that the call returns without a stream.

        Raises:
            APIConnectionError: The network failed or the stream stopped before its end.
                The attribute `partial` of the error has what had arrived.
            APIStatusError: An error event ended the stream.
            RuntimeError: The stream was closed before its end.
        """
        from .types.message import Message

        return self._final(Message)


class AsyncStream(_AsyncStream[E]):
    __doc__ = _AsyncStream.__doc__

    async def get_final_completion(self: AsyncStream[CompletionEvent]) -> Completion:
        """Read the stream to its end and return what its events add up to.

        Events that were read before count too.

        Returns:
            The Completion that the call returns without a stream.

        Raises:
            APIConnectionError: The network failed or the stream stopped before its end.
                The attribute `partial` of the error has what had arrived.
            APIStatusError: An error event ended the stream.
            RuntimeError: The stream was closed before its end.
        """
        from .types.completion import Completion

        return await self._final(Completion)

    async def get_final_message(self: AsyncStream[MessageStreamEvent]) -> Message:
        """Read the stream to its end and return what its events add up to.

        Events that were read before count too.

        Returns:
            The Message that the call returns without a stream.

        Raises:
            APIConnectionError: The network failed or the stream stopped before its end.
                The attribute `partial` of the error has what had arrived.
            APIStatusError: An error event ended the stream.
            RuntimeError: The stream was closed before its end.
        """
        from .types.message import Message

        return await self._final(Message)


__all__ = ["AsyncStream", "Stream"]
