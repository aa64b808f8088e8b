"""One line loads the mock; `pytest examples/pytest_app` runs these tests."""

from __future__ import annotations

pytest_plugins = ["text_completions_server.fixtures"]
