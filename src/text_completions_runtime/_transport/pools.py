"""Pools of httpcore, and the transport of blocking clients.

httpx has transports of its own, but they offer no way to pass a network backend, which
time limits need, and they make a TLS context at once, which takes 50 ms. A pool here
is made by the first request that needs it.
"""

from __future__ import annotations

import contextlib
import os
import ssl
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
)
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import httpx

if TYPE_CHECKING:
    import httpcore

_CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


class PoolOptions(NamedTuple):
    """What a pool is made of.

    Attributes:
        tls: Returns the TLS context. It is called by the first request to https.
        socket_options: Options of each socket, as `socket.setsockopt` takes them.
    """

    limits: httpx.Limits
    tls: Callable[[], ssl.SSLContext]
    proxy: httpx.Proxy | None = None
    http1: bool = True
    http2: bool = False
    socket_options: tuple[tuple[int, int, int], ...] = ()


class SyncPoolTransport(httpx.BaseTransport):
    """A transport of a blocking client. Safe to share between threads.

    Connections belong to the process that opened them: after a fork the child opens
    its own. They are closed when the transport is closed or no longer referenced.
    """

    def __init__(self, options: PoolOptions) -> None:
        self._options = options
        self._process = os.getpid()
        self._pools: dict[bool, httpcore.ConnectionPool] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        pool = self._pool(request.url.scheme == "https")
        try:
            response = pool.handle_request(core_request(request))
        except Exception as error:
            raise_as_httpx(error)
        body: Any = response.stream
        return as_httpx(response, Body(body, body.close, self))

    def close(self) -> None:
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            pool.close()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self.close()

    def _pool(self, secure: bool) -> httpcore.ConnectionPool:
        if self._process != os.getpid():  # forked: the parent goes on using its own
            self._process, self._pools = os.getpid(), {}
        pool = self._pools.get(secure)
        if pool is None:
            made: Any = new_pool(self._options, secure=secure, is_async=False)
            pool = self._pools.setdefault(secure, made)
        return pool


class Body(httpx.SyncByteStream):
    """The body of a response of another library, with the errors of httpx.

    Until it is closed it holds the transport, which would close the connection if
    nobody held it. It drops both then: httpx's responses refer to themselves, so they
    stay until the garbage collector comes.
    """

    def __init__(
        self,
        chunks: Iterable[bytes],
        close: Callable[[], object],
        transport: httpx.BaseTransport,
    ) -> None:
        self._chunks = chunks
        self._held: tuple[Callable[[], object], object] | None = close, transport

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._chunks
        except Exception as error:
            raise_as_httpx(error)

    def close(self) -> None:
        held, self._held, self._chunks = self._held, None, ()
        if held is not None:
            held[0]()


class AsyncBody(httpx.AsyncByteStream):
    """The same of an asynchronous client. It closes itself when reading it fails."""

    def __init__(
        self,
        chunks: AsyncIterable[bytes],
        close: Callable[[], Awaitable[object]],
        transport: httpx.AsyncBaseTransport,
    ) -> None:
        self._chunks: Any = chunks
        self._held: tuple[Callable[[], Awaitable[object]], object] | None
        self._held = close, transport

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._chunks:
                yield chunk
        except BaseException as error:
            await self.aclose()
            raise_as_httpx(error)

    async def aclose(self) -> None:
        held, self._held, self._chunks = self._held, None, None
        if held is not None:
            await held[0]()


def core_request(request: httpx.Request) -> httpcore.Request:
    import httpcore

    url, stream = request.url, request.stream
    content: Any = stream
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        headers=request.headers.raw,
        content=content,
        extensions=request.extensions,
    )


def as_httpx(
    response: Any, body: httpx.SyncByteStream | httpx.AsyncByteStream
) -> httpx.Response:
    """Return a response of httpcore as httpx's, with a body of this package."""
    return httpx.Response(
        response.status,
        headers=response.headers,
        stream=body,
        extensions=response.extensions,
    )


def raise_as_httpx(error: BaseException) -> NoReturn:
    """Raise the httpx error that has the name of an error of httpcore or httpx2."""
    ours: Any = getattr(httpx, type(error).__name__, None)
    if ours is None or not type(error).__module__.startswith(("httpcore", "httpx2")):
        raise error
    raise ours(str(error)) from error


def new_pool(options: PoolOptions, *, secure: bool, is_async: bool) -> Any:
    """Make a pool of httpcore whose connections keep to time limits."""
    import httpcore

    from .network import AsyncLimitedBackend, LimitedBackend

    if options.http2:
        _require("h2", "http2", "HTTP/2")
    arguments: dict[str, Any] = {
        "ssl_context": _tls_context(options) if secure else None,
        "max_connections": options.limits.max_connections,
        "max_keepalive_connections": options.limits.max_keepalive_connections,
        "keepalive_expiry": options.limits.keepalive_expiry,
        "http1": options.http1,
        "http2": options.http2,
        "network_backend": AsyncLimitedBackend() if is_async else LimitedBackend(),
    }
    proxy = options.proxy
    if proxy is None:
        pool = httpcore.AsyncConnectionPool if is_async else httpcore.ConnectionPool
        return pool(socket_options=options.socket_options, **arguments)
    url = proxy.url
    arguments["proxy_url"] = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    arguments["proxy_auth"] = proxy.raw_auth
    if url.scheme.startswith("socks"):
        _require("socksio", "socks", "a SOCKS proxy")
        socks = httpcore.AsyncSOCKSProxy if is_async else httpcore.SOCKSProxy
        return socks(**arguments)
    http = httpcore.AsyncHTTPProxy if is_async else httpcore.HTTPProxy
    return http(
        proxy_headers=proxy.headers.raw,
        proxy_ssl_context=proxy.ssl_context,
        socket_options=options.socket_options,
        **arguments,
    )


def _require(package: str, extra: str, what: str) -> None:
    from importlib.util import find_spec  # here, for few programs need it

    if find_spec(package) is None:
        raise httpx.UnsupportedProtocol(
            f"{what} needs the package {package}: pip install 'httpx[{extra}]'"
        )


def _tls_context(options: PoolOptions) -> ssl.SSLContext:
    try:
        return options.tls()
    except OSError as error:
        named = {name: os.environ.get(name) for name in _CERTIFICATE_VARIABLES}
        variables = ", ".join(f"{name}={value}" for name, value in named.items())
        raise httpx.UnsupportedProtocol(
            f"TLS certificates cannot be loaded: {error} ({variables})"
        ) from error
