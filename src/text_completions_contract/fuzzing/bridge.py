"""The door through which schemathesis reaches the server.

To schemathesis the server is a WSGI application. So every request passes over our own
wire: shaped, counted, capped in time and bytes, with the real key put in last, and
kept in the journal, where the clauses that always apply look at it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .._bench import HANGING, PATIENCE
from .._judge import Judge
from .._judgement import NotJudged
from ..requests.exchange import Exchange, Request
from .shaper import Shaper

# What stands for the key within schemathesis, so that none of its output can hold it.
PLACEHOLDER = "sk-placeholder"
CASE_HEADER = "x-schemathesis-testcaseid"
# What the transport says of itself, and betas, whose names only a server knows.
DROPPED = frozenset(
    {
        CASE_HEADER,
        "host",
        "connection",
        "accept",
        "accept-encoding",
        "user-agent",
        "anthropic-beta",
        "content-length",
    }
)


class GivenUp(Exception):
    """The request is not sent: the run is over, or the server hangs."""


@dataclass
class Bridge:
    """A WSGI application that asks the server under test."""

    judge: Judge
    shaper: Shaper
    deadline: float
    exchanges: dict[str, Exchange] = field(default_factory=dict[str, Exchange])
    _hangs: int = 0

    def __call__(
        self, environ: dict[str, Any], start: Callable[..., object]
    ) -> Iterable[bytes]:
        """Answer as WSGI wants it."""
        if self.is_over:
            raise GivenUp
        try:
            exchange = self.judge.bench.wire.send(self._request(environ))
        except NotJudged as spent:
            self.deadline = 0.0
            raise GivenUp from spent
        case = environ.get("HTTP_" + CASE_HEADER.upper().replace("-", "_"), "")
        self.exchanges[case] = exchange
        if exchange.fault is not None:
            self._hangs += exchange.fault.kind in HANGING
            raise GivenUp(exchange.fault.message)
        framing = {"transfer-encoding", "content-length", "connection"}
        headers = [item for item in exchange.headers if item[0].lower() not in framing]
        start(f"{exchange.status} -", headers)
        return [exchange.body]

    @property
    def is_over(self) -> bool:
        """Whether nothing more is sent."""
        return self._hangs >= PATIENCE or time.monotonic() > self.deadline

    def _request(self, environ: dict[str, Any]) -> Request:
        path = str(environ["PATH_INFO"])
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        identity = (("accept", "*/*"), ("accept-encoding", "identity"))
        return Request(
            method=str(environ["REQUEST_METHOD"]),
            path=path,
            headers=(*self._headers(environ), *identity),
            body=self.shaper.shape(path, body) if body else None,
        )

    def _headers(self, environ: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for key, value in environ.items():
            name = key.removeprefix("HTTP_").replace("_", "-").lower()
            if name == "content-type" and value:
                yield name, str(value)
            elif key.startswith("HTTP_") and name not in DROPPED:
                yield name, self._value(name, str(value))

    def _value(self, name: str, value: str) -> str:
        if name != "x-api-key":
            return value
        # Whatever was made up in its place is no key of the server.
        return self.judge.bench.key if value == PLACEHOLDER else f"invalid-{value}"
