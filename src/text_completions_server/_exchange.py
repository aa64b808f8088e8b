"""What happened to each request, told when it is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and how it was answered; holds no key and no prompt.

    Attributes:
        method: The method of the request.
        path: Its path, percent-encoded and without a query.
        status: The status of the answer; 0 when the client left before there was one.
        events: How many server-sent events were written.
        milliseconds: From the request's head to the end of the answer.
    """

    method: str
    path: str
    status: int
    events: int
    milliseconds: float

    def __str__(self) -> str:
        return (
            f"{self.method} {self.path} {self.status} "
            f"{self.events} events {self.milliseconds:.1f} ms"
        )


class ExchangeObserver:
    """Middleware that tells of every exchange.

    Args:
        app: The application.
        tell: Called once per request, after its answer.
    """

    def __init__(self, app: ASGIApp, tell: Callable[[Exchange], None]) -> None:
        self._app = app
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        watch = _Watch(send)
        started = time.perf_counter()
        try:
            await self._app(scope, receive, watch)
        finally:
            took = (time.perf_counter() - started) * 1000
            method, path = scope["method"], quote(scope["path"])
            self._tell(Exchange(method, path, watch.status, watch.events, took))


class _Watch:
    """Passes messages on, and counts the events: there is one in each message."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._streams = False
        self.status = 0
        self.events = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            content_type = Headers(raw=message["headers"]).get("content-type", "")
            self._streams = content_type.startswith("text/event-stream")
        elif self._streams and message.get("body"):
            self.events += 1
        await self._send(message)
