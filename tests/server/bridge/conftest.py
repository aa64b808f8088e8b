"""Makes the upstream beside the tests importable, and puts a bridge in front of it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from text_completions_server import MockServer

sys.path.insert(0, str(Path(__file__).parent))

from scripted_upstream import ScriptedUpstream, bridge_to


@pytest.fixture(scope="module")
def running_upstream() -> Iterator[ScriptedUpstream]:
    server = ScriptedUpstream()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def upstream(running_upstream: ScriptedUpstream) -> ScriptedUpstream:
    """The upstream, which answers each request with a short message at first."""
    running_upstream.reset()
    return running_upstream


@pytest.fixture
def open_bridge(upstream: ScriptedUpstream) -> Iterator[Callable[..., MockServer]]:
    """Opens a bridge with these settings."""
    with ExitStack() as servers:
        yield lambda **settings: servers.enter_context(bridge_to(upstream, **settings))


@pytest.fixture(scope="module")
def running_bridge(running_upstream: ScriptedUpstream) -> Iterator[MockServer]:
    with bridge_to(running_upstream) as server:
        yield server


@pytest.fixture
def bridge(upstream: ScriptedUpstream, running_bridge: MockServer) -> MockServer:
    """A bridge with the settings that it has by itself."""
    del upstream  # only reset
    running_bridge.reset()
    return running_bridge
