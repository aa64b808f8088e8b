"""Pools of httpcore, and the transport of blocking clients.

The transports of httpx offer no way to pass a network backend, which time limits need,
and they make a TLS context at once, which takes 50 ms. A pool here is made by the
first request that needs it.
"""

from __future__ import annotations

import contextlib
import os
import ssl
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeAlias

import httpx

from .proxies import Proxies

if TYPE_CHECKING:
    import httpcore

_CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


PoolKey: TypeAlias = tuple[bool, httpx.Proxy | None]
"""Whether connections of a pool have TLS, and their proxy."""


class PoolOptions(NamedTuple):
    """What a pool is made of.

    Attributes:
        tls: Returns the TLS context. It is called by the first request to https.
        socket_options: Options of each socket, as `socket.setsockopt` takes them.
    """

    limits: httpx.Limits
    tls: Callable[[], ssl.SSLContext]
    proxies: Proxies = Proxies()
    http1: bool = True
    http2: bool = False
    socket_options: tuple[tuple[int, int, int], ...] = ()


class SyncPoolTransport(httpx.HTTPTransport):
    """A transport of a blocking client. Safe to share between threads.

    It is httpx's own with other pools: tools that patch httpx's transport, for example
    to mock, to record or to trace requests, see the requests of this one too.
    """

    def __init__(self, options: PoolOptions) -> None:
        # Not httpx's, which makes a TLS context at once.
        self._pool: Any = SyncPools(options)


class SyncPools:
    """The pools of a transport, in place of the one pool that httpx's transport has.

    Connections belong to the process that opened them: after a fork the child opens
    its own. They are closed when the pools are closed or no longer referenced.
    """

    def __init__(self, options: PoolOptions) -> None:
        self._options = options
        self._process = os.getpid()
        self._pools: dict[PoolKey, httpcore.ConnectionPool] = {}

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        if self._process != os.getpid():  # forked: the parent goes on using its own
            self._process, self._pools = os.getpid(), {}
        key = pool_key(self._options, request)
        pool = self._pools.get(key)
        if pool is None:
            made: Any = new_pool(self._options, key, is_async=False)
            pool = self._pools.setdefault(key, made)
        response = pool.handle_request(request)
        response.stream = _Body(response.stream, self)
        return response

    def close(self) -> None:
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()


class _Body:
    """The body of a response of httpcore.

    Until it is closed it holds the pools, which would close the connection if nobody
    held them. It drops both then: httpx's responses refer to themselves, so they stay
    until the garbage collector comes.
    """

    def __init__(self, body: Any, pools: SyncPools) -> None:
        self._held: tuple[Any, object] | None = body, pools

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._held[0] if self._held else ())

    def close(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held[0].close()


def pool_key(options: PoolOptions, request: httpcore.Request) -> PoolKey:
    """Return which pool of a transport sends a request."""
    url, proxy = request.url, None
    scheme = url.scheme.decode("ascii")
    if options.proxies.by_scheme:
        proxy = options.proxies.of(scheme, url.host.decode("ascii"), url.port)
    return scheme == "https", proxy


def new_pool(options: PoolOptions, key: PoolKey, *, is_async: bool) -> Any:
    """Make a pool as httpx does, whose connections keep to time limits.

    Raises:
        httpx.UnsupportedProtocol: A package for HTTP/2 or SOCKS is missing, or TLS
            certificates cannot be loaded.
    """
    from .network import AsyncLimitedBackend, LimitedBackend

    secure, proxy = key
    transport = httpx.AsyncHTTPTransport if is_async else httpx.HTTPTransport
    try:
        made = transport(
            verify=_tls_context(options) if secure else False,
            http1=options.http1,
            http2=options.http2,
            limits=options.limits,
            proxy=proxy,
            socket_options=options.socket_options,
        )
    except ImportError as error:
        raise httpx.UnsupportedProtocol(str(error)) from error
    pool = vars(made)["_pool"]
    backend = AsyncLimitedBackend() if is_async else LimitedBackend()
    pool._network_backend = backend  # httpx offers no way to pass it
    return pool


def _tls_context(options: PoolOptions) -> ssl.SSLContext:
    try:
        return options.tls()
    except OSError as error:
        named = {name: os.environ.get(name) for name in _CERTIFICATE_VARIABLES}
        variables = ", ".join(f"{name}={value}" for name, value in named.items())
        raise httpx.UnsupportedProtocol(
            f"TLS certificates cannot be loaded: {error} ({variables})"
        ) from error
