"""Writes a request as a curl command for bash that sends the same bytes again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from .exchange import Request

# The suite sends these with nearly every request; curl means the same without them.
OMITTED = frozenset({("accept", "*/*"), ("accept-encoding", "identity")})
# A longer body is not shown.
MAX_BODY = 16_000


@dataclass(frozen=True)
class Curl:
    """Writes commands.

    Args:
        url: The base URL of the server.
        key: The API key, which is not written.
        key_variable: What is written in place of the key, such as
            `$ANTHROPIC_API_KEY`.
        hidden: Names of other headers whose values are not written, in lower case,
            each with the variable in its place.
    """

    url: str
    key: str = field(repr=False)
    key_variable: str
    hidden: Mapping[str, str]

    def command(self, request: Request) -> str:
        """The command; bash, because a plain shell cannot write every body."""
        words = " ".join(self._words(request))
        body = request.body
        if body is None:
            return words
        if len(body) > MAX_BODY:
            return f"{words} --data-binary @FILE  # body: {len(body)} bytes"
        if b"\0" in body or body[:1] == b"@":
            # No word of a shell can hold NUL, and curl would read a file.
            return f"printf '{_printf(body)}' | {words} --data-binary @-"
        return f"{words} --data-binary {_quoted(body)}"

    def _words(self, request: Request) -> Iterator[str]:
        yield "curl -sS -i"
        # Written as the suite's own client writes it.
        url = str(httpx.URL(self.url + request.path))
        if urlsplit(url).scheme == "https":
            yield "--http1.1"
        if "[" in url:
            yield "--globoff"
        if request.method == "HEAD" and request.body is None:
            yield "--head"
        elif request.method != "POST" or request.body is None:
            yield f"-X {shlex.quote(request.method)}"
        yield shlex.quote(url)
        yield from self._headers(request)

    def _headers(self, request: Request) -> Iterator[str]:
        for name, value in request.headers:
            if (name.lower(), value) not in OMITTED:
                yield f"-H {self._header(name, value)}"
            if name.lower() == "accept-encoding" and value != "identity":
                yield "--compressed"
        if request.body is not None and request.header("content-type") is None:
            # Otherwise curl calls every body a form.
            yield "-H content-type:"
        if request.is_chunked:
            yield "-H 'transfer-encoding: chunked'"
        if request.body is None and request.method in {"POST", "PUT", "PATCH"}:
            yield "-H 'content-length: 0'"

    def _header(self, name: str, value: str) -> str:
        if name.lower() in self.hidden:
            return f'"{name}: {self.hidden[name.lower()]}"'
        if self.key and self.key in value:
            # In double quotes, so that the shell puts the key in.
            parts = map(_in_double_quotes, value.split(self.key))
            return f'"{name}: {self.key_variable.join(parts)}"'
        # curl sends an empty header only when it ends in a semicolon.
        return _quoted((f"{name}: {value}" if value else f"{name};").encode("latin-1"))


def _in_double_quotes(text: str) -> str:
    return re.sub(r'([\\"$`])', r"\\\1", text)


def _quoted(data: bytes) -> str:
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
