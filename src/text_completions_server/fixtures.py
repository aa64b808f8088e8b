"""pytest fixtures, switched on by one line in a `conftest.py` or a test module.

```python
pytest_plugins = ["text_completions_server.fixtures"]
```

Nothing here is loaded otherwise: installing the package changes nobody's tests.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .app.application import AppSettings
from .control.mock_server import MockServer

__all__ = ["mock_server", "mock_server_settings", "session_mock_server"]

KEY = "sk-mock"


@pytest.fixture(scope="session")
def mock_server_settings() -> AppSettings:
    """The settings of the server, those of `create_app`; override to change them."""
    return {}


@pytest.fixture(scope="session")
def session_mock_server(
    mock_server_settings: AppSettings,
) -> Iterator[MockServer]:
    """The one server of the session; tests take `mock_server` instead."""
    with MockServer(**mock_server_settings) as server:
        yield server


@pytest.fixture
def mock_server(
    session_mock_server: MockServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MockServer]:
    """A running server, as good as new for each test.

    For the time of the test `ANTHROPIC_BASE_URL` is its address and
    `ANTHROPIC_API_KEY` a key that it takes. The server is one for the session and
    is reset before each: the journal is empty, no fault is due, nothing is
    scripted, and names of answers begin anew. What another test left under way has
    lost its connection.
    """
    server = session_mock_server
    server.reset()
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)
    yield server
    server.drop_connections()
