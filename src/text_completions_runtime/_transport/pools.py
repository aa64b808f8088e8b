"""Many small pools of connections behind one transport.

httpx keeps the connections of a client in one pool, and looks at every one of them
whenever a request starts or ends. With 64 requests in flight that is most of what a
request costs, so the asynchronous client spreads its requests over several small
pools.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    import anyio

__all__ = ["AsyncPools"]

_MOST_POOLS = 16
_SMALLEST_POOL = 4  # connections, so that two hosts in turn do not evict each other


class _Pool:
    """One pool, made when it is first needed, and how many requests it carries."""

    __slots__ = ("_make", "capacity", "load", "made")

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport], capacity: float):
        self._make = make
        self.capacity = capacity
        self.load = 0
        self.made: httpx.AsyncBaseTransport | None = None

    def transport(self) -> httpx.AsyncBaseTransport:
        if self.made is None:
            self.made = self._make()
        return self.made


def _fullness(pool: _Pool) -> tuple[bool, int]:
    return pool.load >= pool.capacity, pool.load


class AsyncPools(httpx.AsyncBaseTransport):
    """Spreads requests over several small pools under one limit.

    A request goes to the pool with the least to do, the first of them where several
    have as little: requests one after the other use one connection. The limits of the
    pools add up to the limit. Whoever comes when all connections are in use waits for
    the first that is free, whichever pool has it, as long as the pool timeout allows.

    Args:
        make: Makes one pool with the limits that it is passed.
        limits: The limits of all pools together.
        multiplexed: Whether a connection carries several requests at once, as in
            HTTP/2. Then there is one pool, which has few connections to look at.
    """

    def __init__(
        self,
        make: Callable[[httpx.Limits], httpx.AsyncBaseTransport],
        limits: httpx.Limits,
        *,
        multiplexed: bool = False,
    ) -> None:
        count = 1 if multiplexed else _pool_count(limits)
        self._pools = [
            _Pool(partial(make, share), _unlimited(share.max_connections))
            for share in _shares(limits, count)
        ]
        self._limit = None if multiplexed else limits.max_connections
        self._places: anyio.Semaphore | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request through the pool with the least to do."""
        if self._limit is not None:
            await self._enter(self._limit, request)
        pool = min(self._pools, key=_fullness)
        pool.load += 1
        try:
            response = await pool.transport().handle_async_request(request)
        except BaseException:
            self._leave(pool)
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _Held(response.stream, partial(self._leave, pool))
        return response

    async def aclose(self) -> None:
        """Close all pools, also when closing one of them fails."""
        async with AsyncExitStack() as closing:
            for pool in self._pools:
                if pool.made is not None:
                    closing.push_async_callback(pool.made.aclose)

    async def _enter(self, limit: int, request: httpx.Request) -> None:
        """Take a place; where none is free, wait for one."""
        import anyio  # here, because importing the client must not import it

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

    def _leave(self, pool: _Pool) -> None:
        pool.load -= 1
        if self._places is not None:
            self._places.release()


class _Held(httpx.AsyncByteStream):
    """The body of an answer, which holds a place in its pool until it is closed."""

    def __init__(self, body: httpx.AsyncByteStream, leave: Callable[[], None]) -> None:
        self._body = body
        self._leave: Callable[[], None] | None = leave

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._body:
                yield chunk
        except BaseException:  # the pool counts the connection as free then
            await self.aclose()
            raise

    async def aclose(self) -> None:
        leave, self._leave = self._leave, None
        if leave is not None:
            try:
                await self._body.aclose()
            finally:
                leave()


def _pool_count(limits: httpx.Limits) -> int:
    """Say how many pools there are: each shall have some connections to itself."""
    most = [_MOST_POOLS]
    if limits.max_connections is not None:
        most.append(limits.max_connections // _SMALLEST_POOL)
    if limits.max_keepalive_connections is not None:
        most.append(limits.max_keepalive_connections)
    return max(1, min(most))


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


def _unlimited(bound: int | None) -> float:
    return float("inf") if bound is None else bound
