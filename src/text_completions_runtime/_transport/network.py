"""Network connections that keep to the time limit of the call that uses them.

httpcore opens its connections through these backends. Each operation on the network
gets at most the time that the call has left, so no server can hold a call beyond its
limit by sending a byte now and then. Resolving a name is one operation of the system
that nothing can interrupt in a blocking call.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import ssl
import weakref
from collections.abc import Coroutine, Iterable
from typing import Any, TypeAlias

import httpcore

from .._limits import current_limit

SocketOptions: TypeAlias = Iterable[Any] | None
_PIECE = 16_384  # bytes; httpcore gives each `send` of a buffer the whole timeout again


def _capped(
    timeout: float | None, expired: type[httpcore.TimeoutException]
) -> float | None:
    limit = current_limit()
    if limit is None:
        return timeout
    left = limit.left()
    if left <= 0:
        raise expired("the time limit of the call has passed")
    return left if timeout is None else min(timeout, left)


class _LimitedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if current_limit() is not None:  # one call less for each chunk of a stream
            timeout = _capped(timeout, httpcore.ReadTimeout)
        return self._stream.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if current_limit() is None:
            self._stream.write(buffer, timeout)
            return
        for start in range(0, len(buffer), _PIECE):
            piece = buffer[start : start + _PIECE]
            self._stream.write(piece, _capped(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        try:
            capped = _capped(timeout, httpcore.ConnectTimeout)
            stream = self._stream.start_tls(ssl_context, server_hostname, capped)
        except BaseException:
            self.close()
            raise
        return _LimitedStream(stream)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class LimitedBackend(httpcore.NetworkBackend):
    def __init__(self) -> None:
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host.

        The system gives each address of a host the whole timeout. With a limit they
        are tried one by one, each with the time that is left.
        """
        addresses = [host] if current_limit() is None else _addresses(host, port)
        while True:
            capped = _capped(timeout, httpcore.ConnectTimeout)
            try:
                return _LimitedStream(
                    self._backend.connect_tcp(
                        addresses.pop(0), port, capped, local_address, socket_options
                    )
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not addresses:
                    raise


class _AsyncLimitedStream(httpcore.AsyncNetworkStream):
    def __init__(
        self,
        stream: httpcore.AsyncNetworkStream,
        opened: weakref.WeakSet[_AsyncLimitedStream],
    ) -> None:
        self._stream = stream
        self._opened = opened
        self._socket: Any = None
        opened.add(self)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if current_limit() is not None:
            timeout = _capped(timeout, httpcore.ReadTimeout)
        return await self._stream.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, _capped(timeout, httpcore.WriteTimeout))

    async def aclose(self) -> None:
        self._opened.discard(self)
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        self._opened.discard(self)
        try:
            capped = _capped(timeout, httpcore.ConnectTimeout)
            stream = await self._stream.start_tls(ssl_context, server_hostname, capped)
        except BaseException:
            await self._stream.aclose()
            raise
        return _AsyncLimitedStream(stream, self._opened)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable" and hasattr(select, "poll"):
            return self._is_readable()
        return self._stream.get_extra_info(info)

    def _is_readable(self) -> bool:
        """Return whether an idle connection was closed by the server.

        httpcore asks this of the idle connections of a pool for each request. Its own
        answer has anyio collect all that it knows of a connection, for its socket:
        that is a tenth of the time of 64 calls in flight.
        """
        if self._socket is None:
            self._socket = self._stream.get_extra_info("socket")
        number = -1 if self._socket is None else self._socket.fileno()
        if number < 0:
            return True  # it is closed here
        poll = select.poll()
        poll.register(number, select.POLLIN)
        return bool(poll.poll(0))

    def abandon(self) -> None:
        """Close the connection outside of any coroutine.

        Where the event loop has ended this fails; then it is shut down at least.
        """
        if not close_at_once(self._stream.aclose()):
            self._shut_down()

    def _shut_down(self) -> None:
        with contextlib.suppress(Exception):
            number = self._stream.get_extra_info("socket").fileno()
            with socket.socket(fileno=os.dup(number)) as duplicate:
                duplicate.shutdown(socket.SHUT_RDWR)


class AsyncLimitedBackend(httpcore.AsyncNetworkBackend):
    """Opens the connections of an asynchronous client. anyio serves trio as well.

    It closes those that are open when no pool and no connection holds it any more. The
    responses of httpx hold connections until the garbage collector comes.
    """

    def __init__(self) -> None:
        self._backend: Any = httpcore.AnyIOBackend()
        self._process = os.getpid()
        self._opened: weakref.WeakSet[_AsyncLimitedStream] = weakref.WeakSet()

    def __del__(self) -> None:
        if self._process == os.getpid():  # after a fork they are the parent's
            for stream in list(self._opened):
                stream.abandon()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to a host; the time covers all its addresses and its name."""
        capped = _capped(timeout, httpcore.ConnectTimeout)
        stream = await self._backend.connect_tcp(
            host, port, capped, local_address, socket_options
        )
        return _AsyncLimitedStream(stream, self._opened)


def close_at_once(closing: Coroutine[Any, Any, None]) -> bool:
    """Close a connection outside of any coroutine, and return whether this worked.

    Closing runs up to its first pause, by which the socket is closed.
    """
    try:
        closing.send(None)
    except Exception:  # StopIteration is one of them
        return False
    finally:
        with contextlib.suppress(Exception):
            closing.close()
    return True


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    return [str(address[0]) for *_, address in found]
