"""The connections of a client: many small pools under one limit, and proxies."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio
import anyio.abc
import httpx
import pytest

from text_completions_runtime._transport import async_pools
from text_completions_runtime._transport import http_clients as _http_clients
from text_completions_runtime._transport.http_clients import (
    DEFAULT_TIMEOUT,
    DefaultAsyncHttpxClient,
    DefaultHttpxClient,
    shared_tls,
)
from text_completions_runtime._transport.proxies import proxies_of

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
PATIENCE = 10  # seconds after which a test that hangs fails


class Server:
    """Answers on a real socket, and counts who is connected.

    Requests for `/held` are answered once `release` was called. After one for `/last`
    the connection is closed, without a word in the response.
    """

    def __init__(self) -> None:
        self.open = 0
        self.most_open = 0
        self.accepted = 0
        self.targets: list[bytes] = []
        self.changed = anyio.Event()
        self._released = anyio.Event()

    def release(self) -> None:
        self._released.set()

    async def until(self, reached: Callable[[], bool]) -> None:
        with anyio.fail_after(PATIENCE):
            while not reached():
                await self.changed.wait()

    def _note(self) -> None:
        self.most_open = max(self.most_open, self.open)
        self.changed.set()
        self.changed = anyio.Event()

    async def serve(self, stream: anyio.abc.SocketStream) -> None:
        self.open += 1
        self.accepted += 1
        self._note()
        try:
            async with stream:
                await self._answer(stream)
        except (anyio.BrokenResourceError, anyio.EndOfStream):
            pass
        finally:
            self.open -= 1
            self._note()

    async def _answer(self, stream: anyio.abc.SocketStream) -> None:
        received = b""
        while True:
            received += await stream.receive()
            while b"\r\n\r\n" in received:
                head, _, received = received.partition(b"\r\n\r\n")
                self.targets.append(head.split(b" ")[1])
                self._note()
                if b"/held" in head:
                    await self._released.wait()
                await stream.send(ANSWER)
                if b"/last" in head:
                    return


@contextlib.asynccontextmanager
async def serving() -> AsyncIterator[tuple[Server, str]]:
    server = Server()
    async with (
        await anyio.create_tcp_listener(local_host="127.0.0.1") as listener,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(listener.serve, server.serve)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        yield server, f"http://127.0.0.1:{port}"
        tasks.cancel_scope.cancel()


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def limited(connections: int | None, kept: int | None = None) -> httpx.Limits:
    return httpx.Limits(max_connections=connections, max_keepalive_connections=kept)


async def get_all(client: httpx.AsyncClient, urls: list[str]) -> list[int]:
    """Request all at once."""
    statuses: list[int] = []

    async def get(url: str) -> None:
        statuses.append((await client.get(url)).status_code)

    async with anyio.create_task_group() as tasks:
        for url in urls:
            tasks.start_soon(get, url)
    return statuses


# Limits ----------------------------------------------------------------------


@pytest.mark.anyio
async def test_two_hundred_requests_keep_to_a_limit_of_ten() -> None:
    async with (
        serving() as (server, url),
        DefaultAsyncHttpxClient(limits=limited(10, 10)) as client,
        anyio.create_task_group() as tasks,
    ):
        statuses: list[int] = []

        async def get_them() -> None:
            statuses.extend(await get_all(client, [f"{url}/held"] * 200))

        tasks.start_soon(get_them)
        await server.until(lambda: len(server.targets) == 10)
        server.release()
        await server.until(lambda: len(server.targets) == 200)

    assert statuses == [200] * 200
    assert server.most_open == 10


@pytest.mark.anyio
async def test_the_whole_limit_can_be_used() -> None:
    async with (
        serving() as (server, url),
        DefaultAsyncHttpxClient(limits=limited(70, 70)) as client,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(get_all, client, [f"{url}/held"] * 90)
        await server.until(lambda: len(server.targets) == 70)
        server.release()
        await server.until(lambda: len(server.targets) == 90)

    assert server.most_open == 70


@pytest.mark.anyio
async def test_requests_one_after_the_other_use_one_connection() -> None:
    async with serving() as (server, url), DefaultAsyncHttpxClient() as client:
        for _ in range(20):
            assert (await client.get(url)).text == "hi"

        assert server.accepted == 1


@pytest.mark.anyio
async def test_a_connection_that_the_server_has_closed_is_not_used_again() -> None:
    async with serving() as (server, url), DefaultAsyncHttpxClient() as client:
        for _ in range(3):
            assert (await client.get(f"{url}/last")).text == "hi"
            await server.until(lambda: server.open == 0)

        assert server.accepted == 3


@pytest.mark.anyio
async def test_requests_in_waves_use_the_connections_of_the_first_wave() -> None:
    async with (
        serving() as (server, url),
        DefaultAsyncHttpxClient(limits=limited(100, 64)) as client,
    ):
        for _ in range(3):
            await get_all(client, [url] * 64)

        assert server.accepted <= 64


@pytest.mark.anyio
async def test_no_more_connections_are_kept_than_the_limit_says() -> None:
    async with (
        serving() as (server, url),
        DefaultAsyncHttpxClient(limits=limited(60, 20)) as client,
    ):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(get_all, client, [f"{url}/held"] * 60)
            await server.until(lambda: len(server.targets) == 60)
            server.release()

        await server.until(lambda: server.open <= 20)


@pytest.mark.parametrize(
    ("connections", "kept", "pools"),
    [
        (1000, 100, 16),
        (100, 20, 16),
        (None, None, 16),
        (10, 10, 2),
        (3, 3, 1),
        (0, 0, 1),
        (1000, 5, 5),
        (1000, 0, 1),
        (None, 7, 7),
    ],
)
def test_the_limits_of_the_pools_add_up_to_the_limit(
    connections: int | None, kept: int | None, pools: int
) -> None:
    asked = httpx.Limits(
        max_connections=connections,
        max_keepalive_connections=kept,
        keepalive_expiry=7.5,
    )
    count = async_pools._pool_count(asked)
    shares = [async_pools._share(asked, count, index) for index in range(count)]

    def total(bounds: list[int | None]) -> int | None:
        return None if None in bounds else sum(bound or 0 for bound in bounds)

    assert len(shares) == pools
    assert total([one.max_connections for one in shares]) == connections
    assert total([one.max_keepalive_connections for one in shares]) == kept
    assert {one.keepalive_expiry for one in shares} == {7.5}


# Waiting, cancelling, closing ------------------------------------------------


@pytest.mark.parametrize("turns", range(16))
def test_a_request_may_be_cancelled_at_any_moment(turns: int) -> None:
    # After one more turn of the event loop each, among them some in which httpcore
    # loses the connection.
    async def run() -> None:
        async with (
            serving() as (_, url),
            DefaultAsyncHttpxClient(limits=limited(1), timeout=PATIENCE) as client,
        ):
            cancelled = asyncio.create_task(client.get(url))
            for _ in range(turns):
                await asyncio.sleep(0)
            cancelled.cancel()
            await asyncio.wait([cancelled])
            assert (await client.get(url)).status_code == 200

    asyncio.run(run())


@pytest.mark.parametrize("turns", range(4))
def test_a_response_may_be_cancelled_twice(turns: int) -> None:
    async def hold(client: httpx.AsyncClient, url: str) -> None:
        async with client.stream("GET", url) as response:
            async for _ in response.aiter_bytes():
                await asyncio.sleep(PATIENCE)

    async def run() -> None:
        async with (
            serving() as (server, url),
            DefaultAsyncHttpxClient(limits=limited(1), timeout=PATIENCE) as client,
        ):
            held = asyncio.create_task(hold(client, url))
            await server.until(lambda: len(server.targets) == 1)
            await asyncio.sleep(0)
            held.cancel()
            for _ in range(turns):
                await asyncio.sleep(0)
            held.cancel()
            await asyncio.wait([held])
            assert (await client.get(url)).status_code == 200

    asyncio.run(run())


@pytest.mark.anyio
async def test_waiting_longer_than_the_pool_timeout_raises() -> None:
    timeout = httpx.Timeout(PATIENCE, pool=0.05)
    async with (
        serving() as (server, url),
        DefaultAsyncHttpxClient(limits=limited(5, 5), timeout=timeout) as client,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(get_all, client, [f"{url}/held"] * 5)
        await server.until(lambda: len(server.targets) == 5)
        with pytest.raises(httpx.PoolTimeout, match="all 5 connections") as caught:
            await client.get(url)
        server.release()

    assert caught.value.request.url == url


@pytest.mark.anyio
async def test_a_request_waits_for_the_first_connection_of_any_pool() -> None:
    """Else it could wait in one pool while another has nothing to do."""
    async with (
        serving() as (server, url),
        DefaultAsyncHttpxClient(limits=limited(8, 8), timeout=PATIENCE) as client,
    ):
        for index in range(8):
            responses = [
                await client.send(client.build_request("GET", url), stream=True)
                for _ in range(8)
            ]
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(client.get, f"{url}/last")
                await anyio.wait_all_tasks_blocked()
                seen = server.targets.count(b"/last")
                await responses.pop(index).aclose()
                await server.until(
                    lambda seen=seen: server.targets.count(b"/last") == seen + 1
                )
            for response in responses:
                await response.aclose()


@pytest.mark.anyio
async def test_cancelled_requests_free_their_places() -> None:
    async with (
        serving() as (server, url),
        DefaultAsyncHttpxClient(limits=limited(6, 6), timeout=PATIENCE) as client,
    ):
        async with anyio.create_task_group() as tasks:  # 6 held, 6 that wait
            tasks.start_soon(get_all, client, [f"{url}/held"] * 12)
            await server.until(lambda: len(server.targets) == 6)
            tasks.cancel_scope.cancel()
        server.release()

        assert await get_all(client, [url] * 12) == [200] * 12
        assert server.most_open <= 6


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.anyio
async def test_tasks_cancelled_by_asyncio_free_their_places() -> None:
    async with (
        serving() as (server, url),
        DefaultAsyncHttpxClient(limits=limited(4, 4), timeout=PATIENCE) as client,
    ):
        tasks = [asyncio.create_task(client.get(f"{url}/held")) for _ in range(8)]
        await server.until(lambda: len(server.targets) == 4)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        server.release()

        assert {type(one) for one in ended} == {asyncio.CancelledError}
        assert await get_all(client, [url] * 8) == [200] * 8


@pytest.mark.anyio
async def test_requests_that_fail_free_their_places() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with (
            serving() as (_, url),
            DefaultAsyncHttpxClient(limits=limited(1, 1), timeout=PATIENCE) as client,
        ):
            for _ in range(3):
                with pytest.raises(httpx.ConnectError):
                    await client.get(nobody)
            assert (await client.get(url)).status_code == 200


@pytest.mark.anyio
async def test_bodies_that_are_cut_free_their_places() -> None:
    cut = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhi"

    async def answer(stream: anyio.abc.SocketStream) -> None:
        async with stream:
            await stream.receive()
            await stream.send(cut)

    async with (
        await anyio.create_tcp_listener(local_host="127.0.0.1") as listener,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(listener.serve, answer)
        port = listener.extra(anyio.abc.SocketAttribute.local_port)
        async with DefaultAsyncHttpxClient(
            limits=limited(1, 1), timeout=PATIENCE
        ) as client:
            for _ in range(3):
                with pytest.raises(httpx.RemoteProtocolError):
                    await client.get(f"http://127.0.0.1:{port}")
        tasks.cancel_scope.cancel()


@pytest.mark.anyio
async def test_closing_the_client_closes_every_connection() -> None:
    async with serving() as (server, url):
        client = DefaultAsyncHttpxClient()
        await get_all(client, [url] * 40)
        assert server.open == 40
        await client.aclose()
        await server.until(lambda: server.open == 0)


# Proxies ---------------------------------------------------------------------


@pytest.mark.anyio
async def test_the_async_client_uses_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving() as (proxy, url):
        monkeypatch.setenv("http_proxy", url)
        async with DefaultAsyncHttpxClient() as client:
            await client.get("http://elsewhere.invalid/a")

    assert proxy.targets == [b"http://elsewhere.invalid/a"]


@pytest.mark.anyio
async def test_the_async_client_goes_straight_to_the_hosts_of_no_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving() as (proxy, proxy_url), serving() as (server, url):
        monkeypatch.setenv("all_proxy", proxy_url)
        monkeypatch.setenv("no_proxy", "example.invalid, 127.0.0.1")
        async with DefaultAsyncHttpxClient() as client:
            await client.get(url + "/a")

    assert (proxy.targets, server.targets) == ([], [b"/a"])


@pytest.mark.anyio
async def test_the_sync_client_uses_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving() as (proxy, proxy_url), serving() as (server, url):
        monkeypatch.setenv("http_proxy", proxy_url.removeprefix("http://"))
        monkeypatch.setenv("no_proxy", "127.0.0.1")

        def both() -> None:
            with DefaultHttpxClient() as client:
                client.get("http://elsewhere.invalid/a")
                client.get(url + "/b")

        await anyio.to_thread.run_sync(both)

    assert proxy.targets == [b"http://elsewhere.invalid/a"]
    assert server.targets == [b"/b"]


@pytest.mark.anyio
@pytest.mark.parametrize("as_object", [False, True], ids=["url", "httpx.Proxy"])
async def test_a_proxy_that_is_passed_stands_before_the_environment(
    monkeypatch: pytest.MonkeyPatch, as_object: bool
) -> None:
    async with serving() as (proxy, url):
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        passed = httpx.Proxy(url) if as_object else url
        async with DefaultAsyncHttpxClient(proxy=passed) as client:
            await client.get("http://elsewhere.invalid/a")

    assert proxy.targets == [b"http://elsewhere.invalid/a"]


@pytest.mark.anyio
async def test_an_untrusted_environment_is_not_asked_for_proxies(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with serving() as (server, url):
        monkeypatch.setenv("all_proxy", "http://127.0.0.1:9")
        async with DefaultAsyncHttpxClient(trust_env=False) as client:
            await client.get(url)

    assert server.targets == [b"/"]


@pytest.mark.anyio
async def test_mounts_that_are_passed_stand_before_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:9")
    mount = httpx.MockTransport(lambda _: httpx.Response(204))
    async with DefaultAsyncHttpxClient(mounts={"all://": mount}) as client:
        assert (await client.get("http://elsewhere.invalid")).status_code == 204


@pytest.mark.parametrize(
    ("variables", "proxies"),
    [
        ({}, [None, None]),
        ({"http_proxy": "a:1"}, ["http://a:1", None]),
        (
            {"https_proxy": "http://a", "all_proxy": "socks5://b"},
            ["socks5://b", "http://a"],
        ),
        ({"all_proxy": "http://a", "no_proxy": "*"}, [None, None]),
        ({"ftp_proxy": "http://a"}, [None, None]),
    ],
    ids=["none", "no scheme", "schemes", "star", "others"],
)
def test_the_environment_names_a_proxy_for_each_scheme(
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    proxies: list[str | None],
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    schemes = proxies_of({})
    found = [schemes.of(scheme, "c.example", None) for scheme in ("http", "https")]
    assert [proxy and str(proxy.url) for proxy in found] == proxies


@pytest.mark.parametrize(
    ("entries", "direct", "by_proxy"),
    [
        ("a.example", ["a.example", "b.a.example"], ["ba.example", "example"]),
        (".a.example", ["b.a.example"], ["ba.example"]),
        ("*.a.example", ["b.a.example"], ["ba.example"]),
        ("A.Example b.example", ["a.example", "b.example"], ["c.example"]),
        ("10.0.0.0/8,,127.0.0.1", ["10.1.2.3", "127.0.0.1"], ["11.0.0.1", "10.org"]),
        ("fe80::/10, [::1]:81", ["fe80::1"], ["::1", "10.0.0.1"]),
        ("a.example:81, [::1]:80", ["::1"], ["a.example"]),
        (
            "https://a.example, http://b.example all://c.example",
            ["b.example", "c.example"],
            ["a.example"],
        ),
        ("http://[::1, c:d, ü..ü, 10/8/8", [], ["a.example", "10.0.0.1"]),
    ],
)
def test_no_proxy_takes_names_addresses_networks_and_ports(
    monkeypatch: pytest.MonkeyPatch,
    entries: str,
    direct: list[str],
    by_proxy: list[str],
) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example")
    monkeypatch.setenv("no_proxy", entries)

    proxies = proxies_of({})
    assert [one for one in direct if proxies.of("http", one, None)] == []
    assert [one for one in by_proxy if not proxies.of("http", one, 80)] == []


def test_a_proxy_of_an_unknown_kind_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="Unknown scheme"):
        DefaultAsyncHttpxClient(proxy="gopher://127.0.0.1")


# TLS, sockets, defaults ------------------------------------------------------


@pytest.fixture
def contexts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """List what TLS contexts are made of, while they are made."""
    made: list[dict[str, Any]] = []

    def create(**asked: Any) -> ssl.SSLContext:
        made.append(asked)
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    monkeypatch.setattr(httpx, "create_ssl_context", create)
    shared_tls.cache_clear()
    yield made
    shared_tls.cache_clear()


NOBODY = "https://127.0.0.1:9"  # refuses


@pytest.mark.anyio
async def test_clients_share_one_tls_context_made_by_the_first_request_over_tls(
    contexts: list[dict[str, Any]],
) -> None:
    async with (
        serving() as (_, url),
        DefaultAsyncHttpxClient() as one,
        DefaultAsyncHttpxClient() as two,
    ):
        with DefaultHttpxClient() as three:
            await one.get(url)
            await anyio.to_thread.run_sync(three.get, url)
            assert contexts == []
            for client in (one, two):
                with pytest.raises(httpx.ConnectError):
                    await client.get(NOBODY)
            with pytest.raises(httpx.ConnectError):
                three.get(NOBODY)

    assert contexts == [{}]


@pytest.mark.anyio
async def test_a_client_with_tls_of_its_own_makes_one_context_late(
    contexts: list[dict[str, Any]],
) -> None:
    async with DefaultAsyncHttpxClient(verify=False, cert=None) as client:
        assert contexts == []
        for _ in range(3):
            with pytest.raises(httpx.ConnectError):
                await client.get(NOBODY)

    assert contexts == [{"verify": False}]


def test_a_client_that_was_never_used_closes() -> None:
    DefaultHttpxClient().close()


def test_a_platform_without_probes_has_keepalive_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_http_clients, "_KEEPALIVE", {"TCP_OF_NO_PLATFORM": 60})
    assert _http_clients._socket_options() == (
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    )


@pytest.mark.parametrize("kind", [DefaultHttpxClient, DefaultAsyncHttpxClient])
def test_a_client_has_our_defaults_unless_others_are_passed(
    kind: type[DefaultHttpxClient] | type[DefaultAsyncHttpxClient],
) -> None:
    client = kind()
    assert (client.timeout, client.follow_redirects) == (DEFAULT_TIMEOUT, True)

    changed = kind(timeout=3, follow_redirects=False, base_url="http://a/b")
    assert (changed.timeout, changed.follow_redirects) == (httpx.Timeout(3), False)
    assert changed.base_url == "http://a/b/"


@pytest.mark.anyio
async def test_a_custom_transport_is_used_as_it_is() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(204))
    async with DefaultAsyncHttpxClient(transport=transport) as client:
        assert (await client.get("http://a")).status_code == 204
    with DefaultHttpxClient(transport=transport) as sync:
        assert sync.get("http://a").status_code == 204
