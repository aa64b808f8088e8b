"""What every encoder of a stream does, and how a backend's items drive one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from typing import Protocol

from ..app.errors import ApiError
from ..backends.base import Finish, Planned

_BURST = 8
"""After how many pieces others get a turn, and a client that has left is noticed.

They are written at once, see `Outbox`: nothing waits for a piece still to be made.
"""

_NONE = ""
"""What stands for no item: no piece is empty."""

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

    def __init__(
        self, known: Iterator[str | Finish], rest: AsyncIterator[str | Finish]
    ) -> None:
        self._known = known
        self._rest = rest

    @classmethod
    async def start(cls, items: AsyncIterator[str | Finish]) -> Items:
        """Wait for the first piece."""
        if isinstance(items, Planned):
            return cls(items.items, items)
        return cls(iter([await anext(items)]), items)

    async def encoded(self, encoder: StreamEncoder) -> AsyncGenerator[bytes]:
        """Every event as soon as the item is there that it is made of."""
        for event in encoder.begin():
            yield event
        try:
            known, made = self._known, 0
            item = next(known)
            while not isinstance(item, Finish):
                for event in encoder.piece(item):
                    yield event
                made += 1
                if not made % _BURST:
                    await asyncio.sleep(0)
                item = next(known, _NONE) or await anext(self._rest)
            for event in encoder.finish(item):
                yield event
        except StopAsyncIteration:
            raise RuntimeError(_NO_FINISH) from None
        except ApiError as error:
            for event in encoder.fail(error):
                yield event
        finally:
            await self._close()

    async def collected(self) -> tuple[str, Finish]:
        """The whole text, and the finish."""
        parts: list[str] = []
        try:
            item = next(self._known)
            while not isinstance(item, Finish):
                parts.append(item)
                item = next(self._known, _NONE) or await anext(self._rest)
        except StopAsyncIteration:
            raise RuntimeError(_NO_FINISH) from None
        finally:
            await self._close()
        return "".join([*parts, item.text]), item

    async def _close(self) -> None:
        close = getattr(self._rest, "aclose", None)
        if close is not None:  # a generator, which may hold a connection
            await close()
