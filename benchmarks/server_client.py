"""The client of the server benchmarks: one answer after another, at little cost.

It shares the machine with the server, and a single connection waits for both in
turn, so what it spends hides what is measured. It therefore knows the one request
that it sends, and sockets, and no more of HTTP than where an answer ends.
"""

from __future__ import annotations

import selectors
import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

_CHUNKED = -1
_END = b"0\r\n\r\n"


class Talker:
    """A connection on which each request waits for the answer before it."""

    def __init__(self, address: tuple[str, int], request: bytes) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = request

    def ask(self) -> None:
        self._received = b""
        self._length: int | None = None
        self.socket.sendall(self._request)

    def hear(self) -> bool:
        """Read what is there; whether the answer is complete with it."""
        part = self.socket.recv(1 << 16)
        if not part:
            raise ConnectionError("the server has closed the connection")
        self._received += part
        if self._length is None:
            head, end, body = self._received.partition(b"\r\n\r\n")
            if not end:
                return False
            self._length, self._received = _length(head.lower()), body
        if self._length == _CHUNKED:
            self._received = self._received[-len(_END) :]
            return self._received == _END
        return len(self._received) >= self._length


def _length(head: bytes) -> int:
    if b"\r\ntransfer-encoding: chunked" in head:
        return _CHUNKED
    return int(head.partition(b"\r\ncontent-length: ")[2].partition(b"\r")[0])


def load(url: str, request: bytes, connections: int, requests: int) -> None:
    """Send so many requests over so many connections, and read every answer."""
    at = urlsplit(url)
    address = (str(at.hostname), int(at.port or 80))
    with selectors.DefaultSelector() as selector, ExitStack() as stack:
        number = min(connections, requests)
        talkers = [Talker(address, request) for _ in range(number)]
        for talker in talkers:
            stack.enter_context(talker.socket)
            selector.register(talker.socket, selectors.EVENT_READ, talker)
        asked = complete = 0
        for talker in talkers:
            talker.ask()
            asked += 1
        while complete < requests:
            for key, _ in selector.select():
                if key.data.hear():
                    complete += 1
                    if asked < requests:
                        key.data.ask()
                        asked += 1
                    else:
                        selector.unregister(key.fileobj)  # it may be closed when idle
