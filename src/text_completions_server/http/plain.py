"""Plain requests, which are nearly all there are, read and answered in few steps.

h11 goes over every line of a message several times, and over every event of a stream;
that is half of what an answer costs. What is written here reads the requests that
leave no question open, and nothing else: everything odd is for h11 to judge.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from uvicorn.protocols.http.flow_control import CLOSE_HEADER
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, RequestResponseCycle

RawHeaders = list[tuple[bytes, bytes]]

_MOST_BYTES = 8192
"""How long a head may be; h11 refuses one that is much longer."""

_TOKEN = rb"[-!#$%&'*+.^_`|~0-9A-Za-z]++"
_VALUE = rb"[!-~]++(?: ++[!-~]++)*+"
_LINE = re.compile(rb"(GET|POST|PUT|PATCH|DELETE) (/[!-~]*+) HTTP/1\.1\r\n")
_FIELDS = re.compile(rb"(?:%b: ?%b\r\n)++\r\n" % (_TOKEN, _VALUE))
_FIELD = re.compile(rb"(%b): ?(%b)\r\n" % (_TOKEN, _VALUE))
_LENGTH = re.compile(rb"\d{1,10}")

_ODD = frozenset({b"transfer-encoding", b"expect", b"upgrade"})
_BODILESS = frozenset({204, 304})


class Head(NamedTuple):
    """The head of a plain request.

    Attributes:
        method: Its method.
        target: Its path and query, as they were sent.
        headers: Its headers, the names in lower case.
        size: How many bytes it takes.
        length: How many bytes of a body follow it.
    """

    method: str
    target: bytes
    headers: RawHeaders
    size: int
    length: int


def read_head(data: bytes) -> Head | None:
    """The head that the data begin with; None unless it is whole and plain.

    Plain is a request of HTTP/1.1 for a path, each header of it once and in visible
    ASCII, whose body has a known length and whose connection is kept.
    """
    line = _LINE.match(data)
    if line is None:
        return None
    found = _FIELDS.match(data, line.end(), _MOST_BYTES)
    if found is None:
        return None
    headers = [
        (name.lower(), value)
        for name, value in _FIELD.findall(data, line.end(), found.end())
    ]
    named = dict(headers)
    if len(named) < len(headers) or b"host" not in named or not _ODD.isdisjoint(named):
        return None
    length = named.get(b"content-length", b"0")
    kept = named.get(b"connection", b"keep-alive").lower() == b"keep-alive"
    if not kept or _LENGTH.fullmatch(length) is None:
        return None
    return Head(line[1].decode(), line[2], headers, found.end(), int(length))


class PlainCycle(RequestResponseCycle):
    """Answers a plain request: uvicorn's own cycle, but for what it writes."""

    _chunked = False
    _bodiless = False

    async def send(self, message: Any) -> None:
        """As `send` of ASGI.

        Raises:
            RuntimeError: The message does not belong here, or a header is broken.
        """
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        expected = "http.response.body" if self.response_started else _START
        if message["type"] != expected or self.response_complete:
            raise RuntimeError(f"{message['type']} cannot be sent now")
        if expected is _START:
            self._begin(message["status"], message.get("headers", ()))
        else:
            self._go_on(message.get("body", b""), message.get("more_body", False))

    def _begin(self, status: int, given: Any) -> None:
        headers: RawHeaders = [*self.default_headers, *given]
        self._bodiless = status in _BODILESS
        if not self._bodiless and b"content-length" not in dict(headers):
            self._chunked = True
            headers.append((b"transfer-encoding", b"chunked"))
        if CLOSE_HEADER in headers:
            self.keep_alive = False
        lines = [b"HTTP/1.1 %d %b" % (status, STATUS_PHRASES[status])]
        lines += [b"%b: %b" % header for header in headers]
        head = b"\r\n".join(lines)
        if head.count(b"\n") != len(headers) or head.count(b"\r") != len(headers):
            raise RuntimeError("a header of the answer contains a line break")
        self.response_started = True
        self.transport.write(head + b"\r\n\r\n")

    def _go_on(self, body: bytes, more: bool) -> None:
        if self._chunked:
            end = b"" if more else b"0\r\n\r\n"
            body = b"%x\r\n%b\r\n%b" % (len(body), body, end) if body else end
        if not self._bodiless:
            self.transport.write(body)
        if not more:
            self.response_complete = True
            self.message_event.set()
            if not self.keep_alive:
                self.transport.close()
            self.on_response()


_START = "http.response.start"
