"""Between uvicorn and the socket: fewer writes, and a way to cut the connection."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from ._json import dump_json
from ._waiting import DROP

_BAD_REQUEST = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
    b"x-should-retry: false\r\nrequest-id: req_none\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%b"
)


_LENGTH = b"\r\ncontent-length: "


class Protocol(H11Protocol):
    """HTTP/1.1 over an `Outbox`, which the application may close."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._outbox = Outbox(transport, self.loop)
        super().connection_made(self._outbox)
        self.app_state = {**self.app_state, DROP: self._outbox.close}

    def on_response_complete(self) -> None:
        """Write what is left of an answer: nothing more comes of it.

        While others are being answered, it waits for them to have their turn: one
        answer after another, each waking its reader, costs more than all at once.
        """
        if len(self.tasks) > 1:
            self.loop.call_soon(self._outbox.flush)
        else:
            self._outbox.flush()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP in the documented form, not in plain text."""
        if not getattr(self.cycle, "response_started", False):
            error = {"type": "invalid_request_error", "message": msg}
            body = dump_json({"type": "error", "error": error, "request_id": None})
            self.transport.write(_BAD_REQUEST % (len(body), body))
        self.transport.close()


class Outbox(asyncio.Transport):
    """Writes at once what was written within one turn of the event loop.

    uvicorn writes the head, the body and the end of an answer one by one, each with a
    call of the system. Nothing waits here for what is not made yet: the head of an
    answer in one piece, which tells its length, is written together with that piece.

    Args:
        transport: The connection.
        loop: Its event loop.
    """

    def __init__(
        self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes | bytearray | memoryview] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not data:
            return
        if not self._parts and not _is_head_of_one_piece(data):
            self._loop.call_soon(self.flush)
        self._parts.append(data)

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        self._parts.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)

    def flush(self) -> None:
        """Write what is here now."""
        if self._parts:
            parts, self._parts = self._parts, []
            self._transport.write(b"".join(parts))


def _is_head_of_one_piece(data: bytes | bytearray | memoryview) -> bool:
    head = bytes(data)
    return head.startswith(b"HTTP/1.1 ") and _LENGTH in head
