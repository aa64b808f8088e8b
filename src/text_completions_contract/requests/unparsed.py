"""Reads the bytes of a response past the end that its headers give it.

httpx ends a response to HEAD with its headers, and drops whatever follows.
"""

from __future__ import annotations

import re
import ssl

import anyio
import httpx
from anyio.abc import ByteReceiveStream, ByteStream

from .exchange import Exchange, Request

# A server that keeps the connection open has sent everything after this silence.
QUIET_SECONDS = 1.0
MAX_BYTES = 64 * 1024
STATUS_LINE = re.compile(r"HTTP/1\.[01] (\d{3})")
END_OF_HEADERS = b"\r\n\r\n"
# Headers such as 103 Early Hints, before those of the response; RFC 9110, 15.2.
INTERIM = re.compile(rb"HTTP/1\.\d 1\d\d ")


async def read_unparsed(
    base: str, request: Request, tls: ssl.SSLContext | None
) -> Exchange:
    """Send a request without a body; what follows the headers is the response's body.

    Raises:
        OSError: There is no connection.
        ValueError: The response does not begin as HTTP/1.1 does.
    """
    url = httpx.URL(base + request.path)
    port = url.port or (443 if url.scheme == "https" else 80)
    stream: ByteStream
    if tls is None:
        stream = await anyio.connect_tcp(url.host, port)
    else:
        # Many servers close TLS connections without saying so.
        stream = await anyio.connect_tcp(
            url.host, port, ssl_context=tls, tls_standard_compatible=False
        )
    async with stream:
        await stream.send(_head(request, url))
        received = await _read_to_end(stream)
    head, _, rest = received.partition(END_OF_HEADERS)
    while INTERIM.match(head) and END_OF_HEADERS in rest:
        head, _, rest = rest.partition(END_OF_HEADERS)
    status_line, *lines = head.decode("latin-1").split("\r\n")
    status = STATUS_LINE.match(status_line)
    if status is None:
        raise ValueError("it does not begin with the status line of HTTP/1.1")
    fields = (line.partition(":") for line in lines)
    return Exchange(
        request=request,
        status=int(status[1]),
        headers=tuple((name, value.strip()) for name, _, value in fields),
        body=rest,
    )


def _head(request: Request, url: httpx.URL) -> bytes:
    headers = {"host": url.netloc.decode("ascii"), "connection": "close"}
    lines = [f"{name}: {value}" for name, value in (*headers.items(), *request.headers)]
    target = url.raw_path.decode("ascii")
    first = f"{request.method} {target} HTTP/1.1"
    return "\r\n".join([first, *lines, "", ""]).encode("latin-1")


async def _read_to_end(stream: ByteReceiveStream) -> bytes:
    received = await stream.receive()
    while END_OF_HEADERS not in received and len(received) < MAX_BYTES:
        received += await stream.receive()
    with anyio.move_on_after(QUIET_SECONDS):
        while len(received) < MAX_BYTES:
            try:
                received += await stream.receive()
            except anyio.EndOfStream:
                break
    return received
