"""Sends requests byte for byte, and ends every exchange in time."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import ssl
import time
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException, HTTPSConnection, parse_headers
from typing import BinaryIO, Literal

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from .._settings import Settings, SetupError, is_loopback, reason_of
from .budget import Budget, Pace, interval_of
from .exchange import Exchange, Fault, Headers, Request

# The connect timeout is shorter than the whole, so that the two can be told apart.
CONNECT_SHARE = 0.9
# After this silence a server has sent all that follows the headers.
QUIET_SECONDS = 1.0
STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})")
# A response that is longer than this is given up.
MAX_BYTES = 8 * 2**20
MAX_EVENTS = 20_000
# An event takes three lines: its name, its data and a blank line.
LINES_PER_EVENT = 3
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
        try:
            yield wire
        finally:
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
            file = settings.ca or os.environ.get("SSL_CERT_FILE")
            message = f"the certificates in {file} cannot be read: {reason_of(error)}"
            raise SetupError(message) from error

    # All of these raise BudgetExceeded where the run allows no further request.

    def send(self, request: Request) -> Exchange:
        """Send a request and read its response, up to the limits of the settings.

        Whatever goes wrong becomes a fault of the exchange. Where the server is busy,
        the request is repeated after the pause that it asks for.
        """
        repeats = 0
        while True:
            (exchange,) = self._send([request], self.client)
            if not self.pace.should_repeat(exchange, repeats):
                return exchange
            repeats += 1

    def send_together(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send requests at the same time, each on a connection of its own."""
        return self._send(requests, self.client)

    def send_in_turn(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send requests one after another, on one connection where it stays open."""
        client = self.portal.call(self._new_client, 1)
        try:
            return [self._send([request], client)[0] for request in requests]
        finally:
            self.portal.call(client.aclose)

    def send_unparsed(self, request: Request) -> Exchange:
        """Send a request without a body; its response has whatever bytes followed."""
        (exchange,) = self._send([request], None)
        return exchange

    def _send(
        self, requests: Sequence[Request], client: httpx.AsyncClient | None
    ) -> list[Exchange]:
        """Send requests, and once more where the server may have failed by chance."""
        dressed = [self._with_added_headers(request) for request in requests]
        exchanges: list[Exchange] = []
        for _ in range(2):
            self.pace.wait()
            costs = [self.budget.reserve(request) for request in dressed]
            exchanges = self.portal.call(self._exchange_all, dressed, client)
            for cost, exchange in zip(costs, exchanges, strict=True):
                self.budget.settle(cost, exchange)
            if not any(exchange.status in CHANCE_ERRORS for exchange in exchanges):
                break
        self.journal.extend(exchanges)
        return exchanges

    def _with_added_headers(self, request: Request) -> Request:
        added = self.settings.headers
        names = {name.lower() for name, _ in added}
        kept = tuple(item for item in request.headers if item[0].lower() not in names)
        return replace(request, headers=kept + added) if added else request

    # Within the event loop.

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

    async def _exchange_all(
        self, requests: list[Request], client: httpx.AsyncClient | None
    ) -> list[Exchange]:
        exchanges = (self._exchange(request, client) for request in requests)
        return await asyncio.gather(*exchanges)

    async def _exchange(
        self, request: Request, client: httpx.AsyncClient | None
    ) -> Exchange:
        """Send a request, without a client as raw bytes, and read its response."""
        response = _PartialResponse()
        try:
            async with asyncio.timeout(self.settings.timeout):
                if client is None:
                    return await self._read_past_headers(request)
                await self._read(client, request, response)
        except TimeoutError:
            seconds = f"{self.settings.timeout:g} s"
            response.fault = (
                Fault("endless", f"the response began and did not end within {seconds}")
                if response.status
                else Fault("silent", f"no response within {seconds}")
            )
        except httpx.ConnectTimeout:
            response.fault = Fault("unreachable", "no connection in time")
        except (httpx.ConnectError, OSError) as error:
            response.fault = Fault(_kind_of(error), str(error) or "no connection")
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            HTTPException,
            ValueError,
        ) as error:
            reason = str(error) or "the connection was closed"
            response.fault = Fault("broken", f"the response broke off: {reason}")
        return response.exchange(request)

    async def _read_past_headers(self, request: Request) -> Exchange:
        """Read what follows the headers, which no client does after HEAD."""
        url, timeout = httpx.URL(self.url + request.path), self.settings.timeout
        connection = HTTPConnection(url.host, url.port, timeout=timeout)
        if tls := self._tls_context():
            connection = HTTPSConnection(
                url.host, url.port, timeout=timeout, context=tls
            )
        target = url.raw_path.decode("ascii")
        try:
            return await asyncio.to_thread(_read_raw, connection, request, target)
        except asyncio.CancelledError:
            # Each byte that comes resets the timeout of the socket.
            if connection.sock is not None:
                with suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)
            raise

    async def _read(
        self, client: httpx.AsyncClient, request: Request, response: _PartialResponse
    ) -> None:
        headers = [
            (key.encode("latin-1"), value.encode("latin-1"))
            for key, value in request.headers
        ]
        for is_last in (False, True):
            content = _in_chunks(request.body) if request.is_chunked else request.body
            try:
                async with client.stream(
                    request.method,
                    self.url + request.path,
                    headers=headers,
                    content=content,
                ) as incoming:
                    await response.read(incoming)
                    return
            except (httpx.RemoteProtocolError, httpx.NetworkError):
                # A server may close a connection at any time; once is not a fault.
                if response.status or is_last:
                    raise


async def _in_chunks(body: bytes | None) -> AsyncIterator[bytes]:
    # Two, because a careless server reads only the first.
    for part in (body[:9], body[9:]) if body else ():
        yield part


@dataclass
class _PartialResponse:
    """What has been read of a response so far."""

    status: int = 0
    headers: Headers = ()
    body: bytearray = field(default_factory=bytearray)
    fault: Fault | None = None
    began: float = 0.0
    arrivals: list[float] = field(default_factory=list[float])
    start: float = field(default_factory=time.monotonic)

    async def read(self, response: httpx.Response) -> None:
        """Keep the status, the headers and the body, up to the limits."""
        self.began = time.monotonic() - self.start
        self.status = response.status_code
        self.headers = tuple(
            (key.decode("latin-1"), value.decode("latin-1"))
            for key, value in response.headers.raw
        )
        codings = response.headers.get_list("content-encoding", split_commas=True)
        if unknown := {coding.lower() for coding in codings} - DECODED:
            names = ", ".join(sorted(unknown))
            message = f"the response is encoded as {names}, which was not asked for"
            self.fault = Fault("encoded", message)
            return
        is_stream = "event-stream" in response.headers.get("content-type", "")
        lines = 0
        # Decoded, where a server compresses although it was asked not to.
        async for chunk in response.aiter_bytes():
            self.body += chunk
            self.arrivals.append(time.monotonic() - self.start)
            lines += chunk.count(b"\n")
            if len(self.body) > MAX_BYTES:
                self.fault = Fault("huge", f"more than {MAX_BYTES} bytes were sent")
            if is_stream and lines > LINES_PER_EVENT * MAX_EVENTS:
                message = f"more than {MAX_EVENTS} events were sent"
                self.fault = Fault("endless", message)
            if self.fault is not None:
                return

    def exchange(self, request: Request) -> Exchange:
        return Exchange(
            request=request,
            status=self.status,
            headers=self.headers,
            body=bytes(self.body),
            fault=self.fault,
            began=self.began,
            arrivals=tuple(self.arrivals),
        )


def _read_raw(connection: HTTPConnection, request: Request, target: str) -> Exchange:
    """Send a request; what follows the headers is the body of the response."""
    with closing(connection):
        connection.putrequest(request.method, target, skip_accept_encoding=True)
        for name, value in (*request.headers, ("connection", "close")):
            connection.putheader(name, value)
        connection.endheaders()
        body = b""
        with connection.sock.makefile("rb") as received:
            status, headers = _read_head(received)
            connection.sock.settimeout(QUIET_SECONDS)
            with suppress(TimeoutError):
                body = received.read1()
    return Exchange(request=request, status=status, headers=headers, body=body)


def _read_head(received: BinaryIO) -> tuple[int, Headers]:
    """Read the status and the headers of a response.

    Interim responses such as 103 Early Hints stand before it; RFC 9110, 15.2.
    """
    while True:
        line = STATUS_LINE.match(received.readline())
        if line is None:
            raise ValueError("it does not begin with the status line of HTTP/1.1")
        headers = tuple(parse_headers(received).items())
        if (status := int(line[1])) >= 200:
            return status, headers


def _kind_of(error: BaseException) -> Literal["tls", "unreachable"]:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return "unreachable"
