"""A door to an application without a port, and one server with a port for all.

`connect` opens a raw connection, `wait_until` waits for a condition.
"""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from text_completions_document import read_document
from text_completions_server import Control, MockServer, create_app

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


@pytest.fixture
def control() -> Control:
    """What a test does with a mock; a module may open its door with it."""
    return Control()


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


def _connect(
    server: MockServer | str, body: dict[str, Any], fault: str = "", **more: str
) -> socket.socket:
    content = json.dumps(body).encode()
    headers = HEADERS | {"host": "a", "content-length": str(len(content))} | more
    if fault:
        headers["x-mock-fault"] = fault
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    head = f"POST /v1/complete HTTP/1.1\r\n{''.join(lines)}\r\n".encode()
    address = httpx.URL(server if isinstance(server, str) else server.url)
    connection = socket.create_connection((address.host, address.port), timeout=20)
    connection.sendall(head + content)
    return connection


@pytest.fixture(scope="session")
def connect() -> Callable[..., socket.socket]:
    """Sends a request on a connection of its own and returns the connection."""
    return _connect


def _wait_until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "the condition is not met after 20 s"
        time.sleep(0.001)


@pytest.fixture(scope="session")
def wait_until() -> Callable[[Callable[[], object]], None]:
    """Waits until a condition is true, and fails after 20 s."""
    return _wait_until


# In the order in which the service wrote them.
_OF_THE_SERVICE = {
    "type", "id", "completion", "stop_reason", "model", "stop", "log_id", "truncated",
    "exception",
}  # fmt: skip


def _members(answer: httpx.Response) -> list[str]:
    document = read_document().at("#/components/schemas/Completion/properties")
    added = document.keys() - _OF_THE_SERVICE
    return [name for name in answer.json() if name not in added]


@pytest.fixture(scope="session")
def members() -> Callable[[httpx.Response], list[str]]:
    """List the members of a completion, but for those that an edit has added."""
    return _members
