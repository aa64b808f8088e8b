"""Shows an exchange to people: the command that repeats it, and the response.

The API key appears nowhere, in whatever form a server writes it back.
"""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from urllib.parse import quote

import httpx

from .._settings import THROWAWAY_KEY, Settings
from .exchange import Exchange, Request

# The suite sends these with nearly every request; curl means the same without them.
OMITTED = frozenset({("accept", "*/*"), ("accept-encoding", "identity")})
# A longer body of a request is not shown, and one of a response is shortened.
MAX_SENT_BODY = 16_000
MAX_BODY = 600
SHOWN_HEADERS = frozenset(
    {
        "allow",
        "cache-control",
        "content-encoding",
        "content-type",
        "request-id",
        "x-should-retry",
    }
)
# Names of headers that carry credentials.
CREDENTIAL = re.compile("auth|cookie|key|secret|token", re.IGNORECASE)
# What has a meaning within double quotes of the shell.
ESCAPED = re.compile(r'([\\"$`])')
# A piece of a key this long cannot be chance.
FRAGMENT = 12
# A shorter key may be a word, so it is masked only where it stands alone.
SHORT_KEY = 8


@dataclass(frozen=True)
class EvidenceFormatter:
    """Formats evidence without secrets.

    Commands have a variable in place of the key and of the value of each header that
    the settings add. The key and the values of headers that carry credentials appear
    nowhere. A throwaway key is not the user's: commands send it when the variable is
    not set, and it is not hidden.

    Args:
        url: The base URL of the server.
        settings: The settings of the run.
    """

    url: str
    settings: Settings

    def sent(self, request: Request) -> str:
        """A curl command for bash that sends the same bytes again.

        A plain shell cannot write every body.
        """
        return self._masked(self._command(request))

    def _command(self, request: Request) -> str:
        words = " ".join([*self._start(request), *self._headers(request)])
        body = request.body
        if body is None:
            return words
        if len(body) > MAX_SENT_BODY:
            return f"{words} --data-binary @FILE  # body: {len(body)} bytes"
        if b"\0" in body or body[:1] == b"@":
            # No word of a shell can hold NUL, and curl would read a file.
            return f"printf '{_printf(body)}' | {words} --data-binary @-"
        return f"{words} --data-binary {_quoted(body)}"

    def _start(self, request: Request) -> Iterator[str]:
        yield "curl -sS -i"
        # Written as the suite's own client writes it.
        url = str(httpx.URL(self.url + request.path))
        if url.startswith("https:"):
            yield "--http1.1"
        if "[" in url:
            yield "--globoff"
        if request.method == "HEAD" and request.body is None:
            yield "--head"
        elif request.method != "POST" or request.body is None:
            yield f"-X {shlex.quote(request.method)}"
        yield shlex.quote(url)

    def _headers(self, request: Request) -> Iterator[str]:
        for name, value in request.headers:
            if (name.lower(), value) not in OMITTED:
                yield f"-H {self._write_header(name, value)}"
            if name.lower() == "accept-encoding" and value != "identity":
                yield "--compressed"
        if request.body is not None and request.header("content-type") is None:
            # Otherwise curl calls every body a form.
            yield "-H content-type:"
        if request.is_chunked:
            yield "-H 'transfer-encoding: chunked'"
        if request.body is None and request.method in {"POST", "PUT", "PATCH"}:
            yield "-H 'content-length: 0'"

    def _write_header(self, name: str, value: str) -> str:
        """Write a header as a word of the shell, with variables for secrets."""
        if name.lower() in (added.lower() for added, _ in self.settings.headers):
            return f'"{name}: {variable_of(name)}"'
        key, variable = self.settings.api_key, f"${self.settings.key_name}"
        if not key:
            key, variable = THROWAWAY_KEY, f"${{{variable[1:]}:-{THROWAWAY_KEY}}}"
        if key in value:
            # In double quotes, so that the shell puts the key in.
            parts = (ESCAPED.sub(r"\\\1", part) for part in value.split(key))
            return f'"{name}: {variable.join(parts)}"'
        # curl sends an empty header only when it ends in a semicolon.
        return _quoted((f"{name}: {value}" if value else f"{name};").encode("latin-1"))

    def received(self, exchange: Exchange) -> str:
        """The status, the headers that matter, and the body, shortened."""
        lines = [f"HTTP {exchange.status}"] if exchange.status else ["no response"]
        lines += [
            f"{name}: {value}"
            for name, value in exchange.headers
            if name.lower() in SHOWN_HEADERS
        ]
        body = exchange.body.decode("utf-8", "backslashreplace")
        if body:
            # Masked before it is cut, because a cut may fall inside the key.
            for mask in self._masks:
                body = mask.whole(body)
            lines += ["", _shortened(body)]
        if exchange.fault is not None:
            lines.append(f"({exchange.fault.message})")
        return self.safe("\n".join(lines))

    def safe(self, text: str) -> str:
        """A text that may come from the server, without secrets and safe to print."""
        return printable(self._masked(text))

    def _masked(self, text: str) -> str:
        for mask in self._masks:
            text = mask(text)
        return text

    @cached_property
    def _masks(self) -> list[Mask]:
        masks = [
            Mask(value, variable_of(name))
            for name, value in self.settings.headers
            if CREDENTIAL.search(name) and value
        ]
        if key := self.settings.api_key:
            masks.insert(0, Mask(key, f"${self.settings.key_name}"))
        return masks


