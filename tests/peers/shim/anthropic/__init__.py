"""Our client under the official SDK's name, for the SDK's own tests.

What those tests import, no more. Only two things differ from the client as it is:
the header that they look for (ours tells no platform), and that "the aiohttp client"
is the one there is.
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
