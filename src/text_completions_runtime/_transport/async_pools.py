"""The transport of asynchronous clients: several small pools of httpcore.

httpx keeps the connections of a client in one pool, and the pool looks at all of them
whenever a request starts or ends. With 64 requests in flight that is most of what a
request costs, so this transport spreads requests over several small pools
(`make bench`, "a call of 64 in flight").
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import httpx

from .pools import PoolKey, PoolOptions, new_pool, pool_key

if TYPE_CHECKING:
    import anyio
    import httpcore

_MAX_POOLS = 16
_MIN_POOL_SIZE = 4  # connections, so that two hosts in turn do not evict each other


class AsyncPoolTransport(httpx.AsyncHTTPTransport):
    """A transport of an asynchronous client, for asyncio and trio.

    It is httpx's own with other pools; see `SyncPoolTransport`.
    """

    def __init__(self, options: PoolOptions) -> None:
        # Not httpx's, which makes a TLS context at once.
        self._pool: Any = AsyncPools(options)


class AsyncPools:
    """The pools of a transport, in place of the one pool that httpx's transport has.

    Connections belong to the process and the event loop that opened them: after a
    fork, and in another event loop, new ones are opened. They are closed when the
    pools are closed or no longer referenced.
    """

    def __init__(self, options: PoolOptions) -> None:
        self._options = options
        self._process = os.getpid()
        self._groups: dict[tuple[object, PoolKey], _PoolGroup] = {}

    async def handle_async_request(self, request: Any) -> httpcore.Response:
        group = self._group(pool_key(self._options, request))
        timeouts = request.extensions.get("timeout", {})
        pool = await group.enter(timeouts.get("pool"))
        try:
            response = await pool.connections.handle_async_request(request)
        except BaseException:
            group.leave(pool)
            raise
        response.stream = _Body(response.stream, group, pool, self)
        return response

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections; those of other event loops without their help."""
        groups, self._groups = self._groups, {}
        here = _current_loop()
        for (loop, _), group in groups.items():
            if loop is here:
                await group.aclose()

    def _group(self, pool: PoolKey) -> _PoolGroup:
        loop = _current_loop()
        if self._process != os.getpid():  # forked: the parent goes on using its own
            self._process, self._groups = os.getpid(), {}
        group = self._groups.get((loop, pool))
        if group is None:
            for key in list(self._groups):
                if _has_ended(key[0]):
                    self._groups.pop(key, None)  # another thread may be faster
            group = self._groups[loop, pool] = _PoolGroup(self._options, pool)
        return group


class _Body:
    """The body of a response, as in `pools`. It closes itself when reading it fails."""

    def __init__(
        self, body: Any, group: _PoolGroup, pool: _Pool, pools: AsyncPools
    ) -> None:
        self._held: tuple[Any, _PoolGroup, _Pool, object] | None
        self._held = body, group, pool, pools

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if self._held is None:
            return
        try:
            async for chunk in self._held[0]:
                yield chunk
        except BaseException:
            await self.aclose()
            raise

    async def aclose(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            body, group, pool, _ = held
            try:
                await body.aclose()
            finally:
                group.leave(pool)


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
        loop.run_sync_soon(int)  # of trio: does nothing, and fails after its end
    except RuntimeError:
        return True
    return False


class _Pool:
    """A pool of httpcore, and how many requests it carries."""

    def __init__(self, options: PoolOptions, key: PoolKey) -> None:
        self.load = 0
        self._new = partial(new_pool, options, key, is_async=True)
        self.connections: httpcore.AsyncConnectionPool = self._new()

    def leave(self) -> None:
        """Take off a request that has ended.

        httpcore loses the connection of a request that is cancelled at some moments:
        it stays busy. Then the pool begins anew.
        """
        self.load -= 1
        connections = () if self.load else self.connections.connections
        if not all(one.is_idle() or one.is_closed() for one in connections):
            from .network import close_at_once

            for one in connections:
                close_at_once(one.aclose())
            self.connections = self._new()


class _PoolGroup:
    """The small pools of one event loop, under one limit.

    A request goes to the pool with the least to do, the first of them where several
    have as little. So requests one after the other use one connection, and a pool is
    full only when all are. A request that comes when the limit is reached waits until
    another one ends, as long as the pool timeout allows.
    With HTTP/2 a connection carries several requests, and one pool is enough.
    """

    def __init__(self, options: PoolOptions, key: PoolKey) -> None:
        import anyio  # late, for it takes long to import

        limits = options.limits
        count = 1 if options.http2 else _pool_count(limits)
        shares = [_share(limits, count, index) for index in range(count)]
        self._pools = [_Pool(options._replace(limits=one), key) for one in shares]
        self._limit = limits.max_connections
        is_limited = self._limit is not None and not options.http2
        self._places = anyio.Semaphore(self._limit or 0) if is_limited else None

    async def enter(self, seconds: float | None) -> _Pool:
        """Take a place in a pool; if all are taken, wait so long for one."""
        if self._places is not None:
            await self._take_place(self._places, seconds)
        pool = min(self._pools, key=lambda one: one.load)
        pool.load += 1
        return pool

    def leave(self, pool: _Pool) -> None:
        pool.leave()
        if self._places is not None:
            self._places.release()

    async def aclose(self) -> None:
        """Close all pools, also when closing one of them fails."""
        async with contextlib.AsyncExitStack() as closing:
            for pool in self._pools:
                closing.push_async_callback(pool.connections.aclose)

    async def _take_place(self, places: anyio.Semaphore, seconds: float | None) -> None:
        import anyio
        import httpcore

        try:
            places.acquire_nowait()
        except anyio.WouldBlock:
            with anyio.move_on_after(seconds) as waiting:
                await places.acquire()
            if waiting.cancelled_caught:
                raise httpcore.PoolTimeout(
                    f"all {self._limit} connections were in use for {seconds} s"
                ) from None


def _pool_count(limits: httpx.Limits) -> int:
    """Return how many pools there are: each shall have some connections to itself."""
    counts = [_MAX_POOLS]
    if limits.max_connections is not None:
        counts.append(limits.max_connections // _MIN_POOL_SIZE)
    if limits.max_keepalive_connections is not None:
        counts.append(limits.max_keepalive_connections)
    return max(1, min(counts))


def _share(limits: httpx.Limits, count: int, index: int) -> httpx.Limits:
    """Return the part of a pool. The parts add up to the limits, larger ones first."""
    more = count - 1 - index  # before a division: it rounds the first ones up
    connections, kept = limits.max_connections, limits.max_keepalive_connections
    return httpx.Limits(
        max_connections=None if connections is None else (connections + more) // count,
        max_keepalive_connections=None if kept is None else (kept + more) // count,
        keepalive_expiry=limits.keepalive_expiry,
    )
