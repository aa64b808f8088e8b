"""Writes a request as a curl command for bash that sends the same bytes again."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from typing import TypeAlias
from urllib.parse import urlsplit

import httpx

from .exchange import Request

HeaderWriter: TypeAlias = Callable[[str, str], str]
# The suite sends these with nearly every request; curl means the same without them.
OMITTED = frozenset({("accept", "*/*"), ("accept-encoding", "identity")})
# A longer body is not shown.
MAX_BODY = 16_000


def curl_command(url: str, request: Request, write: HeaderWriter) -> str:
    """The command; bash, because a plain shell cannot write every body.

    Args:
        url: The base URL of the server.
        request: The request.
        write: Writes a header as a word of the shell; it knows which are secret.
    """
    words = " ".join([*_start(url, request), *_headers(request, write)])
    body = request.body
    if body is None:
        return words
    if len(body) > MAX_BODY:
        return f"{words} --data-binary @FILE  # body: {len(body)} bytes"
    if b"\0" in body or body[:1] == b"@":
        # No word of a shell can hold NUL, and curl would read a file.
        return f"printf '{_printf(body)}' | {words} --data-binary @-"
    return f"{words} --data-binary {quoted(body)}"


def _start(url: str, request: Request) -> Iterator[str]:
    yield "curl -sS -i"
    # Written as the suite's own client writes it.
    url = str(httpx.URL(url + request.path))
    if urlsplit(url).scheme == "https":
        yield "--http1.1"
    if "[" in url:
        yield "--globoff"
    if request.method == "HEAD" and request.body is None:
        yield "--head"
    elif request.method != "POST" or request.body is None:
        yield f"-X {shlex.quote(request.method)}"
    yield shlex.quote(url)


def _headers(request: Request, write: HeaderWriter) -> Iterator[str]:
    for name, value in request.headers:
        if (name.lower(), value) not in OMITTED:
            yield f"-H {write(name, value)}"
        if name.lower() == "accept-encoding" and value != "identity":
            yield "--compressed"
    if request.body is not None and request.header("content-type") is None:
        # Otherwise curl calls every body a form.
        yield "-H content-type:"
    if request.is_chunked:
        yield "-H 'transfer-encoding: chunked'"
    if request.body is None and request.method in {"POST", "PUT", "PATCH"}:
        yield "-H 'content-length: 0'"


def quoted(data: bytes) -> str:
    """Bytes as a word: plain where that can be read, else in `$'…'`."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    return shlex.quote(text) if text.isprintable() else f"$'{_escaped(data)}'"


def _printf(data: bytes) -> str:
    """Bytes as printf reads them within single quotes."""
    text = _escaped(data).replace("%", "%%")
    # A format that begins with a dash would be an option.
    return "\\055" + text[1:] if text.startswith("-") else text


def _escaped(data: bytes) -> str:
    return "".join(
        f"\\{byte:03o}" if byte < 32 or byte > 126 or byte in b"\\'" else chr(byte)
        for byte in data
    )
