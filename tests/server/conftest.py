"""A door to an application without a port, and one server with a port for all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from text_completions_server import MockServer, create_app

HEADERS = {
    "x-api-key": "sk-test",
    "anthropic-version": "2023-06-01",
    "content-type": "application/json",
}


class Door:
    """Sends requests to an application, in this process."""

    def __init__(self, app: Starlette) -> None:
        self.app = app

    def send(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        return asyncio.run(self._send(method, path, content, headers or {}))

    def post(
        self,
        content: bytes,
        path: str = "/v1/complete",
        **headers: str | None,
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        merged = {name: value for name, value in (HEADERS | named).items() if value}
        return self.send("POST", path, content, merged)

    def complete(self, /, **changes: Any) -> httpx.Response:
        body = {
            "model": "claude-2.1",
            "prompt": "\n\nHuman: Hello\n\nAssistant:",
            "max_tokens_to_sample": 500,
        }
        return self.post(json.dumps(body | changes).encode())

    def message(self, /, **changes: Any) -> httpx.Response:
        body = {
            "model": "claude-2.1",
            "messages": [{"role": "user", "content": "Hello"}],
            "max_tokens": 500,
        }
        return self.post(json.dumps(body | changes).encode(), "/v1/messages")

    async def _send(
        self, method: str, path: str, content: bytes | None, headers: dict[str, str]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://mock", headers={"accept": "*/*"}
        ) as client:
            return await client.request(method, path, content=content, headers=headers)


@pytest.fixture(scope="session")
def door() -> Door:
    return Door(create_app())


@pytest.fixture(scope="session")
def open_door() -> Callable[..., Door]:
    """Opens a door to an application with these settings."""
    return lambda **settings: Door(create_app(**settings))


@pytest.fixture(scope="session")
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


@pytest.fixture(scope="session")
def client(server: MockServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, headers=HEADERS) as talking:
        yield talking
