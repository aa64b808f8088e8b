"""Listening: on the command line until a signal, or in a thread for tests."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from ..checks import check_number
from ..document.security import is_loopback
from ..errors import AddressError
from .disconnect import Lifetime
from .protocol import Protocol
from .workers import supervise

_BACKLOG = 2048
_LAST_PORT = 65535
_SETTLE_SECONDS = 5
_FLUSH_SECONDS = 0.5
_POLL_SECONDS = 0.01
_MAX_WORKERS = 256


@dataclass(frozen=True, slots=True)
class Hosting:
    """What an application tells those who serve it.

    Attributes:
        lifetime: They set it when they stop.
        one_process: Why several processes cannot serve it; None if they can.
        share: Makes the context in which several processes serve it.
    """

    lifetime: Lifetime = field(default_factory=Lifetime)
    one_process: str | None = None
    share: Callable[[], AbstractContextManager[None]] = nullcontext

    @classmethod
    def of(cls, app: Starlette) -> Hosting:
        """Return that of an application; one without needs nothing."""
        hosting: Hosting = getattr(app.state, "hosting", None) or cls()
        return hosting


def serve(
    app: Starlette,
    *,
    host: str = "127.0.0.1",
    port: int = 8765,
    grace: float = 0.5,
    workers: int = 1,
) -> None:
    """Serve until SIGINT or SIGTERM, and then return.

    The first line on stdout, `listening on http://HOST:PORT`, says that requests are
    answered from now on. A warning on stderr says that other machines can reach it.

    After a signal `/readyz` answers 503 and new requests 529, until no other request
    is under way or the grace is over. Then each open stream gets an `error` event. A
    second signal ends all at once.

    Args:
        app: What `create_app` made.
        host: The address to listen at.
        port: 0 to 65535; 0 takes a free one.
        grace: Seconds that requests under way may take after a signal.
        workers: Processes that answer requests, 1 to 256. A process that dies is
            started again.

    Raises:
        AddressError: The address is taken or not of this machine.
        ServerError: A process did not start.
        ValueError: The grace or the number of workers is invalid, or the application
            cannot be served by several processes; the message says why.
    """
    _check(app, grace, workers)
    listener = listen(host, port)
    if not is_loopback(listener.getsockname()[0]):
        print(
            f"warning: {host} is not a loopback address; other machines can send "
            "requests to this server",
            file=sys.stderr,
        )

    def announce() -> None:
        print(f"listening on {url_of(listener)}", flush=True)

    # What exists now stays: the garbage collector need not look at it again. Nor does
    # a request leave cycles behind, so the collector need not run every few requests.
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    try:
        if workers == 1:
            Server(app, on_ready=announce, grace=grace).run([listener])
        else:
            _serve_with_workers(app, listener, grace, workers, announce)
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def _check(app: Starlette, grace: float, workers: int) -> None:
    check_number("grace", grace, unit="seconds")
    check_number("workers", workers, 1, _MAX_WORKERS, whole=True)
    reason = Hosting.of(app).one_process
    if workers > 1 and reason is not None:
        raise ValueError(f"workers must be 1, not {workers}: {reason}")


def _serve_with_workers(
    app: Starlette,
    listener: socket.socket,
    grace: float,
    workers: int,
    on_ready: Callable[[], None],
) -> None:
    def work(control: Connection, ready: Callable[[], None]) -> None:
        Server(app, on_ready=ready, grace=grace, control=control).run([listener])

    with Hosting.of(app).share():
        supervise(work, workers, on_ready=on_ready)


class Server(uvicorn.Server):
    """uvicorn with the settings of this package.

    Args:
        app: The application; its lifespan runs around the server.
        on_ready: Called once requests are accepted.
        grace: Seconds that requests under way may take when the server stops; None
            closes their connections instead.
        control: Says when to stop, instead of signals.
    """

    def __init__(
        self,
        app: Starlette,
        *,
        on_ready: Callable[[], None],
        grace: float | None,
        control: Connection | None = None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Protocol,
                ws="none",
                lifespan="off",  # see serve()
                log_config=None,  # whoever runs us decides where errors are logged
                log_level="error",
                access_log=False,
                server_header=False,
                timeout_keep_alive=75,  # longer than clients keep an idle connection
                timeout_graceful_shutdown=5,
            )
        )
        self._app = app
        self._on_ready = on_ready
        self._grace = grace
        self._control = control
        self._lifetime = Hosting.of(app).lifetime

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Run the application's lifespan and serve within it.

        uvicorn's own lifespan logs a failure and exits; here it is raised.
        """
        self._loop = asyncio.get_running_loop()
        self._lifetime.begin()
        async with self._app.router.lifespan_context(self._app):
            await super().serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say that requests are accepted."""
        await super().startup(sockets)
        self._on_ready()

    def drop_and_wait(self) -> None:
        """Close every connection and let its work end; call it from another thread."""
        self._loop.call_soon_threadsafe(self._drop_connections)
        settled = self._wait_for_requests(_SETTLE_SECONDS)
        asyncio.run_coroutine_threadsafe(settled, self._loop).result()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let requests end within the grace, then end them, then stop."""
        if self._grace is not None:
            self._lifetime.drain()
            await self._wait_for_requests(self._grace)
            self._lifetime.end()
            await self._wait_for_requests(_SETTLE_SECONDS)
        may_flush = self._grace is not None and not self.force_exit
        self._loop.call_later(_FLUSH_SECONDS * may_flush, self._drop_connections)
        await super().shutdown(sockets)

    async def _wait_for_requests(self, seconds: float) -> None:
        """Wait until no request is under way, unless there is a second signal."""
        end = self._loop.time() + seconds
        while self.server_state.tasks and not self.force_exit:
            if self._loop.time() >= end:
                break
            await asyncio.sleep(_POLL_SECONDS)  # as uvicorn itself waits

    def _drop_connections(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; the second time at once."""
        del sig, frame
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Stop at a signal and return; uvicorn would raise the signal once more."""
        if self._control is not None:
            self._loop.add_reader(self._control.fileno(), self._on_control)
            yield
            return
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

    def _on_control(self) -> None:
        assert self._control is not None
        try:
            self._control.recv_bytes()
        except (EOFError, OSError):  # the supervisor has died
            self._loop.remove_reader(self._control.fileno())
        self.handle_exit(signal.SIGTERM, None)


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket."""
    if not 0 <= port <= _LAST_PORT:  # the system would take the port modulo 65536
        raise AddressError(f"a port is 0 to {_LAST_PORT}, not {port}")
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
    # where it is TCP by name: else each response on a kept connection takes 40 ms.
    return socket.socket(family, kind, protocol, fileno=made.detach())


def _reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno is None:
        return error.strerror or str(error)
    if error.errno == errno.EADDRINUSE:
        return "another program listens there; choose another port, or 0 for a free one"
    return os.strerror(error.errno)  # Python adds the address, which we name anyway


def url_of(listener: socket.socket) -> str:
    """Return the base URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
