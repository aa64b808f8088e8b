"""A request as a curl command for bash that sends the same bytes again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from .exchange import Request

# What the suite sends always and curl means without being told.
UNSAID = frozenset({"accept", "accept-encoding"})
# A longer command has its body piped in, where runs take little room.
LONG = 4000
# Nobody copies more than this.
LONGEST = 16_000
WINDOW = 4096
# From so many bytes on curl asks first whether it may send them.
ASKS_FIRST = 1024 * 1024
RUN = re.compile(rb"(.{1,16}?)\1{63,}", re.DOTALL)


@dataclass(frozen=True)
class Curl:
    """Writes commands.

    Args:
        url: The base URL of the server.
        secrets: Values of headers that are not written, each with the variable that
            a shell puts in, as `$ANTHROPIC_API_KEY`.
    """

    url: str
    secrets: tuple[tuple[str, str], ...] = field(repr=False)

    def command(self, request: Request) -> str:
        """The command; bash, as a body may need what a plain shell cannot write."""
        words = " ".join(self._words(request))
        body = request.body
        if body is None:
            return words
        if b"\0" in body or body[:1] == b"@" or len(body) > LONG:
            return f"{_printed(body)} | {words} --data-binary @-"
        return f"{words} --data-binary {_quoted(body)}"

    def _words(self, request: Request) -> Iterator[str]:
        yield "curl -sS -i"
        # As the suite's own client writes it.
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
            if name.lower() not in UNSAID:
                yield f"-H {self._header(name, value)}"
        if request.body is not None and request.header("content-type") is None:
            # Else curl calls every body a form.
            yield "-H content-type:"
        if request.body is None and request.method in {"POST", "PUT", "PATCH"}:
            yield "-H 'content-length: 0'"
        if len(request.body or b"") > ASKS_FIRST:
            yield "-H expect:"

    def _header(self, name: str, value: str) -> str:
        for secret, variable in self.secrets:
            if secret and secret in value:
                # In double quotes, so that a shell puts the secret in.
                parts = (_within_double_quotes(part) for part in value.split(secret))
                return f'"{name}: {variable.join(parts)}"'
        # curl sends an empty header only when it ends in a semicolon.
        return _quoted((f"{name}: {value}" if value else f"{name};").encode("latin-1"))


def _within_double_quotes(text: str) -> str:
    return re.sub(r'([\\"$`])', r"\\\1", text)


def _quoted(data: bytes) -> str:
    """Bytes as a word: plainly where that can be read, else in `$'…'`."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if text.isprintable():
        return shlex.quote(text)
    escaped = "".join(
        f"\\x{byte:02x}" if byte < 32 or byte > 126 or byte in b"\\'" else chr(byte)
        for byte in data
    )
    return f"$'{escaped}'"


def _printed(data: bytes) -> str:
    """A command that prints the bytes, each long run of the same by a count."""
    commands: list[str] = []
    at = 0
    while at < len(data) and sum(map(len, commands)) < LONGEST:
        # Looked for within a window: a body may have megabytes, and no run at all.
        run = RUN.search(data, at, at + WINDOW)
        end = run.start() if run else min(at + WINDOW, len(data))
        commands += _literal(data[at:end])
        if run:
            count = _repeats(data, end, run[1])
            commands.append(f"printf '{_format(run[1])}%.0s' {{1..{count}}}")
            end += count * len(run[1])
        at = end
    return commands[0] if len(commands) == 1 else f"{{ {'; '.join(commands)}; }}"


def _repeats(data: bytes, at: int, unit: bytes) -> int:
    """How often the unit stands there, one after another."""
    found = re.compile(b"(?:%b)*" % re.escape(unit)).match(data, at)
    return len(found[0]) // len(unit) if found else 0


def _literal(data: bytes) -> list[str]:
    return [f"printf '{_format(data)}'"] if data else []


def _format(data: bytes) -> str:
    """Bytes as printf reads them within single quotes."""
    text = "".join(
        f"\\{byte:03o}" if byte < 32 or byte > 126 or byte in b"\\'" else chr(byte)
        for byte in data
    ).replace("%", "%%")
    # A format that begins with a dash would be an option.
    return "\\055" + text[1:] if text.startswith("-") else text
