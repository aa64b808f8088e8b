"""Waiting within a request, which ends when the client leaves or the server stops."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Final, NoReturn

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

DROP: Final = "text_completions_server.drop"
"""Where in the state of a scope the server puts what closes the connection."""

_receive: ContextVar[Receive | None] = ContextVar("receive", default=None)


class ConnectionCut(Exception):
    """The connection is to be closed here, whatever is missing of the answer."""


def begin(receive: Receive) -> None:
    """Let `pause` in this task and below notice when the client leaves."""
    _receive.set(receive)


async def pause(seconds: float) -> None:
    """Wait.

    Raises:
        ClientDisconnect: Nobody waits for the answer any more.
    """
    receive = _receive.get()
    if receive is None:
        await asyncio.sleep(seconds)
        return
    try:
        async with asyncio.timeout(seconds):
            await gone(receive)
    except TimeoutError:
        return
    raise ClientDisconnect


async def hang() -> NoReturn:
    """Wait until the client has had enough.

    Raises:
        ClientDisconnect: It has left.
    """
    receive = _receive.get()
    if receive is None:
        await asyncio.Event().wait()
    else:
        await gone(receive)
    raise ClientDisconnect


async def gone(receive: Receive) -> None:
    """Return when the client has left, or the server has dropped it."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def cut(scope: Scope, receive: Receive) -> None:
    """Close the connection after what was written.

    Raises:
        ConnectionResetError: There is none to close: the application is called
            without a port, or another server than ours runs it.
    """
    drop = scope.get("state", {}).get(DROP)
    if drop is None:
        raise ConnectionResetError("the mock cuts the connection here")
    drop()
    await gone(receive)
