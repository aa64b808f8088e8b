"""Between uvicorn and the socket: fewer steps, and a way to cut the connection."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import unquote

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.h11_impl import H11Protocol

from ..app.strict_json import dump_json
from ..app.waiting import DROP
from .plain import Head, PlainCycle, read_head

_BAD_REQUEST = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
    b"x-should-retry: false\r\nrequest-id: req_none\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%b"
)
_LENGTH = b"\r\ncontent-length: "


class Protocol(H11Protocol):
    """HTTP/1.1 over an `Outbox`, which the application may close.

    Plain requests are read here. What is anything else is left to h11, and with it
    all that comes later on the same connection.
    """

    app: Any  # uvicorn leaves open what it is

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the write buffer between uvicorn and the socket."""
        self._outbox = Outbox(transport, self.loop)
        super().connection_made(self._outbox)
        self.app_state = {**self.app_state, DROP: self._outbox.close}
        self._is_plain = True
        self._plain: PlainCycle | None = None
        self._missing = 0
        self._early = b""

    def data_received(self, data: bytes) -> None:
        """Put the write buffer between uvicorn and the socket."""
        """Read what the client sent."""
        if not self._is_plain:
            super().data_received(data)
            return
        self._unset_keepalive_if_required()
        if self._missing:
            data = self._take_body(data)
        if self._plain is None or self._plain.response_complete:
            self._take_request(self._early + data)
        elif data:  # it waits for the answer before it
            self._early += data
            self.flow.pause_reading()

    def _take_request(self, data: bytes) -> None:
        self._early = b""
        if not data:
            return
        head = read_head(data)
        if head is None:
            self._is_plain = False
            super().data_received(data)
            return
        cycle = self._begin_cycle(head)
        self._missing = head.length
        self._early = self._take_body(data[head.size :])
        if not head.length:
            cycle.more_body = False
            cycle.message_event.set()
        if self._early:
            self.flow.pause_reading()

    def _take_body(self, data: bytes) -> bytes:
        """Hand over what belongs to the body, and return what is left."""
        body, rest = data[: self._missing], data[self._missing :]
        self._missing -= len(body)
        cycle = self.cycle
        if body and not cycle.response_complete:
            cycle.body += body
            cycle.more_body = self._missing > 0
            cycle.message_event.set()
            if len(cycle.body) > HIGH_WATER_LIMIT:
                self.flow.pause_reading()
        return rest

    def _begin_cycle(self, head: Head) -> PlainCycle:
        """As uvicorn begins one, but for the options of it that we never set."""
        self._unset_keepalive_if_required()
        path, _, query = head.target.partition(b"?")
        self.headers = head.headers
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme or "http",
            "method": head.method,
            "root_path": self.root_path,
            "path": self.root_path + unquote(path.decode("ascii")),
            "raw_path": self.root_path.encode("ascii") + path,
            "query_string": query,
            "headers": head.headers,
            "state": self.app_state.copy(),
        }
        self.cycle = self._plain = cycle = PlainCycle(
            scope=self.scope,
            conn=self.conn,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            on_response=self.on_response_complete,
        )
        task = self.loop.create_task(cycle.run_asgi(self.app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)
        return cycle

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
        if self._early and not self.transport.is_closing():
            self._take_request(self._early)

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
        """Keep the data until the end of this turn of the event loop."""
        if not data:
            return
        if not self._parts and not _is_head_of_one_piece(data):
            self._loop.call_soon(self.flush)
        self._parts.append(data)

    def close(self) -> None:
        """Write what is left and close the connection."""
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        """Close the connection and drop what is left."""
        self._parts.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        """Tell whether the connection is closing."""
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        """Stop reading."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Ask the transport."""
        return self._transport.get_extra_info(name, default)

    def flush(self) -> None:
        """Write what is here now."""
        if self._parts:
            parts, self._parts = self._parts, []
            self._transport.write(b"".join(parts))


def _is_head_of_one_piece(data: bytes | bytearray | memoryview) -> bool:
    head = bytes(data)
    return head.startswith(b"HTTP/1.1 ") and _LENGTH in head
