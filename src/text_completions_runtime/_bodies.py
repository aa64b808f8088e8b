"""Bodies that come in time or not at all, however they are read."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from functools import partial

import httpx

from ._limits import Wait
from ._progress import shut, socket_of
from ._watchdog import Watchdog
from ._workers import TooLate, done_within

__all__ = ["limit_body"]


def limit_body(response: httpx.Response, wait: Wait) -> None:
    """Let a body that is still to be read end when a wait for more takes too long.

    Reading it raises `APITimeoutError` then. A wait that was set before counts no more.
    """
    body = response.stream
    if isinstance(body, _Body | _AsyncBody):
        body.wait = wait
    elif isinstance(body, httpx.SyncByteStream):
        response.stream = _Body(body, wait, socket_of(response))
    else:
        response.stream = _AsyncBody(body, wait)


class _Body(httpx.SyncByteStream):
    def __init__(
        self,
        body: httpx.SyncByteStream,
        wait: Wait,
        connection: socket.socket | None,
    ) -> None:
        self.wait = wait
        self._body = body
        self._connection = connection

    def __iter__(self) -> Iterator[bytes]:
        chunks = iter(self._body)
        watchdog = None
        if self._connection is not None:
            watchdog = Watchdog(partial(shut, self._connection))
        try:
            while (left := self.wait.left()) > 0:
                if watchdog is None:
                    chunk = self._next_in_thread(chunks, left)
                else:
                    chunk = _next_watched(watchdog, chunks, left)
                if chunk is None:
                    return
                yield chunk
        except TooLate:
            pass
        finally:
            if watchdog is not None:
                watchdog.close()
        self.close()
        self.wait.over()

    def close(self) -> None:
        self._body.close()

    def _next_in_thread(self, chunks: Iterator[bytes], seconds: float) -> bytes | None:
        """Read on where no connection can be shut; that takes some 0.1 ms more."""
        return done_within(
            seconds,
            lambda: next(chunks, None),
            end=lambda: False,
            late=lambda _: self.close(),
        )


def _next_watched(
    watchdog: Watchdog, chunks: Iterator[bytes], seconds: float
) -> bytes | None:
    """Read on; the watchdog shuts the connection when that takes too long."""
    if watchdog.bitten:  # in the moment in which the last chunk came
        raise TooLate
    watchdog.start(seconds)
    try:
        chunk = next(chunks, None)
    except httpx.HTTPError:
        if watchdog.bitten:
            raise TooLate from None
        raise
    finally:
        watchdog.stop()
    if chunk is None and watchdog.bitten:
        raise TooLate
    return chunk


class _AsyncBody(httpx.AsyncByteStream):
    # Not a generator, for that would have to be closed wherever a stream is left.

    def __init__(self, body: httpx.AsyncByteStream, wait: Wait) -> None:
        self.wait = wait
        self._body = body
        self._chunks: AsyncIterator[bytes] | None = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._chunks = aiter(self._body)
        return self

    async def __anext__(self) -> bytes:
        import anyio  # late, for it takes long to import

        assert self._chunks is not None
        left = self.wait.left()
        if left > 0:
            with anyio.move_on_after(left):
                return await anext(self._chunks)
        await self.aclose()
        self.wait.over()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        await self._body.aclose()
