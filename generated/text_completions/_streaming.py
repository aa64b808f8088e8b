# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""The streams of the client."""

from __future__ import annotations

from typing import TypeVar

from text_completions_runtime import AsyncStream as _AsyncStream
from text_completions_runtime import Stream as _Stream

from . import types

E = TypeVar("E")


class Stream(_Stream[E]):
    __doc__ = _Stream.__doc__

    def get_final_completion(self: Stream[types.CompletionEvent]) -> types.Completion:
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
        return self._final(types.Completion)

    def get_final_message(self: Stream[types.MessageStreamEvent]) -> types.Message:
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
        return self._final(types.Message)


class AsyncStream(_AsyncStream[E]):
    __doc__ = _AsyncStream.__doc__

    async def get_final_completion(
        self: AsyncStream[types.CompletionEvent],
    ) -> types.Completion:
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
        return await self._final(types.Completion)

    async def get_final_message(
        self: AsyncStream[types.MessageStreamEvent],
    ) -> types.Message:
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
        return await self._final(types.Message)


__all__ = ["AsyncStream", "Stream"]
