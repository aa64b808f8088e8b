"""Listening: on the command line until a signal, in a test until the block ends."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import TracebackType
from typing import Self, Unpack

import uvicorn
from starlette.types import ASGIApp

from ._app import AppSettings, create_app
from ._errors import AddressError

_BACKLOG = 2048


def serve(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 8765) -> None:
    """Serve until SIGINT or SIGTERM, and then return.

    The first line on stdout, `listening on http://HOST:PORT`, says that requests are
    answered from now on. A host that others can reach is warned of on stderr.

    Args:
        app: What `create_app` made.
        host: The address to listen at.
        port: 0 to 65535; 0 takes a free one.

    Raises:
        AddressError: The address is taken or not of this machine.
    """
    listener = _listen(host, port)
    if not _is_loopback(listener):
        print(
            f"warning: {host} is not a loopback address; other machines can send "
            "requests to this server",
            file=sys.stderr,
        )

    def announce() -> None:
        print(f"listening on {_url(listener)}", flush=True)

    # A moment for answers under way; an open stream need not end by itself.
    _Server(app, on_ready=announce, grace=0.5).run([listener])


class MockServer:
    """A server of its own thread and free port, for tests.

    ```python
    with MockServer() as server:
        httpx.get(server.url)
    ```

    Entered, it is ready; left, its port is free and every connection closed.

    Args:
        settings: Those of `create_app`.
    """

    def __init__(self, **settings: Unpack[AppSettings]) -> None:
        self._app = create_app(**settings)
        self._url: str | None = None

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash at the end.

        Raises:
            RuntimeError: The server does not run.
        """
        if self._url is None:
            raise RuntimeError("the server has no address outside of its with block")
        return self._url

    def __enter__(self) -> Self:
        listener = _listen("127.0.0.1", 0)
        ready = threading.Event()
        self._server = _Server(self._app, on_ready=ready.set, grace=0)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), daemon=True
        )
        self._url = _url(listener)
        self._thread.start()
        ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._url = None
        self._server.should_exit = True
        self._thread.join()


class _Server(uvicorn.Server):
    """uvicorn, told what we need of it.

    Args:
        app: The application.
        on_ready: Called once requests are accepted.
        grace: How many seconds an answer under way has left when it is to end.
    """

    def __init__(
        self, app: ASGIApp, *, on_ready: Callable[[], None], grace: float
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",  # the one that passes on every method, to be told 405
                ws="none",
                lifespan="off",
                log_config=None,  # whoever runs us decides where errors are logged
                log_level="error",
                access_log=False,
                server_header=False,
                timeout_keep_alive=75,  # longer than clients keep an idle connection
                timeout_graceful_shutdown=5,
            )
        )
        self._on_ready = on_ready
        self._grace = grace

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; what is still under way after the grace loses its connection.

        Its stream then ends as if the client had left, and nothing is cancelled.
        """
        loop = asyncio.get_running_loop()
        loop.call_later(self._grace, self._drop_connections)
        await super().shutdown(sockets)

    def _drop_connections(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Stop at a signal and be done; uvicorn would raise it once more."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(each, self.handle_exit) for each in signals]
        try:
            yield
        finally:
            for each, handler in zip(signals, before, strict=True):
                signal.signal(each, handler)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        raise AddressError(
            f"cannot listen on {host} port {port}: {_reason(error)}"
        ) from error
    # create_server leaves the protocol open, and asyncio sends without delay only
    # where it is TCP by name: else each answer on a kept connection takes 40 ms.
    return socket.socket(family, kind, protocol, fileno=made.detach())


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno is None:
        return error.strerror or str(error)
    return os.strerror(error.errno)  # Python adds the address, which we name anyway


def _is_loopback(listener: socket.socket) -> bool:
    return ipaddress.ip_address(listener.getsockname()[0]).is_loopback


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
