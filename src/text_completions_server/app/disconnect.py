"""Notice that a client has left, and close a connection on purpose."""

from __future__ import annotations

import asyncio
from types import TracebackType

from starlette.requests import ClientDisconnect
from starlette.types import Receive


class ConnectionCut(ConnectionResetError):
    """The connection is to be closed here, whatever is missing of the response.

    The server of this package closes it; without a port the caller gets the exception.
    """


async def wait_for_disconnect(receive: Receive) -> None:
    """Return when the client has left, or the server has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


class CancelOnDisconnect:
    """Cancels what runs inside of a `with` block when the client leaves.

    The body of the request must have been read. Leaving the block then raises
    `ClientDisconnect`. A task watches the connection only if the work is not done
    within one turn of the event loop, because a task costs as much as many events.

    Args:
        receive: Receives the messages of the request.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._watcher: asyncio.Task[None] | None = None
        self._left = False

    def __enter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._task = task
        self._start = task.get_loop().call_soon(self._watch)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._start.cancel()
        if self._watcher is not None:
            self._watcher.remove_done_callback(self._on_disconnect)
            self._watcher.cancel()
        # Someone else may have cancelled the task as well: that goes on.
        if self._left and self._task.uncancel() == 0:
            raise ClientDisconnect from error

    def _watch(self) -> None:
        self._watcher = asyncio.create_task(wait_for_disconnect(self._receive))
        self._watcher.add_done_callback(self._on_disconnect)

    def _on_disconnect(self, watcher: asyncio.Task[None]) -> None:
        if not watcher.cancelled() and watcher.exception() is None:
            self._left = True
            self._task.cancel()
