"""The httpx clients that a client makes for itself.

Nothing here makes the TLS context before it is needed, for that takes longer than
all the rest of making a client.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, TypeVar

import httpx

from .._defaults import DEFAULT_CONNECTION_LIMITS, DEFAULT_TIMEOUT, shared_tls
from .._transport.pools import AsyncPools
from .._transport.proxies import environment_proxies

__all__ = ["DefaultAsyncHttpxClient", "DefaultHttpxClient", "LazyTransport"]

_T = TypeVar("_T")

_KEEPALIVE = {  # seconds, and probes; macOS says TCP_KEEPALIVE for the idle time
    "TCP_KEEPIDLE": 60,
    "TCP_KEEPALIVE": 60,
    "TCP_KEEPINTVL": 60,
    "TCP_KEEPCNT": 5,
}
_USUAL_TLS = {"verify": True, "cert": None, "trust_env": True}


class LazyTransport(httpx.BaseTransport):
    """A transport that is made when the first request comes. Safe between threads."""

    def __init__(self, make: Callable[[], httpx.BaseTransport]) -> None:
        self._make = make
        self._making = threading.Lock()
        self._made: httpx.BaseTransport | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        return (self._made or self._transport()).handle_request(request)

    def close(self) -> None:
        """Close all connections."""
        if self._made is not None:
            self._made.close()

    def _transport(self) -> httpx.BaseTransport:
        with self._making:
            if self._made is None:
                self._made = self._make()
            return self._made


class DefaultHttpxClient(httpx.Client):
    """An `httpx.Client` with this client's timeouts, limits and TCP keepalive.

    It takes the arguments of `httpx.Client`. With a `transport` of your own, limits,
    proxies and TLS are that transport's.
    """

    def __init__(self, **options: Any) -> None:
        options = _with_defaults(options)
        if options.get("transport") is None:
            options |= _transports(options, _sync_transport)
        super().__init__(**_for_the_client(options))


class DefaultAsyncHttpxClient(httpx.AsyncClient):
    """An `httpx.AsyncClient` with this client's timeouts, limits and TCP keepalive.

    It takes the arguments of `httpx.AsyncClient`. With a `transport` of your own,
    limits, proxies and TLS are that transport's.
    """

    def __init__(self, **options: Any) -> None:
        options = _with_defaults(options)
        if options.get("transport") is None:
            options |= _transports(options, _async_transport)
        super().__init__(**_for_the_client(options))


def _with_defaults(options: dict[str, Any]) -> dict[str, Any]:
    return {
        "timeout": DEFAULT_TIMEOUT,
        "limits": DEFAULT_CONNECTION_LIMITS,
        "follow_redirects": True,
        **options,
    }


def _for_the_client(options: dict[str, Any]) -> dict[str, Any]:
    """Leave out what httpx would make a TLS context or a transport of at once."""
    used = ("verify", "cert", "proxy")
    return {name: value for name, value in options.items() if name not in used}


def _transports(
    options: dict[str, Any], make: Callable[[dict[str, Any]], _T]
) -> dict[str, Any]:
    """Return the transport of a client and the mounts for its proxies."""
    names = ("http1", "http2", "limits", "trust_env")
    of_transport: dict[str, Any] = {
        "tls": _tls(options),
        "socket_options": _socket_options(),
        **{name: options[name] for name in names if name in options},
    }
    mounts = {
        pattern: None if proxy is None else make({**of_transport, "proxy": proxy})
        for pattern, proxy in _proxies(options).items()
    }
    return {
        "transport": make(of_transport),
        "mounts": {**mounts, **(options.get("mounts") or {})},
    }


def _sync_transport(options: dict[str, Any]) -> LazyTransport:
    def make(
        *, tls: Callable[[], ssl.SSLContext], **others: Any
    ) -> httpx.BaseTransport:
        return httpx.HTTPTransport(verify=tls(), **others)

    return LazyTransport(partial(make, **options))


def _async_transport(options: dict[str, Any]) -> AsyncPools:
    def make(
        limits: httpx.Limits, *, tls: Callable[[], ssl.SSLContext], **others: Any
    ) -> httpx.AsyncBaseTransport:
        return httpx.AsyncHTTPTransport(verify=tls(), limits=limits, **others)

    others = {name: value for name, value in options.items() if name != "limits"}
    multiplexed = bool(options.get("http2"))
    return AsyncPools(
        partial(make, **others), options["limits"], multiplexed=multiplexed
    )


def _tls(options: dict[str, Any]) -> Callable[[], ssl.SSLContext]:
    """Return what makes the TLS context: one for all, unless options ask otherwise."""
    names = ("verify", "cert", "trust_env")
    asked = {name: options[name] for name in names if name in options}
    if all(asked[name] == value for name, value in _USUAL_TLS.items() if name in asked):
        return shared_tls
    return lru_cache(maxsize=1)(partial(httpx.create_ssl_context, **asked))


def _socket_options() -> list[tuple[int, int, int]]:
    """Return the options for TCP keepalive that the platform has."""
    probes = [
        (socket.IPPROTO_TCP, getattr(socket, name), value)
        for name, value in _KEEPALIVE.items()
        if hasattr(socket, name)
    ]
    return [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *probes]


def _proxies(options: dict[str, Any]) -> dict[str, httpx.Proxy | None]:
    """Return the proxies of a client by URL pattern; None is a direct connection."""
    proxy = options.get("proxy")
    if proxy is not None:
        given = isinstance(proxy, httpx.Proxy)
        return {"all://": proxy if given else httpx.Proxy(proxy)}
    if not options.get("trust_env", True):
        return {}
    return {
        pattern: None if url is None else httpx.Proxy(url)
        for pattern, url in environment_proxies().items()
    }
