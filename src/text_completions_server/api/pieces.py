"""Read the pieces of a backend: wait for the first one, time them, write them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from typing import Protocol

from ..backends.base import Finish, Piece, Ping, Usage, close_pieces
from ..backends.requests import Generation
from ..errors import ApiError, server_stops
from ..http.disconnect import Lifetime, is_cancelled
from ..http.events import event, ping
from ..http.responses import ErrorResponses

_BURST = 32
"""After this many pieces other requests get a turn, and the events are written."""

_log = logging.getLogger(__name__)


class Encoder(Protocol):
    """Writes one response, whole or as events; each element of these is one event."""

    line_end: bytes

    def body(self, text: str, finish: Finish) -> object:
        """Return the body of a response in one piece."""
        ...

    def begin(self) -> Iterable[bytes]:
        """Write what comes before the first piece."""
        ...

    def piece(self, text: str) -> Iterable[bytes]:
        """Write one piece of the text."""
        ...

    def finish(self, finish: Finish) -> Iterable[bytes]:
        """Write the last piece, the reason and what follows."""
        ...


async def collect(pieces: AsyncIterator[object]) -> tuple[str, Finish]:
    """Return the whole text of a backend, and the finish."""
    parts: list[str] = []
    try:
        async for piece in pieces:
            if isinstance(piece, Finish):
                return "".join([*parts, piece.text]), piece
            if isinstance(piece, str):
                parts.append(piece)
                if len(parts) % _BURST == 0:
                    await asyncio.sleep(0)
            elif not isinstance(piece, Ping):
                raise _not_a_piece(piece)
        raise _no_finish()
    finally:
        await close_pieces(pieces)


async def begin_events(
    pieces: AsyncIterator[object],
    encoder: Encoder,
    lifetime: Lifetime,
    errors: ErrorResponses,
    request_id: str,
) -> AsyncGenerator[bytes]:
    """Wait for the first piece, and return the events that are made of all of them.

    So a request that fails before its first piece gets an error response.
    """
    first = await anext(pieces, None)
    if first is None:
        raise _no_finish()
    return _events(first, pieces, encoder, lifetime, errors, request_id)


async def _events(
    piece: object,
    rest: AsyncIterator[object],
    encoder: Encoder,
    lifetime: Lifetime,
    errors: ErrorResponses,
    request_id: str,
) -> AsyncGenerator[bytes]:
    """Yield each event as soon as the piece is there that it is made of.

    A failure of the backend becomes an `error` event, and so does the end of the
    server.
    """
    line_end = encoder.line_end
    try:
        for each in encoder.begin():
            yield each
        count = 0
        while not isinstance(piece, Finish):
            if piece is None:
                raise _no_finish()
            if isinstance(piece, str):
                for each in encoder.piece(piece):
                    yield each
            elif isinstance(piece, Ping):
                yield ping(line_end)
            else:
                raise _not_a_piece(piece)
            count += 1
            if count % _BURST == 0:
                await asyncio.sleep(0)
            piece = await anext(rest, None)
        for each in encoder.finish(piece):
            yield each
    except (Exception, asyncio.CancelledError) as error:
        if isinstance(error, asyncio.CancelledError) and is_cancelled():
            if not lifetime.is_over:
                raise
            error = server_stops()
        if not isinstance(error, ApiError):
            _log.exception("%s failed in mid-stream", request_id)
            error = ApiError(500)
        yield event("error", errors.event_body(error), line_end)
    finally:
        await close_pieces(rest)


async def timed(
    pieces: AsyncIterator[Piece], request: Generation, notes: dict[str, object]
) -> AsyncGenerator[Piece]:
    """Pass pieces on, and note how fast they came.

    The notes get the `model` as the caller wrote it, the seconds as
    `time_to_first_token`, and if the number of tokens is known `tokens_per_second`
    from the request to the finish. The time that a slow client takes is part of it.
    `error_status` is the status of a failure, also of one in the middle of a stream.
    `cancelled` is true if the caller left, or the server stopped, before the finish.
    """
    notes["model"] = request.requested_model
    start = time.perf_counter()
    is_first, is_finished = True, False
    try:
        async for piece in pieces:
            if is_first and not isinstance(piece, Ping):
                is_first = False
                notes["time_to_first_token"] = round(time.perf_counter() - start, 3)
            if isinstance(piece, Finish):
                is_finished = True
                _note_tokens(piece, time.perf_counter() - start, notes)
            yield piece
    except Exception as error:
        notes["error_status"] = error.status if isinstance(error, ApiError) else 500
        raise
    except (asyncio.CancelledError, GeneratorExit):
        if not is_finished:
            notes["cancelled"] = True
        raise
    finally:
        await close_pieces(pieces)


def _note_tokens(finish: Finish, seconds: float, notes: dict[str, object]) -> None:
    usage = finish.usage or Usage()
    known = {"input_tokens": usage.input_tokens, "output_tokens": usage.output_tokens}
    for name, tokens in known.items():
        if tokens is not None:
            notes.setdefault(name, tokens)
    output = notes.get("output_tokens")
    if isinstance(output, int) and seconds > 0:
        notes["tokens_per_second"] = round(output / seconds, 1)


def _not_a_piece(value: object) -> TypeError:
    kind = type(value).__name__
    return TypeError(f"the backend yielded {kind}, not a str, a Ping or a Finish")


def _no_finish() -> RuntimeError:
    return RuntimeError("the backend ended without a Finish")
