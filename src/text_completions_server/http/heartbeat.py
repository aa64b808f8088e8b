"""Signs of life of a stream: it begins although nothing came, and pings in silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress

from starlette.types import Message, Send

from .events import event, ping
from .responses import EventStream, stream_headers


class Heartbeat:
    """Sends a response, and pings between its events where the backend is silent.

    The messages of the response go through `send`. A timer writes the pings, so an
    event costs no task. While a slow client holds up the response, nothing is written.

    Args:
        send: Sends messages to the client.
        first: Seconds until a stream begins without its first piece; None for never.
        interval: Seconds of silence before a ping; None for no pings.
    """

    def __init__(
        self, send: Send, *, first: float | None, interval: float | None
    ) -> None:
        self._send = send
        self._first = first
        self._interval = interval
        self._loop = asyncio.get_running_loop()
        self._is_stream = False
        self._has_begun = False
        self._is_sending = False
        self._last = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self._beat: asyncio.Task[None] | None = None

    def expect_stream(
        self, request_id: str, headers: Mapping[str, str] | None, line_end: bytes
    ) -> None:
        """Begin to watch a stream, which will have these headers and line ends."""
        self._is_stream = True
        self._request_id = request_id
        self._headers = headers
        self._line_end = line_end
        self._last = self._loop.time()
        self._wake_after(self._first)

    def rest_of_failed(self, error: Mapping[str, object]) -> EventStream | None:
        """Make the rest of a stream that began and then failed before its first piece.

        It is None if the response has not begun, so that it may have a status.
        """
        if not self._has_begun:
            return None
        return EventStream(
            _one(event("error", error, self._line_end)), self._request_id, self._headers
        )

    async def send(self, message: Message) -> None:
        """Send a message of the response; a head only if there was none."""
        if self._beat is not None:
            await asyncio.wait({self._beat})
        if message["type"] == "http.response.start":
            if self._has_begun:
                return
            self._has_begun = True
            if self._is_stream:
                self._wake_after(self._interval)
        elif not message.get("more_body", False):
            self.stop()
        self._is_sending = True
        try:
            await self._send(message)
        finally:
            self._is_sending = False
            self._last = self._loop.time()

    def stop(self) -> None:
        """Write no more pings."""
        self._is_stream = False
        if self._timer is not None:
            self._timer.cancel()
        if self._beat is not None:
            self._beat.cancel()

    def _wake_after(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if seconds is not None:
            self._timer = self._loop.call_later(seconds, self._wake)

    def _wake(self) -> None:
        """Write a ping, or wait until the silence is long enough."""
        silence = self._interval if self._has_begun else self._first
        assert silence is not None
        left = silence - (self._loop.time() - self._last)
        if self._is_sending:
            self._wake_after(silence)
        elif left > 0.001:  # timers may be a little early
            self._wake_after(left)
        else:
            writing = self._write_ping(with_head=not self._has_begun)
            self._has_begun = True  # from here on an error has no status of its own
            self._beat = self._loop.create_task(writing)

    async def _write_ping(self, *, with_head: bool) -> None:
        with suppress(OSError):  # the client has left, which `CancelOnDisconnect` sees
            if with_head:
                headers = stream_headers(self._request_id, self._headers)
                start = "http.response.start"
                await self._send({"type": start, "status": 200, "headers": headers})
            part, body = "http.response.body", ping(self._line_end)
            await self._send({"type": part, "body": body, "more_body": True})
        self._beat = None
        self._last = self._loop.time()
        self._wake_after(self._interval)


async def _one(made: bytes) -> AsyncGenerator[bytes]:
    yield made
