"""pytest fixtures; one line in a `conftest.py` or a test module switches them on.

```python
pytest_plugins = ["text_completions_server.fixtures"]
```

Without that line nothing is loaded: to install the package changes no test.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .app.application import AppSettings
from .app.mock_server import MockServer

__all__ = ["mock_server", "mock_server_settings", "session_mock_server"]

KEY = "sk-mock"


@pytest.fixture(scope="session")
def mock_server_settings() -> AppSettings:
    """Return the settings of the server; override this fixture to change them.

    They are the arguments of `MockServer`.
    """
    return {}


@pytest.fixture(scope="session")
def session_mock_server(
    mock_server_settings: AppSettings,
) -> Iterator[MockServer]:
    """Run the one server of the session; use `mock_server` in tests."""
    with MockServer(**mock_server_settings) as server:
        yield server


@pytest.fixture
def mock_server(
    session_mock_server: MockServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MockServer]:
    """Return a running server that was reset: a `MockServer`.

    Its journal is empty, no fault is planned, no reply is scripted, and ids begin
    anew. During the test `ANTHROPIC_BASE_URL` is its address and `ANTHROPIC_API_KEY`
    a key that it accepts. After the test its connections are closed, so requests
    that are still under way do not reach the next test.
    """
    server = session_mock_server
    server.reset()
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)
    yield server
    server.drop_connections()
