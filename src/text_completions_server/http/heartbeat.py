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

    The messages of the response go through `send`. A task beside it writes the pings,
    so an event costs no task. While a slow client holds up the response, nothing is
    written.

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
        self._time = asyncio.get_running_loop().time
        self._is_stream = False
        self._has_begun = False
        self._last = 0.0  # when something was written
        self._writing = asyncio.Lock()
        self._pings: asyncio.Task[None] | None = None

    def expect_stream(
        self, request_id: str, headers: Mapping[str, str] | None, line_end: bytes
    ) -> None:
        """Begin to watch a stream, which will have these headers and line ends."""
        self._is_stream = True
        self._request_id = request_id
        self._headers = headers
        self._line_end = line_end
        self._begin_pings(self._first)

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
        async with self._writing:
            if message["type"] == "http.response.start":
                if self._has_begun:
                    return
                self._has_begun = True
                if self._is_stream:
                    self._begin_pings(self._interval)
            elif not message.get("more_body", False):
                self.stop()
            await self._send(message)
            self._last = self._time()

    def stop(self) -> None:
        """Write no more pings."""
        if self._pings is not None:
            self._pings.cancel()

    def _begin_pings(self, silence: float | None) -> None:
        self.stop()
        self._last = self._time()
        self._pings = asyncio.create_task(self._write_pings(silence))

    async def _write_pings(self, silence: float | None) -> None:
        with suppress(OSError):  # the client has left, which `CancelOnDisconnect` sees
            while silence is not None:
                await asyncio.sleep(self._last + silence - self._time())
                async with self._writing:
                    if self._time() >= self._last + silence:
                        await self._write_ping()
                        self._last = self._time()
                        silence = self._interval

    async def _write_ping(self) -> None:
        if not self._has_begun:
            self._has_begun = True  # from here on an error has no status of its own
            headers = stream_headers(self._request_id, self._headers)
            start = "http.response.start"
            await self._send({"type": start, "status": 200, "headers": headers})
        part, body = "http.response.body", ping(self._line_end)
        await self._send({"type": part, "body": body, "more_body": True})


async def _one(made: bytes) -> AsyncGenerator[bytes]:
    yield made
