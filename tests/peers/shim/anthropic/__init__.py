"""Our client under the name of the official SDK, for the SDK's own tests.

It has only what those tests import. Two things are added: a header that they look
for, and a name for the client on aiohttp, which is our usual one.
"""

from __future__ import annotations

from typing import Any

import text_completions
from text_completions import DefaultAsyncHttpxClient as DefaultAioHttpClient

__all__ = ["Anthropic", "AsyncAnthropic", "DefaultAioHttpClient"]

_PLATFORM = {"X-Stainless-Lang": "python"}


class Anthropic(text_completions.Anthropic):
    """The client, with the header of the official one."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, default_headers=_PLATFORM)


class AsyncAnthropic(text_completions.AsyncAnthropic):
    """The asynchronous client, with the header of the official one."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, default_headers=_PLATFORM)
