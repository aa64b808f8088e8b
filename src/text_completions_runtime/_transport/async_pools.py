"""The transport of asynchronous clients: several small pools of httpcore.

httpx keeps the connections of a client in one pool, and the pool looks at all of them
whenever a request starts or ends. With 64 requests in flight that is most of what a
request costs, so this transport spreads requests over several small pools
(`make bench`, "a call of 64 in flight").
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from .pools import PoolOptions, as_httpx, core_request, new_pool, raise_as_httpx

if TYPE_CHECKING:
    import anyio
    import httpcore

    from .network import AsyncLimitedBackend

__all__ = ["AsyncPoolTransport"]

_MAX_POOLS = 16
_MIN_POOL_SIZE = 4  # connections, so that two hosts in turn do not evict each other


class AsyncPoolTransport(httpx.AsyncBaseTransport):
    """A transport of an asynchronous client, for asyncio and trio.

    Connections belong to the process and the event loop that opened them: after a
    fork, and in another event loop, new ones are opened. They are closed when the
    transport is closed or no longer referenced.
    """

    def __init__(self, options: PoolOptions) -> None:
        self._options = options
        self._process = os.getpid()
        self._of_loop: dict[object, _LoopPools] = {}
        self._latest: tuple[object, _LoopPools] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request through the pool with the least to do."""
        pools = self._pools()
        pool = await pools.enter(request)
        try:
            response = await pool.get(
                request.url.scheme == "https"
            ).handle_async_request(core_request(request))
        except BaseException as error:
            pools.leave(pool)
            if isinstance(error, Exception):
                raise_as_httpx(error)
            raise
        body: Any = response.stream
        return as_httpx(response, _AsyncBody(body, self, pools, pool))

    async def aclose(self) -> None:
        """Close all connections; those of other event loops without their help."""
        here = self._of_loop.pop(_current_loop(), None)
        self._abandon()
        if here is not None:
            await here.aclose()

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            self._abandon()

    def _pools(self) -> _LoopPools:
        loop = _current_loop()
        latest = self._latest
        if latest is not None and latest[0] is loop and self._process == os.getpid():
            return latest[1]
        if self._process != os.getpid():  # forked: the parent goes on using its own
            self._process, self._of_loop = os.getpid(), {}
        for other in list(self._of_loop):
            if other is not loop and _has_ended(other):
                ended = self._of_loop.pop(other, None)  # another thread may be faster
                if ended is not None:
                    ended.abandon()
        pools = self._of_loop.setdefault(loop, _LoopPools(self._options))
        self._latest = loop, pools
        return pools

    def _abandon(self) -> None:
        self._latest = None
        if self._process == os.getpid():
            for pools in self._of_loop.values():
                pools.abandon()
        self._of_loop = {}


def _current_loop() -> object:
    """Return what identifies the event loop that is running, of asyncio or trio."""
    import asyncio  # late, because importing it takes as long as this whole package

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        import anyio

        token = anyio.lowlevel.current_token()
        return getattr(token, "native_token", token)  # newer versions wrap it


def _has_ended(loop: Any) -> bool:
    import asyncio  # late, as above

    if isinstance(loop, asyncio.AbstractEventLoop):
        return loop.is_closed()
    try:
        loop.run_sync_soon(_do_nothing)  # of a trio token, also from other threads
    except RuntimeError:  # trio.RunFinishedError
        return True
    return False


def _do_nothing() -> None:
    pass


@dataclass(slots=True, eq=False)
class _Pool:
    """One small pool, and how many requests it carries."""

    options: PoolOptions
    backend: AsyncLimitedBackend
    capacity: float
    load: int = 0
    made: dict[bool, httpcore.AsyncConnectionPool] = field(
        default_factory=dict[bool, "httpcore.AsyncConnectionPool"]
    )

    def get(self, secure: bool) -> httpcore.AsyncConnectionPool:
        pool = self.made.get(secure)
        if pool is None:
            pool = self.made[secure] = new_pool(
                "Async", self.options, secure=secure, network_backend=self.backend
            )
        return pool

    def fullness(self) -> tuple[bool, int]:
        return self.load >= self.capacity, self.load


