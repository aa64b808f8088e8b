"""What the tests of the drop-in surface share."""

from __future__ import annotations

import json
from typing import Any

import pytest

from text_completions import (
    AsyncClient,
    Client,
)

from .calls import ARGUMENTS, done, with_client
from .raw_server import RawServer, whole

GOOD_BODY = {
    "type": "completion",
    "id": "compl_1",
    "completion": " Hello",
    "stop_reason": "stop_sequence",
    "model": "claude-2.1",
    "stop": "\n\nHuman:",
    "of_a_later_day": {"a": [1]},
}
GOOD = whole(
    200,
    json.dumps(GOOD_BODY).encode(),
    "application/json",
    "request-id: req_1",
    "anthropic-workspace-id: wrkspc_1",
)
BOTH = pytest.mark.parametrize("made", [Client, AsyncClient])


def sent(kind: str = "sync", call: dict[str, Any] | None = None, **given: Any) -> bytes:
    """Make a call, and return the request that came of it."""

    async def use(client: Any) -> None:
        await done(client.completions.create(**ARGUMENTS | (call or {})))

    with RawServer(GOOD) as server:
        with_client(kind, server.url, use, **given)
    return server.requests[0]
