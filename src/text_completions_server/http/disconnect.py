"""What ends a request before its response: the client leaves, or the server stops."""

from __future__ import annotations

import asyncio
from types import TracebackType

from starlette.requests import ClientDisconnect
from starlette.types import Receive


class ServerStops(Exception):
    """The server stops, and had waited long enough for this request."""


class ConnectionCut(ConnectionResetError):
    """The connection is to be closed here, whatever is missing of the response.

    The server of this package closes it; without a port the caller gets the exception.
    """


async def wait_for_disconnect(receive: Receive) -> None:
    """Return when the client has left, or the server has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


def is_cancelled() -> bool:
    """Tell whether the running task itself is cancelled, not what it awaited."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Lifetime:
    """How far an application is on its way to its end.

    The server sets it when it stops; requests under way end with it.

    Attributes:
        is_draining: Whether new requests are refused, while others may still end.
        is_over: Whether requests are no longer waited for.
        under_way: What may be cancelled.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Take requests."""
        self.is_draining = self.is_over = False
        self.under_way: set[CancelOnDisconnect] = set()

    def drain(self) -> None:
        """Refuse new requests."""
        self.is_draining = True

    def end(self) -> None:
        """Cancel what is under way."""
        self.is_over = True
        for each in list(self.under_way):
            each.cancel(ServerStops)


class CancelOnDisconnect:
    """Cancels what runs inside of a `with` block when the client leaves.

    The body of the request must have been read. Leaving the block then raises
    `ClientDisconnect`. A task watches the connection only if the work is not done
    within one turn of the event loop, because a task costs as much as many events.

    The work is also cancelled at the end of the application's lifetime. It may then
    write an end of its own; if it does not, leaving the block raises `ServerStops`.
    """

    def __init__(self, receive: Receive, lifetime: Lifetime) -> None:
        self._receive = receive
        self._lifetime = lifetime
        self._watcher: asyncio.Task[None] | None = None
        self._reason: type[Exception] | None = None

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._lifetime.under_way.add(self)
        self._start = task.get_loop().call_soon(self._watch)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._lifetime.under_way.discard(self)
        self._start.cancel()
        if self._watcher is not None:
            self._watcher.remove_done_callback(self._on_disconnect)
            self._watcher.cancel()
        if self._reason is None or self._task.uncancel() > 0:
            return  # someone else may have cancelled the task as well: that goes on
        if error is not None or self._reason is ClientDisconnect:
            raise self._reason from error

    def cancel(self, reason: type[Exception]) -> None:
        """Cancel the work; the first reason is the one that counts."""
        if self._reason is None:
            self._reason = reason
            self._task.cancel()

    def _watch(self) -> None:
        self._watcher = asyncio.create_task(wait_for_disconnect(self._receive))
        self._watcher.add_done_callback(self._on_disconnect)

    def _on_disconnect(self, watcher: asyncio.Task[None]) -> None:
        if not watcher.cancelled() and watcher.exception() is None:
            self.cancel(ClientDisconnect)
