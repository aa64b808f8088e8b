"""Several processes that answer requests, and the one that watches over them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from ..errors import ServerError

Work = Callable[[Connection, Callable[[], None]], None]
"""Serves until a message or the end comes from the connection; calls what it is given
once it accepts requests."""

_READY = b"ready"
_STOPPING = (signal.SIGINT, signal.SIGTERM)


def supervise(work: Work, count: int, *, on_ready: Callable[[], None]) -> None:
    """Keep several processes at work until SIGINT or SIGTERM.

    A signal is passed on to all of them. The processes themselves ignore signals, so
    one that is sent to the whole group counts once.

    Args:
        work: What each process does.
        count: How many there are.
        on_ready: Called once, when all are ready.

    Raises:
        ServerError: A process did not start.
        ValueError: This system cannot copy a process.
    """
    if "fork" not in multiprocessing.get_all_start_methods():
        raise ValueError("workers must be 1: this system cannot copy a process")
    with _signals() as signals:
        supervisor = _Supervisor(work, count, on_ready, signals)
        try:
            supervisor.run()
        finally:
            supervisor.kill()


class _Supervisor:
    """Starts processes again that die, until there was a signal; see `supervise`.

    Each process sends that it is ready, or why it cannot start. It is sent a message
    for each signal. When its connection ends, it stops.

    Args:
        signals: A file descriptor with one byte for each signal.
    """

    def __init__(
        self, work: Work, count: int, on_ready: Callable[[], None], signals: int
    ) -> None:
        self._work = work
        self._count = count
        self._on_ready = on_ready
        self._signals = signals
        self._is_stopping = False
        self._failure: str | None = None
        self._workers: dict[Connection, BaseProcess] = {}
        self._starting: set[Connection] = set()
        self._announced = False

    def run(self) -> None:
        """Start the processes, and watch them until all have ended after a signal."""
        for _ in range(self._count):
            self._start()
        while self._workers:
            came = wait([self._signals, *self._workers])
            if self._signals in came:
                for _ in os.read(self._signals, 1024):
                    self._stop()
            for connection in self._workers.keys() & set(came):
                self._read(connection)
        if self._failure is not None:
            raise ServerError(f"a worker did not start: {self._failure}")

    def kill(self) -> None:
        """End what is left of the processes, after an exception."""
        for process in self._workers.values():
            process.kill()
            process.join()

    def _start(self) -> None:
        # multiprocessing.Pipe() gives another type of connection on Windows.
        ours, theirs = (Connection(each.detach()) for each in socket.socketpair())
        process = multiprocessing.get_context("fork").Process(
            target=_run, args=(self._work, theirs, [ours, *self._workers])
        )
        try:
            process.start()
        except OSError as error:
            raise ServerError(f"cannot start a worker: {error.strerror}") from error
        theirs.close()
        self._workers[ours] = process
        self._starting.add(ours)

    def _stop(self) -> None:
        self._is_stopping = True
        for connection in self._workers:
            _send(connection, b"stop")

    def _read(self, connection: Connection) -> None:
        """Read what a process says: that it is ready, why it is not, or its end."""
        try:
            message = connection.recv_bytes()
        except (EOFError, OSError):
            self._note_end(connection)
            return
        self._starting.discard(connection)
        if message != _READY:
            self._fail(message.decode(errors="replace"))
        elif not (self._starting or self._announced or self._is_stopping):
            self._announced = True
            self._on_ready()

    def _fail(self, reason: str) -> None:
        if not self._is_stopping:
            self._failure = reason
            self._stop()

    def _note_end(self, connection: Connection) -> None:
        """Start a process anew that ended although nobody asked it to."""
        process = self._workers.pop(connection)
        process.join()
        connection.close()
        if connection in self._starting:
            self._starting.discard(connection)
            self._fail("it ended")
        if self._is_stopping:
            return
        code = process.exitcode or 0
        how = f"by signal {-code}" if code < 0 else f"with status {code}"
        print(
            f"warning: worker {process.pid} ended {how}; starting another",
            file=sys.stderr,
        )
        self._start()


def _run(work: Work, control: Connection, others: list[Connection]) -> None:
    """Work, in a process of its own."""
    for each in _STOPPING:
        signal.signal(each, signal.SIG_IGN)
    for connection in others:  # else no process would see the end of another's
        connection.close()
    try:
        work(control, lambda: _send(control, _READY))
    except Exception as error:
        _send(control, (str(error) or type(error).__name__).encode())
        sys.exit(1)


def _send(connection: Connection, message: bytes) -> None:
    with suppress(OSError):  # the other process has died, which its end says
        connection.send_bytes(message)


@contextmanager
def _signals() -> Generator[int]:
    """Write a byte to the file descriptor for each signal that stops a server."""
    reader, writer = os.pipe()

    def note(*_: object) -> None:
        os.write(writer, b"s")

    before = [(each, signal.signal(each, note)) for each in _STOPPING]
    try:
        yield reader
    finally:
        for each, handler in before:
            signal.signal(each, handler)
        os.close(reader)
        os.close(writer)