@dataclass(frozen=True)
class Mask:
    """Replaces a secret, and long pieces of it, in any letter case."""

    secret: str = field(repr=False)
    stand_in: str

    def whole(self, text: str) -> str:
        """The text without the whole secret, however it is escaped or encoded."""
        return self._written.sub(lambda _: self.stand_in, text)

    def __call__(self, text: str) -> str:
        """The text without the secret and without long pieces of it."""
        text = self.whole(text)
        if len(self.secret) <= FRAGMENT:
            return text
        starts = [match.start() for match in self._windows.finditer(text)]
        hidden = {at for start in starts for at in range(start, start + FRAGMENT)}
        return "".join(
            self.stand_in if is_hidden else "".join(text[at] for at in places)
            for is_hidden, places in groupby(range(len(text)), hidden.__contains__)
        )

    @cached_property
    def _written(self) -> re.Pattern[str]:
        forms = sorted(_forms(self.secret), key=len, reverse=True)
        pattern = "|".join(map(re.escape, forms))
        if len(self.secret) < SHORT_KEY:
            pattern = rf"(?<![\w-])(?:{pattern})(?![\w-])"
        return re.compile(pattern, re.IGNORECASE)

    @cached_property
    def _windows(self) -> re.Pattern[str]:
        starts = range(len(self.secret) - FRAGMENT + 1)
        pieces = {re.escape(self.secret[at : at + FRAGMENT]) for at in starts}
        # A look-ahead finds pieces that overlap.
        return re.compile(f"(?={'|'.join(sorted(pieces))})")


def variable_of(name: str) -> str:
    """The shell variable that stands for the value of a header."""
    letters = (char if char.isalnum() else "_" for char in name.upper())
    return "$" + "".join(letters)


def printable(text: str) -> str:
    """Control characters as escapes: a response must not steer the terminal."""
    return "".join(
        char if char == "\n" or char.isprintable() else ascii(char)[1:-1]
        for char in text
    )


def _forms(secret: str) -> set[str]:
    """The secret as JSON, HTML, URLs and base64 write it."""
    escaped = json.dumps(secret)[1:-1]
    coded = base64.b64encode(secret.encode()).decode()
    return {
        secret,
        escaped,
        escaped.replace("/", "\\/"),
        html.escape(secret),
        html.escape(secret, quote=False),
        quote(secret, safe=""),
        quote(secret),
        coded,
        coded.rstrip("="),
    }


def _shortened(text: str) -> str:
    if len(text) <= MAX_BODY:
        return text
    half = MAX_BODY // 2
    return f"{text[:half]} … ({len(text) - 2 * half} characters) … {text[-half:]}"


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
