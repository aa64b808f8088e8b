"""Where a request goes. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

__all__ = ["absolute_url", "origin"]

_PORTS: Mapping[str, int] = {"http": 80, "https": 443}


def absolute_url(base_url: httpx.URL, path: str) -> str:
    """Return the URL of a path, which goes below the path of the base URL."""
    return f"{str(base_url).rstrip('/')}/{path.lstrip('/')}"


def origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Return scheme, host and port: what a credential is good for."""
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme)
