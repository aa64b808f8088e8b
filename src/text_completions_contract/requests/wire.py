"""Sends requests byte for byte, and ends every exchange in time."""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import anyio
import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from .._judgement import NotJudged
from .._settings import Settings, SetupError, is_loopback
from .budget import Budget, Pace, interval_of
from .exchange import Exchange, Fault, Request
from .unparsed import read_unparsed

# The connect timeout is shorter than the whole, so that the two can be told apart.
CONNECT_SHARE = 0.9
# An event takes three lines: its name, its data and a blank line.
LINES_PER_EVENT = 3
SendingWay: TypeAlias = "Callable[[Sequence[Request]], Awaitable[list[Exchange]]]"
# The content codings that httpx decodes wherever it is installed.
DECODED = frozenset({"identity", "gzip", "deflate"})
# Errors that a server may give by chance.
CHANCE_ERRORS = frozenset({500, 502, 504})


@contextmanager
def open_wire(url: str, settings: Settings) -> Generator[Wire]:
    """Open connections to a server, and close them in the end.

    An event loop in a thread does the sending: only there can a whole exchange have a
    deadline, and several requests be sent at once.
    """
    with start_blocking_portal() as portal:
        wire = Wire(url, settings, portal)
        yield wire
        portal.call(wire.client.aclose)


@dataclass
class Wire:
    """Connections to the server, and the journal of all exchanges."""

    url: str
    settings: Settings
    portal: BlockingPortal
    journal: list[Exchange] = field(default_factory=list[Exchange])

    def __post_init__(self) -> None:
        settings = self.settings
        self.budget = Budget(settings.max_requests, settings.max_tokens)
        self.pace = Pace(interval_of(settings.rate))
        # Where a server leaves Nagle's algorithm on, each response on a reused
        # connection comes 40 ms late; a new connection here takes a tenth of one.
        near = is_loopback(self.url)
        try:
            self.client = self.portal.call(self._new_client, 0 if near else 5)
        except (OSError, ssl.SSLError) as error:
            file = self.settings.ca or os.environ.get("SSL_CERT_FILE")
            reason = error.strerror or str(error)
            message = f"the certificates in {file} cannot be read: {reason}"
            raise SetupError(message) from error

    def send(self, request: Request) -> Exchange:
        """Send a request and read its response, up to the limits of the settings.

        Whatever goes wrong becomes a fault of the exchange. Where the server is busy,
        the request is repeated after the pause that it asks for.

        Raises:
            BudgetExceeded: The budget of the run allows no further request.
        """
        repeats = 0
        while True:
            self.pace.wait()
            (exchange,) = self.send_together([request])
            if not self.pace.should_repeat(exchange, repeats):
                return exchange
            repeats += 1

    def send_together(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send requests at the same time, each on a connection of its own."""
        return self._send(self._send_all, requests)

    def send_in_turn(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send requests one after another, on one connection where it stays open."""
        return self._send(self._send_in_turn, requests)

    def send_unparsed(self, request: Request) -> Exchange:
        """Send a request without a body; its response has whatever bytes followed.

        Raises:
            BudgetExceeded: The budget of the run allows no further request.
            NotJudged: A proxy stands before the server, and answers in its place.
        """
        if _has_proxy(self.url):
            raise NotJudged("a proxy stands before the server")
        self.pace.wait()
        (exchange,) = self._send(self._send_unparsed, [request])
        return exchange

    def _send(self, way: SendingWay, requests: Sequence[Request]) -> list[Exchange]:
        """Send requests, and once more where the server may have failed by chance."""
        exchanges = self._send_within_budget(way, requests)
        if any(exchange.status in CHANCE_ERRORS for exchange in exchanges):
            exchanges = self._send_within_budget(way, requests)
        self.journal.extend(exchanges)
        return exchanges

    def _send_within_budget(
        self, way: SendingWay, requests: Sequence[Request]
    ) -> list[Exchange]:
        costs = [self.budget.reserve(request) for request in requests]
        exchanges = self.portal.call(way, requests)
        for cost, exchange in zip(costs, exchanges, strict=True):
            self.budget.settle(cost, exchange)
        return exchanges

    async def _new_client(self, kept_connections: int) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            timeout=httpx.Timeout(None, connect=CONNECT_SHARE * self.settings.timeout),
            follow_redirects=False,
            verify=self._tls_context(),
            # A proxy of the environment cannot reach servers on this machine.
            trust_env=not is_loopback(self.url),
            limits=httpx.Limits(max_keepalive_connections=kept_connections),
        )

    def _tls_context(self) -> ssl.SSLContext | Literal[False]:
        if self.url.startswith("http:"):
            # No certificate is checked, and reading all roots takes time.
            return False
        if self.settings.ca is not None:
            return ssl.create_default_context(cafile=self.settings.ca)
        # With SSL_CERT_FILE and SSL_CERT_DIR, also for servers on this machine.
        return httpx.create_ssl_context()

    async def _send_all(self, requests: Sequence[Request]) -> list[Exchange]:
        exchanges: dict[int, Exchange] = {}

        async def send(number: int, request: Request) -> None:
            exchanges[number] = await self._exchange(request)

        async with anyio.create_task_group() as group:
            for number, request in enumerate(requests):
                group.start_soon(send, number, self._with_added_headers(request))
        return [exchanges[number] for number in range(len(requests))]

    async def _send_in_turn(self, requests: Sequence[Request]) -> list[Exchange]:
        client = await self._new_client(1)
        try:
            return [
                await self._exchange(self._with_added_headers(request), client)
                for request in requests
            ]
        finally:
            await client.aclose()

    async def _send_unparsed(self, requests: Sequence[Request]) -> list[Exchange]:
        tls = self._tls_context() or None
        return [
            await self._exchange_unparsed(self._with_added_headers(request), tls)
            for request in requests
        ]

    async def _exchange_unparsed(
        self, request: Request, tls: ssl.SSLContext | None
    ) -> Exchange:
        try:
            with anyio.fail_after(self.settings.timeout):
                return await read_unparsed(self.url, request, tls)
        except TimeoutError:
            message = f"no response within {self.settings.timeout:g} s"
            return Exchange(request=request, fault=Fault("silent", message))
        except OSError as error:
            return Exchange(request=request, fault=Fault("unreachable", str(error)))
        except (ValueError, anyio.EndOfStream) as error:
            reason = str(error) or "the connection was closed"
            fault = Fault("broken", f"the response broke off: {reason}")
            return Exchange(request=request, fault=fault)

    def _with_added_headers(self, request: Request) -> Request:
        added = self.settings.headers
        names = {name.lower() for name, _ in added}
        kept = tuple(item for item in request.headers if item[0].lower() not in names)
        return replace(request, headers=kept + added) if added else request

    async def _exchange(
        self, request: Request, client: httpx.AsyncClient | None = None
    ) -> Exchange:
        response = _PartialResponse(self.settings)
        try:
            with anyio.fail_after(self.settings.timeout):
                await self._try_twice(client or self.client, request, response)
        except TimeoutError:
            response.fault = response.timed_out()
        except httpx.ConnectTimeout:
            response.fault = Fault("unreachable", "no connection in time")
        except httpx.ConnectError as error:
            response.fault = Fault(_kind_of(error), str(error) or "no connection")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            reason = str(error) or "the connection was closed"
            response.fault = Fault("broken", f"the response broke off: {reason}")
        return response.exchange(request)

    async def _try_twice(
        self, client: httpx.AsyncClient, request: Request, response: _PartialResponse
    ) -> None:
        try:
            await self._read(client, request, response)
        except (httpx.RemoteProtocolError, httpx.NetworkError):
            # A server may close a connection at any time; once is not a fault.
            if response.status:
                raise
            await self._read(client, request, response)

    async def _read(
        self, client: httpx.AsyncClient, request: Request, response: _PartialResponse
    ) -> None:
        headers = [
            (key.encode("latin-1"), value.encode("latin-1"))
            for key, value in request.headers
        ]
        async with client.stream(
            request.method,
            self.url + request.path,
            headers=headers,
            content=_in_chunks(request.body) if request.is_chunked else request.body,
        ) as incoming:
            if not response.begin(incoming):
                return
            # Decoded, where a server compresses although it was asked not to.
            async for chunk in incoming.aiter_bytes():
                if not response.add(chunk):
                    return


