"""One mock for all, and an environment that says nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from text_completions_server import MockServer


@pytest.fixture(scope="session")
def mock() -> Iterator[str]:
    with MockServer() as server:
        yield server.url


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "AUTH_TOKEN", "BASE_URL", "CUSTOM_HEADERS", "LOG"):
        monkeypatch.delenv(f"ANTHROPIC_{name}", raising=False)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
