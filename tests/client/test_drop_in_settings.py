"""Settings and connections are those that code for the official SDK counts on."""

from __future__ import annotations

import logging
import socket
from typing import Any

import httpx
import pytest

from text_completions import (
    AnthropicError,
    AsyncClient,
    Client,
    DefaultAsyncHttpxClient,
    DefaultHttpxClient,
    omit,
)

from .calls import ARGUMENTS, Entered, done, kinds, with_client
from .drop_in import BOTH, GOOD, GOOD_BODY, sent
from .raw_server import RawServer
from .test_client_calls import headers_of

# Settings ---------------------------------------------------------------------


@BOTH
def test_the_environment_is_read(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "t")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://a.test/b")
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-A: 1\nX-B: 2: 3")
    client = made()
    assert (client.api_key, client.auth_token) == ("k", "t")
    assert client.base_url == "http://a.test/b/"
    assert client.default_headers == {"X-A": "1", "X-B": "2: 3"}
    given = made(api_key="other", base_url="http://c.test")
    assert (given.api_key, given.auth_token) == ("other", None)
    assert given.base_url == "http://c.test/"


@pytest.mark.parametrize("level", ["debug", "info"])
def test_the_environment_switches_the_log_on(
    level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = logging.getLogger("text_completions")
    monkeypatch.setattr(logger, "level", logging.NOTSET)
    monkeypatch.setattr(logging, "basicConfig", lambda **_: None)
    monkeypatch.setenv("ANTHROPIC_LOG", level)
    Client("k")
    assert logger.level == getattr(logging, level.upper())


@kinds
def test_a_key_and_a_token_are_sent_together(kind: str) -> None:
    headers = headers_of(sent(kind, auth_token="t", api_key="k"))
    assert (headers["x-api-key"], headers["authorization"]) == ("k", "Bearer t")


def test_the_key_may_be_the_first_argument() -> None:
    assert Client("k").api_key == AsyncClient("k").api_key == "k"
    with pytest.raises(TypeError):
        Client("k", "t")  # type: ignore[misc]


@kinds
def test_without_a_key_the_first_request_is_a_type_error(kind: str) -> None:
    async def use(client: Any) -> None:
        await done(client.completions.create(**ARGUMENTS))

    with RawServer(GOOD) as server, pytest.raises(TypeError) as caught:
        with_client(kind, server.url, use, api_key=None)
    told = str(caught.value)
    assert told.startswith("Could not resolve authentication method. Expected ")
    assert "api_key or auth_token to be set" in told
    assert "ANTHROPIC_API_KEY" in told
    assert told.lower().endswith(
        "or for one of the `x-api-key` or `authorization` headers to be explicitly "
        "omitted"
    )
    assert isinstance(caught.value, AnthropicError)
    assert server.requests == []


@kinds
def test_a_credential_may_be_explicitly_omitted(kind: str) -> None:
    given = {"api_key": None, "default_headers": {"X-Api-Key": omit}}
    assert "x-api-key" not in headers_of(sent(kind, **given))


@BOTH
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_base_url_may_have_a_path_and_be_set(slash: str, made: Any) -> None:
    client = made("k", base_url=f"http://a_b.test/c{slash}")
    assert client.base_url == "http://a_b.test/c/"
    assert isinstance(client.base_url, httpx.URL)
    client.base_url = f"http://d.test/e{slash}"
    assert client.base_url == "http://d.test/e/"


@kinds
def test_a_copy_shares_the_http_client(kind: str) -> None:
    seen: list[str] = []

    def answered(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["x-api-key"])
        return httpx.Response(200, json=GOOD_BODY)

    async def use(client: Any) -> None:
        copied = client.with_options(api_key="other", max_retries=0)
        await done(copied.completions.create(**ARGUMENTS))
        await done(client.completions.create(**ARGUMENTS))

    made: Any = httpx.Client if kind == "sync" else httpx.AsyncClient
    http = made(transport=httpx.MockTransport(answered))
    with_client(kind, "http://a.test", use, http_client=http, api_key="k")
    assert seen == ["other", "k"]


# Connections ------------------------------------------------------------------


@kinds
def test_a_client_is_closed_by_leaving_it_and_by_hand(kind: str) -> None:
    made: Any = Client if kind == "sync" else AsyncClient

    async def use(client: Any) -> Any:
        async with Entered(made("k")) as entered:
            assert not entered.is_closed()
        assert entered.is_closed()
        await done(client.close())
        assert client.is_closed()
        with pytest.raises(RuntimeError, match="closed"):
            await done(client.completions.create(**ARGUMENTS))

    with_client(kind, "http://a.test", use)


@pytest.mark.skipif(not hasattr(socket, "TCP_KEEPIDLE"), reason="not on this platform")
@kinds
def test_connections_are_kept_alive_by_probes(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: list[tuple[Any, ...]] = []

    class Noted(socket.socket):
        def setsockopt(self, *given: Any) -> None:
            options.append(given)
            super().setsockopt(*given)

    monkeypatch.setattr(socket, "socket", Noted)
    sent(kind)
    assert (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1) in options
    assert (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60) in options
    assert (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 5) in options
    assert (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 60) in options


@kinds
def test_an_own_http_client_brings_its_proxy_mounts_and_hooks(kind: str) -> None:
    hooked: list[str] = []

    def on_sync(request: httpx.Request) -> None:
        hooked.append(request.method)

    async def on_async(request: httpx.Request) -> None:
        hooked.append(request.method)

    def answered(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=GOOD_BODY)

    async def use(client: Any) -> None:
        await done(client.completions.create(**ARGUMENTS))

    sync = kind == "sync"
    made: Any = DefaultHttpxClient if sync else DefaultAsyncHttpxClient
    http = made(
        mounts={"all://a.test": httpx.MockTransport(answered)},
        event_hooks={"request": [on_sync if sync else on_async]},
        http2=False,
    )
    with_client(kind, "http://a.test", use, http_client=http)
    with RawServer(GOOD) as proxy:
        with_client(kind, "http://b.test", use, http_client=made(proxy=proxy.url))
    assert hooked == ["POST"]
    assert proxy.requests[0].startswith(b"POST http://b.test/v1/complete")
