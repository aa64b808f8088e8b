"""What every encoder of a stream does, and how a backend's items drive one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from typing import Protocol

from ._backend import Finish
from ._errors import ApiError

_NO_FINISH = "the backend ended without a Finish"


class StreamEncoder(Protocol):
    """Writes one answer as events; each element of what it returns is one event."""

    def begin(self) -> Iterable[bytes]:
        """What comes before the first piece."""
        ...

    def piece(self, text: str) -> Iterable[bytes]:
        """A piece of the text, known not to be the last."""
        ...

    def finish(self, finish: Finish) -> Iterable[bytes]:
        """The last piece, the reason, and what comes after them."""
        ...

    def fail(self, error: ApiError) -> Iterable[bytes]:
        """The error that ends the stream."""
        ...


class Items:
    """The items of a backend, the first of them made before anything is answered.

    So a request that fails before its first piece gets a plain error response.
    """

    def __init__(self, first: str | Finish, rest: AsyncIterator[str | Finish]) -> None:
        self._first = first
        self._rest = rest

    @classmethod
    async def start(cls, items: AsyncIterator[str | Finish]) -> Items:
        return cls(await anext(items), items)

    async def encoded(self, encoder: StreamEncoder) -> AsyncGenerator[bytes]:
        """Every event as soon as the item is there that it is made of."""
        for event in encoder.begin():
            yield event
        try:
            async with aclosing(self._all()) as items:
                async for item in items:
                    for event in _encode(encoder, item):
                        yield event
                    if isinstance(item, Finish):
                        break
                    # Let others write, and the loop notice a client that has left.
                    await asyncio.sleep(0)
                else:
                    raise RuntimeError(_NO_FINISH)
        except ApiError as error:
            for event in encoder.fail(error):
                yield event

    async def collected(self) -> tuple[str, Finish]:
        """The whole text, and the finish."""
        parts: list[str] = []
        async with aclosing(self._all()) as items:
            async for item in items:
                if isinstance(item, Finish):
                    return "".join([*parts, item.text]), item
                parts.append(item)
        raise RuntimeError(_NO_FINISH)

    async def _all(self) -> AsyncGenerator[str | Finish]:
        try:
            yield self._first
            async for item in self._rest:
                yield item
        finally:
            close = getattr(self._rest, "aclose", None)
            if close is not None:  # a generator, which may hold a connection
                await close()


def _encode(encoder: StreamEncoder, item: str | Finish) -> Iterable[bytes]:
    return encoder.finish(item) if isinstance(item, Finish) else encoder.piece(item)
