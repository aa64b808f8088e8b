"""Where a request goes. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

__all__ = ["NO_URL", "absolute_url", "is_http", "origin"]

NO_URL = (httpx.InvalidURL, UnicodeError)  # the latter: a host that is no name
"""What httpx raises where it can make no URL."""

_LAST_PORT = 65535
_PORTS: Mapping[str, int] = {"http": 80, "https": 443}


def absolute_url(base_url: httpx.URL, path: str) -> str:
    """Return the URL of a path, which goes below the path of the base URL."""
    return f"{str(base_url).rstrip('/')}/{path.lstrip('/')}"


def origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Return scheme, host and port: what a credential is good for."""
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme)


def is_http(url: httpx.URL) -> bool:
    """Tell whether a URL is absolute, of HTTP, and has a port that there is."""
    try:
        host = url.host  # decoded here
    except UnicodeError:
        return False
    return url.scheme in _PORTS and bool(host) and 0 <= (url.port or 0) <= _LAST_PORT
