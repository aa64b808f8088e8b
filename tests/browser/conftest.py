"""Chromium, a server, and a page that may not complain or leave this server."""

from __future__ import annotations

import asyncio
import os
import queue
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from text_completions_server import Backend, Finish, MockServer, Ping

HEADERS = {"x-api-key": "sk-hidden", "anthropic-version": "2023-06-01"}
HELLO = {
    "model": "claude-2.1",
    "prompt": "\n\nHuman: Hello\n\nAssistant:",
    "max_tokens_to_sample": 5,
}

expect.set_options(timeout=20_000)  # a condition is waited for; the machine may be busy


class GatedBackend(Backend):
    """Sends a piece for each one that the test puts into the queue."""

    def __init__(self) -> None:
        self.pieces: queue.Queue[str | None] = queue.Queue()

    async def generate(
        self, request: Any, caller: Any, /
    ) -> AsyncIterator[str | Ping | Finish]:
        del request, caller
        while piece := await asyncio.to_thread(self.pieces.get):
            yield piece
        yield Finish("end_turn")


@pytest.fixture
def gated() -> GatedBackend:
    return GatedBackend()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Chromium's sandbox does not run as root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=arguments
        )
        yield running
        running.close()


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a URL; the test fails if the page asks another host, or complains.

    `allow` is a part of a complaint that is expected.
    """
    complaints: list[str] = []
    contexts = []

    def open_url(url: str, *, allow: str = "nothing", **settings: Any) -> Page:
        context = browser.new_context(**settings)
        contexts.append(context)
        origin = str(httpx.URL(url).join("/"))

        def on_request(request: Any) -> None:
            if not request.url.startswith((origin, "data:", f"blob:{origin}")):
                complaints.append(f"asks {request.url}")

        def on_message(message: Any) -> None:
            if message.type in ("error", "warning") and allow not in message.text:
                complaints.append(f"writes {message.text}")

        page = context.new_page()
        page.on("request", on_request)
        page.on("pageerror", lambda error: complaints.append(f"raises {error}"))
        page.on("dialog", lambda dialog: complaints.append(f"says {dialog.message}"))
        page.on("console", on_message)
        page.goto(url)
        return page

    yield open_url
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def journal(server: MockServer, open_page: Callable[..., Page]) -> Page:
    return open_page(f"{server.url}/__mock__/")


@pytest.fixture(scope="session")
def send() -> Callable[..., httpx.Response]:
    """Sends a request to a URL: a greeting, with changes."""

    def post(url: str, **changes: Any) -> httpx.Response:
        url = f"{url}/v1/complete"
        return httpx.post(url, json=HELLO | changes, headers=HEADERS, timeout=60)

    return post


@pytest.fixture
def complete(
    server: MockServer, send: Callable[..., httpx.Response]
) -> Callable[..., httpx.Response]:
    """Sends a request to the server of the test."""
    return partial(send, server.url)
