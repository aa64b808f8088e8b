"""Sends requests as they are and gives up in time: no answer can hold a run."""

from __future__ import annotations

import ssl
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

import httpx

from ._exchange import Exchange, Fault, Request
from ._settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_loopback(url: str) -> bool:
    """Whether the URL names this machine."""
    return (urlsplit(url).hostname or "") in LOOPBACK


@dataclass
class Wire:
    """A connection to the server, and the journal of what passed over it."""

    url: str
    settings: Settings
    journal: list[Exchange] = field(default_factory=list[Exchange])

    def __post_init__(self) -> None:
        near = is_loopback(self.url)
        self._client = httpx.Client(
            timeout=self.settings.timeout,
            follow_redirects=False,
            # A proxy of the environment cannot reach this machine's own servers.
            trust_env=not near,
            # Where a server leaves Nagle's algorithm on, each answer on a connection
            # that is kept comes 40 ms late; opening one here takes a tenth of one.
            limits=httpx.Limits(max_keepalive_connections=0 if near else 5),
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(self, request: Request) -> Exchange:
        """Send a request and read its answer, up to the caps; never raises."""
        answer = _Answer(self.settings)
        with answer.catching():
            try:
                self._read(request, answer)
            except httpx.RemoteProtocolError:
                # A server may drop an idle connection at any time; no fault yet.
                if answer.status:
                    raise
                self._read(request, answer)
        exchange = Exchange(
            request=request,
            status=answer.status,
            headers=answer.headers,
            body=b"".join(answer.parts),
            fault=answer.fault,
            began=answer.began,
            arrivals=tuple(answer.arrivals),
        )
        self.journal.append(exchange)
        return exchange

    def _read(self, request: Request, answer: _Answer) -> None:
        headers = [
            (key.encode("latin-1"), value.encode("latin-1"))
            for key, value in request.headers
        ]
        with self._client.stream(
            request.method,
            self.url + request.path,
            headers=headers,
            content=request.body,
        ) as response:
            answer.begin(response)
            for chunk in response.iter_raw():
                if not answer.add(chunk):
                    return


class _Answer:
    """What has been read so far."""

    def __init__(self, settings: Settings) -> None:
        self.status = 0
        self.headers: tuple[tuple[str, str], ...] = ()
        self.parts: list[bytes] = []
        self.began = 0.0
        self.arrivals: list[float] = []
        self.fault: Fault | None = None
        self._settings = settings
        self._start = time.monotonic()
        self._size = 0
        self._lines = 0

    def begin(self, response: httpx.Response) -> None:
        self.began = time.monotonic() - self._start
        self.status = response.status_code
        self.headers = tuple(
            (key.decode("latin-1"), value.decode("latin-1"))
            for key, value in response.headers.raw
        )

    def add(self, chunk: bytes) -> bool:
        """Keep a chunk; False once a cap is reached."""
        passed = time.monotonic() - self._start
        self.parts.append(chunk)
        self.arrivals.append(passed)
        self._size += len(chunk)
        self._lines += chunk.count(b"\n")
        self.fault = self._over(passed)
        return self.fault is None

    def _over(self, passed: float) -> Fault | None:
        settings = self._settings
        if self._size > settings.max_bytes:
            return Fault("huge", f"more than {settings.max_bytes} bytes were sent")
        # An event takes three lines: its name, its data, and the blank one.
        if self._lines > 3 * settings.max_events and self._is_stream():
            return Fault("endless", f"more than {settings.max_events} events were sent")
        if passed > settings.timeout:
            return Fault("endless", f"no end within {settings.timeout:g} s")
        return None

    def _is_stream(self) -> bool:
        return any(
            key.lower() == "content-type" and "event-stream" in value
            for key, value in self.headers
        )

    @contextmanager
    def catching(self) -> Generator[None]:
        try:
            yield
        except httpx.TimeoutException as error:
            self.fault = self._timed_out(error)
        except httpx.ConnectError as error:
            self.fault = Fault(_kind_of(error), str(error) or "no connection")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            self.fault = Fault("broken", f"the answer broke off: {error}")

    def _timed_out(self, error: httpx.TimeoutException) -> Fault:
        if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
            return Fault("unreachable", "no connection in time")
        seconds = f"{self._settings.timeout:g} s"
        if self.status:
            return Fault("endless", f"the answer began and then paused for {seconds}")
        return Fault("silent", f"no answer within {seconds}")


def _kind_of(error: httpx.ConnectError) -> Literal["tls", "unreachable"]:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return (
        "tls" if "SSL" in str(error) or "certificate" in str(error) else "unreachable"
    )
