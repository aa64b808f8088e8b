"""One connection: uvicorn's HTTP protocol, with a write buffer and JSON for its 400."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.types import Message, Receive, Scope, Send

from ..document.strict_json import dump_json
from .disconnect import ConnectionCut, wait_for_disconnect

# With httptools where it is installed, else with h11: as uvicorn chooses itself.
if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as _Base
else:
    from uvicorn.protocols.http.auto import AutoHTTPProtocol as _Base

_MAX_HEAD = 64 * 1024
_UPGRADE = re.compile(rb"\r\nupgrade:", re.IGNORECASE)
_BAD_REQUEST = (
    b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
    b"x-should-retry: false\r\nrequest-id: req_none\r\nconnection: close\r\n"
    b"content-length: %d\r\n\r\n%b"
)


class Protocol(_Base):
    """Reads requests as uvicorn does, and writes through a `WriteBuffer`."""

    app: Any  # uvicorn takes applications of several kinds

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the write buffer between uvicorn and the socket."""
        self._buffer = WriteBuffer(transport, self.loop)
        self._inner_app, self.app = self.app, self._run_app
        self._running: Any = None
        self._head_size: int | None = None  # None unless headers are being read
        super().connection_made(self._buffer)

    async def _run_app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application, and close the connection if it asks for that."""
        self._running = getattr(receive, "__self__", None)
        if scope["http_version"] == "1.0":
            send = _for_http_1_0(self._running, send)
        try:
            await self._inner_app(scope, receive, send)
        except ConnectionCut:
            self.transport.close()
            await wait_for_disconnect(receive)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the request that is being answered, too.

        uvicorn tells the last request that it has read, which waits for its turn if
        the client sends several without waiting for the responses.
        """
        super().connection_lost(exc)
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()

    def data_received(self, data: bytes) -> None:
        """Ignore offers of another protocol, and refuse headers without end.

        httptools would take the body for the other protocol; RFC 9110 (7.8) allows to
        ignore the offer. Java's client and `curl --http2` offer HTTP/2 with every
        request.
        """
        super().data_received(_UPGRADE.sub(b"\r\noffered:", data))
        if self._head_size is not None:
            self._head_size += len(data)
            if self._head_size > _MAX_HEAD and not self.transport.is_closing():
                self.send_400_response(f"the headers are larger than {_MAX_HEAD} bytes")

    def on_message_begin(self) -> None:
        """Begin to count the bytes of the headers."""
        self._head_size = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Use the host of the target where it has one, as RFC 9112 (3.2.2) says."""
        self._head_size = None
        if not self.url.startswith(b"/"):
            host = urlsplit(self.url).netloc.rpartition(b"@")[2]
            others = [header for header in self.headers if header[0] != b"host"]
            self.headers[:] = [(b"host", host), *others]
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Write what is left of a response, now that nothing more comes of it.

        While others are being answered, it waits for them to have their turn: one
        response after another, each waking its reader, costs more than all at once.
        """
        if len(self.tasks) > 1:
            self.loop.call_soon(self._buffer.flush)
        else:
            self._buffer.flush()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP with a JSON error, not with plain text."""
        # uvicorn has no cycle before the first request, and keeps the last one.
        response_started = getattr(self.cycle, "response_started", False)
        if not response_started or self.cycle.response_complete:
            error = {"type": "invalid_request_error", "message": msg}
            body = dump_json({"type": "error", "error": error, "request_id": None})
            self.transport.write(_BAD_REQUEST % (len(body), body))
        self.transport.close()


def _for_http_1_0(cycle: Any, send: Send) -> Send:
    """Send a response without chunks and `100 Continue`, which HTTP/1.0 has not.

    uvicorn sends both; the end of the connection ends the response instead.
    """
    cycle.chunked_encoding = cycle.waiting_for_100_continue = False

    async def send_plain(message: Message) -> None:
        cycle.expected_content_length = len(message.get("body", b""))
        await send(message)

    return send_plain


class WriteBuffer(asyncio.Transport):
    """Writes at once what was written within one turn of the event loop.

    uvicorn writes the head, the body and the end of a response one by one, each with
    a system call.
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
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)

    def flush(self) -> None:
        """Write what is here now."""
        if self._parts:
            parts, self._parts = self._parts, []
            if not self._transport.is_closing():  # the client may have left
                self._transport.write(b"".join(parts))

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
