"""Sends requests as they are and gives up in time: no answer can hold a run."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

import httpx

from .._settings import Settings
from .budget import Budget, Pace, interval_of
from .exchange import Exchange, Fault, Request
from .reading import PartialAnswer

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# A connection is given up a little before the answer, to tell the one from the other.
CONNECTING = 0.9


def is_loopback(url: str) -> bool:
    """Whether the URL names this machine."""
    return (urlsplit(url).hostname or "") in LOOPBACK


@dataclass
class Wire:
    """A connection to the server, and the journal of what passed over it.

    A loop in a thread of its own does the sending: only there can a whole exchange be
    given a deadline, whatever the server does, and several be sent at once.
    """

    url: str
    settings: Settings
    journal: list[Exchange] = field(default_factory=list[Exchange])

    def __post_init__(self) -> None:
        settings = self.settings
        self.budget = Budget(settings.max_requests, settings.max_tokens)
        self.pace = Pace(interval_of(settings.rate))
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._client = self._new_client()

    def close(self) -> None:
        """Close the connections."""
        asyncio.run_coroutine_threadsafe(self._wind_up(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def send(self, request: Request) -> Exchange:
        """Send a request and read its answer, up to the caps.

        Whatever the server does becomes a fault of the exchange. A busy server is
        waited for as it asks. Raises `BudgetExceeded` when the budget is spent.
        """
        repeats = 0
        while True:
            self.pace.wait()
            (exchange,) = self.send_together([request])
            if not self.pace.again(exchange, repeats):
                return exchange
            repeats += 1

    def send_together(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send requests all at once, each on a connection of its own."""
        costs = [self.budget.admit(request) for request in requests]
        sending = self._all([self._dressed(request) for request in requests])
        exchanges = asyncio.run_coroutine_threadsafe(sending, self._loop).result()
        for cost, exchange in zip(costs, exchanges, strict=True):
            self.budget.settle(cost, exchange)
        self.journal.extend(exchanges)
        return exchanges

    def _new_client(self) -> httpx.AsyncClient:
        near = is_loopback(self.url)
        connecting = CONNECTING * self.settings.timeout
        return httpx.AsyncClient(
            timeout=httpx.Timeout(None, connect=connecting),
            follow_redirects=False,
            # Without TLS no certificate is looked at, and reading all roots takes time.
            verify=not self.url.startswith("http:"),
            # A proxy of the environment cannot reach this machine's own servers.
            trust_env=not near,
            # Where a server leaves Nagle's algorithm on, each answer on a connection
            # that is kept comes 40 ms late; opening one here takes a tenth of one.
            limits=httpx.Limits(max_keepalive_connections=0 if near else 5),
        )

    def _dressed(self, request: Request) -> Request:
        """The request with the headers that every request is to carry."""
        own = {name.lower() for name, _ in self.settings.headers}
        kept = tuple(item for item in request.headers if item[0].lower() not in own)
        return (
            replace(request, headers=kept + self.settings.headers) if own else request
        )

    async def _wind_up(self) -> None:
        ours = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not ours]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.aclose()

    async def _all(self, requests: Sequence[Request]) -> list[Exchange]:
        return await asyncio.gather(*map(self._exchange, requests))

    async def _exchange(self, request: Request) -> Exchange:
        answer = PartialAnswer(self.settings)
        try:
            async with asyncio.timeout(self.settings.timeout):
                await self._ask(request, answer)
        except TimeoutError:
            answer.fault = answer.timed_out()
        except httpx.ConnectTimeout:
            answer.fault = Fault("unreachable", "no connection in time")
        except httpx.ConnectError as error:
            answer.fault = Fault(_kind_of(error), str(error) or "no connection")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            answer.fault = Fault("broken", f"the answer broke off: {error}")
        return answer.exchange(request)

    async def _ask(self, request: Request, answer: PartialAnswer) -> None:
        try:
            await self._read(request, answer)
        except (httpx.RemoteProtocolError, httpx.NetworkError):
            # A server may drop a connection at any time; once is no fault yet.
            if answer.status:
                raise
            await self._read(request, answer)

    async def _read(self, request: Request, answer: PartialAnswer) -> None:
        headers = [
            (key.encode("latin-1"), value.encode("latin-1"))
            for key, value in request.headers
        ]
        async with self._client.stream(
            request.method,
            self.url + request.path,
            headers=headers,
            content=request.body,
        ) as response:
            answer.begin(response.status_code, response.headers.raw)
            async for chunk in response.aiter_raw():
                if not answer.add(chunk):
                    return


def _kind_of(error: httpx.ConnectError) -> Literal["tls", "unreachable"]:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return (
        "tls" if "SSL" in str(error) or "certificate" in str(error) else "unreachable"
    )
