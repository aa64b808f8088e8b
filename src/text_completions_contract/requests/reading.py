"""An answer while it is read, and when to give it up."""

from __future__ import annotations

import time
from collections.abc import Iterable

from .._settings import Settings
from .exchange import Exchange, Fault, Request


class PartialAnswer:
    """What has been read so far."""

    def __init__(self, settings: Settings) -> None:
        self.status = 0
        self.fault: Fault | None = None
        self._headers: tuple[tuple[str, str], ...] = ()
        self._parts: list[bytes] = []
        self._began = 0.0
        self._arrivals: list[float] = []
        self._settings = settings
        self._start = time.monotonic()
        self._size = 0
        self._lines = 0

    def begin(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep the status and the headers."""
        self._began = time.monotonic() - self._start
        self.status = status
        self._headers = tuple(
            (key.decode("latin-1"), value.decode("latin-1")) for key, value in headers
        )

    def add(self, chunk: bytes) -> bool:
        """Keep a chunk; False once a cap is reached."""
        self._parts.append(chunk)
        self._arrivals.append(time.monotonic() - self._start)
        self._size += len(chunk)
        self._lines += chunk.count(b"\n")
        self.fault = self._over()
        return self.fault is None

    def timed_out(self) -> Fault:
        """What it means that the time is up."""
        seconds = f"{self._settings.timeout:g} s"
        if self.status:
            return Fault("endless", f"the answer began and had no end within {seconds}")
        return Fault("silent", f"no answer within {seconds}")

    def exchange(self, request: Request) -> Exchange:
        """What was asked, and what was read."""
        return Exchange(
            request=request,
            status=self.status,
            headers=self._headers,
            body=b"".join(self._parts),
            fault=self.fault,
            began=self._began,
            arrivals=tuple(self._arrivals),
        )

    def _over(self) -> Fault | None:
        settings = self._settings
        if self._size > settings.max_bytes:
            return Fault("huge", f"more than {settings.max_bytes} bytes were sent")
        # An event takes three lines: its name, its data, and the blank one.
        if self._lines > 3 * settings.max_events and self._is_stream():
            return Fault("endless", f"more than {settings.max_events} events were sent")
        return None

    def _is_stream(self) -> bool:
        return any(
            key.lower() == "content-type" and "event-stream" in value
            for key, value in self._headers
        )
