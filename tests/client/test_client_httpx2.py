"""An http client of httpx2, the fork of httpx, is accepted as it is."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from text_completions import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    RateLimitError,
)

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


@kinds
def test_responses_of_a_transport_without_a_network_are_read(kind: str) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if b"stream" in request.content:
            media = {"content-type": "text/event-stream"}
            return httpx2.Response(
                200, content=event(" a", "max_tokens"), headers=media
            )
        headers = {"content-encoding": "gzip", "content-type": "application/json"}
        return httpx2.Response(200, content=gzip.compress(BODY), headers=headers)

    for call in ({}, {"stream": True}):
        http = client_of(kind, transport=httpx2.MockTransport(answer))
        complete(kind, "http://nowhere.example", call, http_client=http)


@kinds
@pytest.mark.parametrize("is_read", [True, False])
def test_a_hook_may_read_responses_and_raise_their_status(
    is_read: bool, kind: str
) -> None:
    async def hook_async(response: httpx2.Response) -> None:
        if is_read:
            await response.aread()
        response.raise_for_status()

    def hook(response: httpx2.Response) -> None:
        if is_read:
            response.read()
        response.raise_for_status()

    chosen: Callable[..., Any] = hook if kind == "sync" else hook_async
    http = client_of(kind, event_hooks={"response": [chosen]})
    with RawServer(whole(200, BODY), whole(418, b"tea")) as server:
        assert complete(kind, server.url, http_client=http).id == "x"
        http = client_of(kind, event_hooks={"response": [chosen]})
        with pytest.raises(APIStatusError, match="418") as caught:
            complete(kind, server.url, http_client=http)
    assert caught.value.body == ("tea" if is_read else "")


@kinds
def test_another_origin_gets_nothing_of_its_client(kind: str) -> None:
    with RawServer(whole(200, BODY)) as other:
        moved = whole(307, b"", "text/plain", f"location: {other.url}/v1/complete")
        with RawServer(moved) as server:
            http = client_of(
                kind,
                headers={"x-team": "blue"},
                cookies={"session": "1"},
                auth=("me", "mine"),
                follow_redirects=True,
            )
            assert complete(kind, server.url, http_client=http).id == "x"
    for part in (b"x-team: blue", b"cookie: session=1", b"authorization: basic"):
        assert part in server.requests[0].lower()
        assert part not in other.requests[0].lower()
