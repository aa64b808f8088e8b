"""What a client does when it is told nothing: timeouts, limits, one TLS context."""

from __future__ import annotations

import ssl
from functools import lru_cache

import httpx

__all__ = [
    "DEFAULT_CONNECTION_LIMITS",
    "DEFAULT_MAX_RETRIES",
    "DEFAULT_TIMEOUT",
    "shared_tls",
]

DEFAULT_TIMEOUT = httpx.Timeout(600.0, connect=5.0)
"""Ten minutes for an answer or a gap within it, five seconds to connect."""

DEFAULT_MAX_RETRIES = 2
"""Attempts that may follow the first."""

DEFAULT_CONNECTION_LIMITS = httpx.Limits(
    max_connections=1000, max_keepalive_connections=100
)


@lru_cache(maxsize=1)
def shared_tls() -> ssl.SSLContext:
    """Return the TLS context of all clients, made when the first of them connects.

    Making one takes some 50 ms, most of what a client costs.
    """
    return httpx.create_ssl_context()
