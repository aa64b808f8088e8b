"""A plugin of pytest that runs the tests on httpx2: `-p tests.httpx2_plugin`."""

from __future__ import annotations

import httpx2

httpx2.alias_httpx()
