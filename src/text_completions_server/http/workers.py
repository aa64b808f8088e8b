"""Several processes that answer requests, and the one that watches over them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

from ..errors import ServerError

Work = Callable[[socket.socket, Callable[[], None]], None]
"""Serves until a byte or the end comes from the socket; calls what it is given once it
accepts requests."""

_READY = b"ready"
_MAX_MESSAGE = 4096
_STOPPING = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process, and the connection to it.

    The process sends that it is ready, or why it cannot start. It is sent a byte for
    each signal. When the connection ends, the process stops.
    """

    process: BaseProcess
    connection: socket.socket


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
        self._starting: set[socket.socket] = set()
        self._workers: list[_Worker] = []
        self._announced = False

    def run(self) -> None:
        """Start the processes, and watch them until all have ended after a signal."""
        for _ in range(self._count):
            self._start()
        while self._workers:
            sentinels = {each.process.sentinel: each for each in self._workers}
            came = wait([self._signals, *self._starting, *sentinels])
            if self._signals in came:
                for _ in os.read(self._signals, 1024):
                    self._stop()
            for each in self._starting.intersection(came):
                self._note_start(each)
            for sentinel in sentinels.keys() & set(came):
                self._note_end(sentinels[sentinel])
        if self._failure is not None:
            raise ServerError(f"a worker did not start: {self._failure}")

    def kill(self) -> None:
        """End what is left of the processes, after an exception."""
        for worker in self._workers:
            worker.process.kill()
            worker.process.join()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        others = [ours, *(each.connection for each in self._workers)]
        process = multiprocessing.get_context("fork").Process(
            target=_run, args=(self._work, theirs, others)
        )
        try:
            process.start()
        except OSError as error:
            raise ServerError(f"cannot start a worker: {error.strerror}") from error
        theirs.close()
        self._workers.append(_Worker(process, ours))
        self._starting.add(ours)

    def _stop(self) -> None:
        self._is_stopping = True
        for worker in self._workers:
            _send(worker.connection, b"s")

    def _note_start(self, connection: socket.socket) -> None:
        """Take the first message of a process."""
        self._starting.discard(connection)
        message = receive(connection, _MAX_MESSAGE)
        if self._is_stopping:
            return
        if message != _READY:
            self._failure = message.decode(errors="replace") or "it ended"
            self._stop()
        elif not self._starting and not self._announced:
            self._announced = True
            self._on_ready()

    def _note_end(self, worker: _Worker) -> None:
        """Start a process anew that ended although nobody asked it to."""
        self._workers.remove(worker)
        self._starting.discard(worker.connection)
        worker.process.join()
        worker.connection.close()
        if self._is_stopping:
            return
        code = worker.process.exitcode or 0
        how = f"by signal {-code}" if code < 0 else f"with status {code}"
        print(
            f"warning: worker {worker.process.pid} ended {how}; starting another",
            file=sys.stderr,
        )
        self._start()


def _run(work: Work, control: socket.socket, others: list[socket.socket]) -> None:
    """Work, in a process of its own."""
    for each in _STOPPING:
        signal.signal(each, signal.SIG_IGN)
    for connection in others:  # else no process would see the end of another's
        connection.close()
    try:
        work(control, lambda: _send(control, _READY))
    except Exception as error:
        message = str(error) or type(error).__name__
        _send(control, message.encode()[:_MAX_MESSAGE])
        sys.exit(1)


def _send(connection: socket.socket, message: bytes) -> None:
    with suppress(OSError):  # the other process has died, which its end says
        connection.sendall(message)


def receive(connection: socket.socket, size: int) -> bytes:
    """Return what came; nothing at the end of the connection."""
    with suppress(ConnectionError):
        return connection.recv(size)
    return b""


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
