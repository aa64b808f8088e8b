"""Blocking work with a limit: a thread does it, which is given up when it is late."""

from __future__ import annotations

import contextlib
import contextvars
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["TooLate", "done_within"]

T = TypeVar("T")

_GRACE = 0.1  # seconds for work that was ended to notice it


class TooLate(Exception):
    """The work was not done in time."""


def done_within(
    seconds: float,
    work: Callable[[], T],
    *,
    end: Callable[[], bool],
    late: Callable[[T], object],
) -> T:
    """Do the work in a thread of its own, in the context of the caller.

    Args:
        seconds: How long it may take.
        work: What to do. Its errors are raised here.
        end: Called when the work is given up; tells whether that ends it at once.
        late: Called with the result of work that was given up.

    Raises:
        TooLate: The work took longer. Its thread may go on, and prevents no exit.
    """
    worker = _Worker(work, late)
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(worker.run,), daemon=True)
    thread.start()
    try:
        worker.done.wait(seconds)
    finally:  # whoever interrupts the wait wants the work no more
        given_up = worker.give_up()
        if given_up and end():
            thread.join(_GRACE)
    if given_up:
        raise TooLate
    return worker.result()


class _Worker(Generic[T]):
    def __init__(self, work: Callable[[], T], late: Callable[[T], object]) -> None:
        self.done = threading.Event()
        self._work = work
        self._late = late
        self._lock = threading.Lock()
        self._given_up = False
        self._results: list[T] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        """Do the work."""
        try:
            self._results.append(self._work())
        except BaseException as error:  # it is the caller's
            self._error = error
        with self._lock:
            self.done.set()
            given_up = self._given_up
        if given_up:
            with contextlib.suppress(Exception):  # nobody is there to be told
                for result in self._results:
                    self._late(result)

    def give_up(self) -> bool:
        """Want the result no more, unless it is there; tell whether it is not."""
        with self._lock:
            self._given_up = not self.done.is_set()
            return self._given_up

    def result(self) -> T:
        """Return what came of work that is done."""
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None  # its traceback holds this frame
        return self._results[0]
