"""An http client of httpx2, the fork of httpx, is accepted as it is."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from text_completions import APIConnectionError, APITimeoutError, RateLimitError

from .calls import complete, kinds
from .raw_server import BODY, RESET, STALL, RawServer, event, streamed, whole

GOOD = streamed(event(" a"), event(" b", "max_tokens"))


def client_of(kind: str, **given: Any) -> Any:
    made = httpx2.Client if kind == "sync" else httpx2.AsyncClient
    return made(verify=False, **given)  # no test here uses TLS


@kinds
def test_calls_and_streams_go_through_it(kind: str) -> None:
    with RawServer(whole(200, BODY), GOOD) as server:
        for call in ({}, {"stream": True}):
            http = client_of(kind, headers={"x-team": "blue"}, auth=("me", "mine"))
            assert complete(kind, server.url, call, http_client=http)

    for request in server.requests:
        assert b"x-team: blue" in request.lower()
        assert b"authorization: basic" in request.lower()


@kinds
def test_its_failures_are_errors_of_the_client(kind: str) -> None:
    busy = whole(429, b"{}")
    for acts, expected in (([RESET], APIConnectionError), (busy, RateLimitError)):
        with RawServer(acts) as server, pytest.raises(expected):
            complete(kind, server.url, http_client=client_of(kind))


@kinds
def test_the_deadline_holds_with_it(kind: str) -> None:
    with RawServer([STALL]) as server, pytest.raises(APITimeoutError, match="deadline"):
        complete(kind, server.url, deadline=0.2, http_client=client_of(kind))
