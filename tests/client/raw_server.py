"""A server of bare sockets, which says exactly what a test tells it to, and no more."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import queue
import select
import socket
import ssl
import struct
import threading
import time
from typing import Self

PATIENCE = 10.0  # seconds; no test that passes waits for it
END = b"0\r\n\r\n"  # of chunks
BODY = b'{"type": "completion", "id": "x"}'
PING = b'event: ping\ndata: {"type": "ping"}\n\n'


class Stall:
    """Say nothing more until the client leaves."""


@dataclasses.dataclass(frozen=True)
class Drip:
    """Say it again and again: so many times, or until the client leaves."""

    data: bytes
    times: float = math.inf
    every: float = 0.02  # seconds


class Reset:
    """End the connection as a crash does, without a farewell."""


Act = bytes | Stall | Drip | Reset
STALL, RESET = Stall(), Reset()


class RawServer:
    """Answers each request with the next list of acts, the last one again and again.

    Attributes:
        requests: The bytes of each request, whole.
        connections: How many were opened.
        gone: Holds one item for each connection that the client closed.
    """

    def __init__(self, *answers: list[Act], tls: ssl.SSLContext | None = None) -> None:
        self._answers = list(answers)
        self._tls = tls
        self._open: list[socket.socket] = []
        self.requests: list[bytes] = []
        self.connections = 0
        self.gone: queue.Queue[None] = queue.Queue()

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        scheme = "https" if self._tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)

    def wait_until_left(self) -> None:
        """Wait until a client has closed a connection."""
        self.gone.get(timeout=PATIENCE)

    def _accept(self) -> None:
        threads = []
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                break
            self._open.append(connection)
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,))
            threads.append(thread)
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        if self._tls is not None:
            try:
                connection = self._tls.wrap_socket(connection, server_side=True)
            except OSError:
                return
        with connection, contextlib.suppress(OSError):
            try:
                while request := _request(connection):
                    self.requests.append(request)
                    last = len(self._answers) == 1
                    acts = self._answers[0] if last else self._answers.pop(0)
                    if any(self._ended(connection, act) for act in acts):
                        return
                    if not _says_where_it_ends(acts):
                        return
            except ConnectionError:  # left while there was more to say
                pass
            self.gone.put(None)

    def _ended(self, connection: socket.socket, act: Act) -> bool:
        if isinstance(act, bytes):
            connection.sendall(act)
            return False
        if isinstance(act, Drip):
            _drip(connection, act)
            return False
        if isinstance(act, Reset):
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        else:
            while connection.recv(1024):
                pass
            raise ConnectionAbortedError
        return True


def _drip(connection: socket.socket, act: Drip) -> None:
    ends = time.monotonic() + PATIENCE
    said = 0
    while said < act.times and time.monotonic() < ends:
        connection.sendall(act.data)
        said += 1
        ready, _, _ = select.select([connection], [], [], act.every)
        if ready and not connection.recv(1024):
            raise ConnectionAbortedError


def _says_where_it_ends(acts: list[Act]) -> bool:
    """Whether the connection can be used again: a client may already have done so."""
    first, last = (_bytes(acts[place]) if acts else b"" for place in (0, -1))
    return b"content-length" in first or last.endswith(END)


def _bytes(act: Act) -> bytes:
    return act if isinstance(act, bytes) else b""


def _request(connection: socket.socket) -> bytes:
    """Read one request; nothing where the client has left."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
    head = data.partition(b"\r\n\r\n")[0].lower()
    size = 0
    for line in head.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            size = int(line.partition(b":")[2])
    while len(data) < len(head) + 4 + size:
        data += connection.recv(65536)
    return data


def head(status: int = 200, *lines: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status} X", *lines, "", ""]).encode()


def whole(
    status: int, body: bytes, media: str = "application/json", *lines: str
) -> list[Act]:
    length = f"content-length: {len(body)}"
    return [head(status, f"content-type: {media}", length, *lines), body]


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


STREAM_HEAD = head(200, "content-type: text/event-stream", "transfer-encoding: chunked")
JSON_HEAD = head(200, "content-type: application/json", "transfer-encoding: chunked")


def streamed(*events: bytes) -> list[Act]:
    """A whole stream; the connection may be used again."""
    body = b"".join(events)
    return whole(200, body, "text/event-stream")


def event(text: str, reason: str | None = None) -> bytes:
    data = {"completion": text, "stop_reason": reason, "model": "claude-2.1"}
    return b"event: completion\r\ndata: " + json.dumps(data).encode() + b"\r\n\r\n"


def error_event(kind: str) -> bytes:
    data = {"type": "error", "error": {"type": kind, "message": "no"}}
    return b"event: error\ndata: " + json.dumps(data).encode() + b"\n\n"