async def _in_chunks(body: bytes | None) -> AsyncIterator[bytes]:
    yield body or b""


class _PartialResponse:
    """What has been read of a response so far."""

    def __init__(self, settings: Settings) -> None:
        self.status = 0
        self.fault: Fault | None = None
        self._settings = settings
        self._headers: tuple[tuple[str, str], ...] = ()
        self._is_stream = False
        self._parts: list[bytes] = []
        self._size = 0
        self._lines = 0
        self._start = time.monotonic()
        self._began = 0.0
        self._arrivals: list[float] = []

    def begin(self, response: httpx.Response) -> bool:
        """Keep the status and the headers; returns whether to read the body."""
        self._began = time.monotonic() - self._start
        self.status = response.status_code
        self._headers = tuple(
            (key.decode("latin-1"), value.decode("latin-1"))
            for key, value in response.headers.raw
        )
        self._is_stream = "event-stream" in response.headers.get("content-type", "")
        codings = response.headers.get_list("content-encoding", split_commas=True)
        if unknown := {coding.lower() for coding in codings} - DECODED:
            names = ", ".join(sorted(unknown))
            message = f"the response is encoded as {names}, which was not asked for"
            self.fault = Fault("encoded", message)
        return self.fault is None

    def add(self, chunk: bytes) -> bool:
        """Keep a chunk; returns whether to read on."""
        self._parts.append(chunk)
        self._arrivals.append(time.monotonic() - self._start)
        self._size += len(chunk)
        self._lines += chunk.count(b"\n")
        self.fault = self._too_much()
        return self.fault is None

    def timed_out(self) -> Fault:
        seconds = f"{self._settings.timeout:g} s"
        if self.status:
            return Fault(
                "endless", f"the response began and did not end within {seconds}"
            )
        return Fault("silent", f"no response within {seconds}")

    def exchange(self, request: Request) -> Exchange:
        return Exchange(
            request=request,
            status=self.status,
            headers=self._headers,
            body=b"".join(self._parts),
            fault=self.fault,
            began=self._began,
            arrivals=tuple(self._arrivals),
        )

    def _too_much(self) -> Fault | None:
        settings = self._settings
        if self._size > settings.max_bytes:
            return Fault("huge", f"more than {settings.max_bytes} bytes were sent")
        if self._is_stream and self._lines > LINES_PER_EVENT * settings.max_events:
            return Fault("endless", f"more than {settings.max_events} events were sent")
        return None


def _has_proxy(url: str) -> bool:
    """Whether the environment sends requests for a URL to a proxy."""
    parts = urlsplit(url)
    is_direct = is_loopback(url) or proxy_bypass(parts.hostname or "")
    return not is_direct and bool(getproxies().keys() & {parts.scheme, "all"})


def _kind_of(error: httpx.ConnectError) -> Literal["tls", "unreachable"]:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    is_tls = "SSL" in str(error) or "certificate" in str(error)
    return "tls" if is_tls else "unreachable"
