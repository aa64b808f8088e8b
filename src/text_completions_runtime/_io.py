"""What a call does to the outside world: send, read, wait; sync and async.

The logic of a call is written once, as coroutines. The methods of `SyncIO` never
suspend, so `run_sync` can run the same coroutines in the calling thread, without an
event loop.
"""

from __future__ import annotations

import time
from collections.abc import Coroutine
from typing import Any, TypeAlias, TypeVar

import httpx

from ._streaming.reader import EventReader
from ._streaming.stream import read_events, read_events_async

T = TypeVar("T")


class SyncIO:
    """Blocks the calling thread. No method suspends."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    async def send(self, request: httpx.Request, auth: Any) -> httpx.Response:
        """Send a request, and return the response with its body unread."""
        return self._http.send(request, stream=True, auth=auth, follow_redirects=False)

    async def read(self, response: httpx.Response) -> None:
        """Read the body to its end."""
        try:
            response.read()
        except BaseException:  # httpx leaves a body open that it cannot decode
            response.close()
            raise

    async def open_stream(self, response: httpx.Response, reader: EventReader) -> Any:
        """Wait for the first event, and return the iterator of all events."""
        events = read_events(response, reader, announce=True)
        next(events, None)
        return events

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class AsyncIO:
    """For asyncio and trio; see `SyncIO`."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def send(self, request: httpx.Request, auth: Any) -> httpx.Response:
        """Send a request, and return the response with its body unread."""
        return await self._http.send(
            request, stream=True, auth=auth, follow_redirects=False
        )

    async def read(self, response: httpx.Response) -> None:
        """Read the body to its end."""
        try:
            await response.aread()
        except BaseException:  # as in `SyncIO.read`
            await response.aclose()
            raise

    async def open_stream(self, response: httpx.Response, reader: EventReader) -> Any:
        """Wait for the first event, and return the iterator of all events."""
        events = read_events_async(response, reader, announce=True)
        await anext(events, None)
        return events

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        import anyio  # late, for it takes long to import

        await anyio.sleep(seconds)


IO: TypeAlias = SyncIO | AsyncIO


def run_sync(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never suspends, and return its result."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise RuntimeError("a call of the synchronous client was suspended")
