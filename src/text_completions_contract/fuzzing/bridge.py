"""The WSGI application through which schemathesis reaches the server.

So every generated request passes over the suite's own wire. It is shaped, counted and
limited in time and bytes, gets the real key last, and is seen by the invariants.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .._bench import ACCEPT, Bench
from .._judgement import NotJudged
from ..requests.exchange import Exchange, Request
from .shaper import Shaper

# Stands for the key inside schemathesis, so that its output cannot contain the key.
PLACEHOLDER = "sk-placeholder"
CASE_HEADER = "x-schemathesis-testcaseid"
# What the transport adds, and betas, whose names only a server knows.
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
# Headers of a response that describe how its bytes were sent.
FRAMING = frozenset(
    {"transfer-encoding", "content-length", "connection", "content-encoding"}
)


class GivenUp(Exception):
    """The request is not sent, because the run is over or the server hangs."""


@dataclass
class Bridge:
    """Sends requests of schemathesis to the server under test."""

    bench: Bench
    shaper: Shaper
    deadline: float
    exchanges: dict[str, Exchange] = field(default_factory=dict[str, Exchange])

    def __call__(
        self, environ: dict[str, Any], start: Callable[..., object]
    ) -> Iterable[bytes]:
        """Respond as WSGI demands."""
        if self.is_over:
            raise GivenUp
        try:
            exchange = self.bench.send_again(self._request(environ))
        except NotJudged as reason:
            self.deadline = 0.0
            raise GivenUp from reason
        case = environ.get("HTTP_" + CASE_HEADER.upper().replace("-", "_"), "")
        self.exchanges[case] = exchange
        if exchange.fault is not None:
            raise GivenUp(exchange.fault.message)
        headers = [item for item in exchange.headers if item[0].lower() not in FRAMING]
        start(f"{exchange.status} -", headers)
        return [exchange.body]

    @property
    def is_over(self) -> bool:
        """Whether no more requests are sent."""
        return time.monotonic() > self.deadline

    def _request(self, environ: dict[str, Any]) -> Request:
        path = str(environ["PATH_INFO"])
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        return Request(
            method=str(environ["REQUEST_METHOD"]),
            path=path,
            headers=(*self._headers(environ), *ACCEPT),
            body=self.shaper.shape(path, body) if body else None,
        )

    def _headers(self, environ: dict[str, Any]) -> Iterator[tuple[str, str]]:
        for variable, value in environ.items():
            name = variable.removeprefix("HTTP_").replace("_", "-").lower()
            if name == "x-api-key":
                # Any other key that was generated is not a key of the server.
                is_ours = value == PLACEHOLDER
                key = self.bench.key if is_ours else f"invalid-{value}"
                header = self.bench.key_header
                yield header, self.bench.headers(key=key)[header]
            elif (name == "content-type" and value) or (
                variable.startswith("HTTP_") and name not in DROPPED
            ):
                is_version = name == "anthropic-version"
                yield name, self.shaper.version(value) if is_version else str(value)
