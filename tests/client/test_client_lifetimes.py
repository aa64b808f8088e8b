"""Connections belong to their client, their process and their event loop."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest

from text_completions import AsyncClient, BadRequestError, Client

from .calls import ARGUMENTS, KINDS, settings
from .raw_server import BODY, STALL, STREAM_HEAD, RawServer, chunk, event, whole


@pytest.fixture
def _no_collector() -> Iterator[None]:
    """Let reference counts alone free what is forgotten."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_collector")
def test_a_forgotten_client_closes_its_connections_at_once() -> None:
    with RawServer(whole(200, BODY)) as server:
        client = Client(**settings(server.url))
        assert client.completions.create(**ARGUMENTS).id == "x"
        assert client.with_raw_response.completions.create(**ARGUMENTS).parse()
        del client
        server.wait_until_left()


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.filterwarnings("ignore:unclosed transport:ResourceWarning")
def test_a_forgotten_async_client_closes_its_connections_at_once() -> None:
    async def use() -> None:
        client = AsyncClient(**settings(server.url))
        assert (await client.completions.create(**ARGUMENTS)).id == "x"
        del client
        await asyncio.to_thread(server.wait_until_left)

    with RawServer(whole(200, BODY)) as server:
        asyncio.run(use())


def test_a_resource_and_a_stream_keep_the_connections_of_their_client() -> None:
    with RawServer(whole(200, BODY), [STREAM_HEAD, chunk(event(" a")), STALL]) as one:
        completions = Client(**settings(one.url)).completions
        gc.collect()
        assert completions.create(**ARGUMENTS).id == "x"
        stream = completions.create(**ARGUMENTS, stream=True)
        del completions
        gc.collect()
        assert next(stream).completion == " a"
        stream.close()
        one.wait_until_left()


def test_a_setting_of_the_client_changes_its_resources() -> None:
    with RawServer(whole(200, BODY)) as server, Client(**settings("http://x")) as one:
        completions = one.completions
        one.base_url, one.api_key = server.url, "sk-other"
        completions.create(**ARGUMENTS)

    assert b"sk-other" in server.requests[0]


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # loops end with it unclosed
def test_each_event_loop_has_connections_of_its_own() -> None:
    async def use(client: Any) -> None:
        for _ in range(2):
            assert (await client.completions.create(**ARGUMENTS)).id == "x"

    with RawServer(whole(200, BODY)) as server:
        client = AsyncClient(**settings(server.url))
        for _ in range(3):
            asyncio.run(use(client))
        assert len(server.requests) == 6
        del client
        gc.collect()


@pytest.mark.parametrize("kind", KINDS[1:])
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # loops end with it unclosed
def test_event_loops_of_several_threads_share_a_client(kind: str) -> None:
    async def use(client: Any) -> list[str]:
        return [(await client.completions.create(**ARGUMENTS)).id for _ in range(3)]

    with RawServer(whole(200, BODY)) as server, ThreadPoolExecutor(8) as threads:
        client = AsyncClient(**settings(server.url, timeout=5))
        running = [
            threads.submit(anyio.run, use, client, backend=kind) for _ in range(24)
        ]
        assert [one.result() for one in running] == [["x"] * 3] * 24
        del client, running
        gc.collect()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="not on this platform")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_process_opens_connections_of_its_own() -> None:
    with RawServer(whole(200, BODY)) as server, Client(**settings(server.url)) as one:
        one.completions.create(**ARGUMENTS)
        child = os.fork()
        if child == 0:  # pragma: no cover
            status = 1
            try:
                status = int(one.completions.create(**ARGUMENTS).id != "x")
            finally:
                os._exit(status)
        _, status = os.waitpid(child, 0)
        assert status == 0
        assert one.completions.create(**ARGUMENTS).id == "x"
        assert server.connections == 2


def test_headers_of_the_caller_do_not_follow_a_redirect_to_another_origin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-From-Environment: hidden")
    with RawServer(whole(200, BODY)) as other:
        there = whole(307, b"", "text/plain", f"location: {other.url}/elsewhere")
        with RawServer(there) as server:
            given = settings(server.url, default_headers={"x-team": "hidden"})
            with Client(**given) as client:
                client.completions.create(**ARGUMENTS, extra_headers={"x-a": "hidden"})

    assert server.requests[0].count(b"hidden") == 3
    assert b"hidden" not in other.requests[0]
    assert b"anthropic-version: 2023-06-01" in other.requests[0]


def test_no_error_shows_the_default_headers_of_the_client(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "X-From-Environment: hidden")
    with RawServer(whole(400, b"{}")) as server:
        given = settings(server.url, default_headers={"x-team": "hidden"})
        with Client(**given) as client, pytest.raises(BadRequestError) as caught:
            client.completions.create(**ARGUMENTS)

    sent = caught.value.request.headers
    assert (sent["x-team"], sent["x-from-environment"]) == ("***", "***")
    assert sent["anthropic-version"] == "2023-06-01"
