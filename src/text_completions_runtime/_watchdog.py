"""A thread that does one thing when a wait has taken too long."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from time import monotonic

__all__ = ["Watchdog"]


class Watchdog:
    """Watches the waits of another thread, one after the other.

    Args:
        bite: What to do, once, when a wait takes too long. It must not block.

    Attributes:
        bitten: Whether that was done.
    """

    def __init__(self, bite: Callable[[], object]) -> None:
        self.bitten = False
        self._bite = bite
        self._ends = math.inf
        self._wakes = math.inf  # when the thread looks next, of its own accord
        self._ended = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self, seconds: float) -> None:
        """Begin a wait that may take this long."""
        with self._changed:
            self._ends = monotonic() + seconds
            if self._thread.ident is None:
                self._thread.start()
            elif self._ends < self._wakes:
                self._changed.notify()

    def stop(self) -> None:
        """End the wait. The thread finds out when it looks: waking it costs time."""
        with self._changed:
            self._ends = math.inf

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        running = self._thread.ident is not None
        if running and self._thread is not threading.current_thread():
            self._thread.join()

    def _watch(self) -> None:
        with self._changed:
            while not self._ended:
                left = self._ends - monotonic()
                if left <= 0:
                    self.bitten = True
                    self._bite()
                    return
                self._wakes = self._ends
                self._changed.wait(None if left == math.inf else left)
