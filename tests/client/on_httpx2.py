"""A plugin of pytest that runs the tests on httpx2: `-p tests.client.on_httpx2`."""

from __future__ import annotations

import httpx2

httpx2.alias_httpx()
