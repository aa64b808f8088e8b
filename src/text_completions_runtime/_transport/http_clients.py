"""The httpx clients that this package makes, with its timeouts and transports.

The TLS context is made when it is first needed, for that takes 50 ms, longer than all
the rest of making a client.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from functools import lru_cache, partial
from importlib import import_module
from typing import Any

import httpx

from .async_pools import AsyncPoolTransport
from .pools import PoolOptions, SyncPoolTransport
from .proxies import proxies_of

DEFAULT_TIMEOUT = httpx.Timeout(600.0, connect=5.0)
"""Ten minutes for each read and write and for a free connection, 5 s to connect."""

DEFAULT_CONNECTION_LIMITS = httpx.Limits(
    max_connections=1000, max_keepalive_connections=100
)

_KEEPALIVE = {  # seconds, and probes; macOS says TCP_KEEPALIVE for the idle time
    "TCP_KEEPIDLE": 60,
    "TCP_KEEPALIVE": 60,
    "TCP_KEEPINTVL": 60,
    "TCP_KEEPCNT": 5,
}
_USUAL_TLS = {"verify": True, "cert": None, "trust_env": True}


async def load_transport(*, tls: bool) -> None:
    """Load what the first request of an asynchronous client would load.

    A program that starts long before its first request calls this, so that nobody
    waits for 0.1 s of imports then.

    Args:
        tls: Whether the certificates for https are loaded as well.

    Raises:
        OSError: The certificates cannot be loaded.
    """
    import anyio  # late, for it takes long to import

    import_module("text_completions_runtime._transport.network")
    await anyio.sleep(0)  # loads its part for this kind of event loop
    if tls:
        shared_tls()


class DefaultHttpxClient(httpx.Client):
    """An `httpx.Client` with this client's timeouts, limits and TCP keepalive.

    It takes the arguments of `httpx.Client`. With a `transport` of your own, limits,
    proxies and TLS are that transport's.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**_with_defaults(options, SyncPoolTransport))


class DefaultAsyncHttpxClient(httpx.AsyncClient):
    """An `httpx.AsyncClient` with this client's timeouts, limits and TCP keepalive.

    It takes the arguments of `httpx.AsyncClient`. With a `transport` of your own,
    limits, proxies and TLS are that transport's.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**_with_defaults(options, AsyncPoolTransport))


def _with_defaults(
    options: dict[str, Any], new_transport: Callable[[PoolOptions], object]
) -> dict[str, Any]:
    options = {
        "timeout": DEFAULT_TIMEOUT,
        "limits": DEFAULT_CONNECTION_LIMITS,
        "follow_redirects": True,
        **options,
    }
    if options.get("transport") is None:
        names = ("http1", "http2", "limits")
        pool = PoolOptions(
            tls=_tls(options),
            socket_options=_socket_options(),
            proxies=proxies_of(options),
            **{name: options[name] for name in names if name in options},
        )
        options["transport"] = new_transport(pool)
    for name in ("verify", "cert", "proxy"):  # httpx would make transports of them
        options.pop(name, None)
    return options


@lru_cache(maxsize=1)
def shared_tls() -> ssl.SSLContext:
    """Return the TLS context of all clients, made when the first of them needs it."""
    return httpx.create_ssl_context()


def _tls(options: dict[str, Any]) -> Callable[[], ssl.SSLContext]:
    """Return what makes the TLS context: one for all, unless options ask otherwise."""
    unusual = {
        name: options[name]
        for name, usual in _USUAL_TLS.items()
        if options.get(name, usual) != usual
    }
    if not unusual:
        return shared_tls
    return lru_cache(maxsize=1)(partial(httpx.create_ssl_context, **unusual))


def _socket_options() -> tuple[tuple[int, int, int], ...]:
    probes = [
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in _KEEPALIVE.items()
        if hasattr(socket, name)
    ]
    return (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *probes