class _LoopPools:
    """The small pools of one event loop, under one limit.

    A request goes to the pool with the least to do, the first of them where several
    have as little: requests one after the other use one connection. The limits of the
    pools add up to the limit. A request that comes when all connections are in use
    waits for the first that is free in any pool, as long as the pool timeout allows.
    With HTTP/2 a connection carries several requests, and one pool is enough.
    """

    def __init__(self, options: PoolOptions) -> None:
        from .network import AsyncLimitedBackend

        limits = options.limits
        count = 1 if options.http2 else _pool_count(limits)
        self._backend = AsyncLimitedBackend()
        self._pools = [
            _Pool(
                options._replace(limits=share),
                self._backend,
                float("inf")
                if share.max_connections is None
                else share.max_connections,
            )
            for share in _shares(limits, count)
        ]
        self._limit = None if options.http2 else limits.max_connections
        self._places: anyio.Semaphore | None = None

    async def enter(self, request: httpx.Request) -> _Pool:
        """Take a place in a pool; wait for one if all are taken."""
        if self._limit is not None:
            await self._take_place(self._limit, request)
        first = self._pools[0]
        pool = min(self._pools, key=_Pool.fullness) if first.load else first
        pool.load += 1
        return pool

    def leave(self, pool: _Pool) -> None:
        """Give a place back."""
        pool.load -= 1
        if self._places is not None:
            self._places.release()

    async def aclose(self) -> None:
        """Close all pools, also when closing one of them fails."""
        async with contextlib.AsyncExitStack() as closing:
            for pool in self._pools:
                for made in pool.made.values():
                    closing.push_async_callback(made.aclose)

    def abandon(self) -> None:
        """Close all connections, outside of any coroutine."""
        self._backend.abandon()

    async def _take_place(self, limit: int, request: httpx.Request) -> None:
        import anyio  # late, for it takes long to import

        if self._places is None:
            self._places = anyio.Semaphore(limit)
        try:
            self._places.acquire_nowait()
        except anyio.WouldBlock:
            seconds = request.extensions.get("timeout", {}).get("pool")
            with anyio.move_on_after(seconds) as waiting:
                await self._places.acquire()
            if waiting.cancelled_caught:
                message = f"all {limit} connections were in use for {seconds} s"
                raise httpx.PoolTimeout(message, request=request) from None


class _AsyncBody(httpx.AsyncByteStream):
    """The body of a response; see `_Body`. It holds a place in its pool as well."""

    def __init__(
        self,
        body: AsyncIterable[bytes],
        transport: AsyncPoolTransport,
        pools: _LoopPools,
        pool: _Pool,
    ) -> None:
        self._body: Any = body
        self._held: tuple[AsyncPoolTransport, _LoopPools, _Pool] | None
        self._held = transport, pools, pool

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._body:
                yield chunk
        except BaseException as error:  # the pool counts the connection as free then
            await self.aclose()
            if isinstance(error, Exception):
                raise_as_httpx(error)
            raise

    async def aclose(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            body, self._body = self._body, None
            _, pools, pool = held
            try:
                await body.aclose()
            finally:
                pools.leave(pool)


def _pool_count(limits: httpx.Limits) -> int:
    """Return how many pools there are: each shall have some connections to itself."""
    counts = [_MAX_POOLS]
    if limits.max_connections is not None:
        counts.append(limits.max_connections // _MIN_POOL_SIZE)
    if limits.max_keepalive_connections is not None:
        counts.append(limits.max_keepalive_connections)
    return max(1, min(counts))


def _shares(limits: httpx.Limits, count: int) -> list[httpx.Limits]:
    """Divide limits so that the parts add up to them, the larger parts first."""
    return [
        httpx.Limits(
            max_connections=connections,
            max_keepalive_connections=kept,
            keepalive_expiry=limits.keepalive_expiry,
        )
        for connections, kept in zip(
            _parts(limits.max_connections, count),
            _parts(limits.max_keepalive_connections, count),
            strict=True,
        )
    ]


def _parts(total: int | None, count: int) -> list[int | None]:
    if total is None:
        return [None] * count
    each, more = divmod(total, count)
    return [each + (index < more) for index in range(count)]
