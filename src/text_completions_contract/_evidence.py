"""An exchange as people read it: the command that repeats it, and what came back."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from ._exchange import Exchange, Request

BODY_LIMIT = 600
SENT_LIMIT = 4000
SHOWN = frozenset(
    {"content-type", "request-id", "x-should-retry", "allow", "cache-control"}
)
UNSAID = frozenset({"accept", "accept-encoding"})


@dataclass(frozen=True)
class Scribe:
    """Writes evidence without the key.

    Args:
        url: The base URL of the server.
        key: The key, which appears nowhere.
        key_name: The environment variable that is written in its place.
    """

    url: str
    key: str
    key_name: str

    def sent(self, request: Request) -> str:
        """A curl command that sends the same again."""
        command = " ".join(self._command(request))
        if len(command) <= SENT_LIMIT:
            return self.redact(command)
        cut = self.redact(command)[:SENT_LIMIT]
        return f"{cut} … ({len(request.body or b'')} bytes of body in all)"

    def received(self, exchange: Exchange) -> str:
        """The answer's first line, the headers that matter, and its body, shortened."""
        lines = [f"HTTP {exchange.status}"] if exchange.status else ["no answer"]
        lines += [
            f"{name}: {value}"
            for name, value in exchange.headers
            if name.lower() in SHOWN
        ]
        body = exchange.body.decode("utf-8", "backslashreplace")
        if exchange.request.method != "HEAD" and body:
            lines += ["", _shortened(body)]
        if exchange.fault is not None:
            lines.append(f"({exchange.fault.message})")
        return _printable(self.redact("\n".join(lines)))

    def redact(self, text: str) -> str:
        """The text without the key."""
        return text.replace(self.key, f"${self.key_name}") if self.key else text

    def _command(self, request: Request) -> Iterator[str]:
        yield "curl -sS -i"
        if request.method == "HEAD":
            yield "--head"
        elif request.method != "POST":
            yield f"-X {request.method}"
        yield shlex.quote(self.url + request.path)
        for name, value in request.headers:
            if name not in UNSAID:
                yield f"-H {self._header(name, value)}"
        if request.body is not None:
            yield _data(request.body)

    def _header(self, name: str, value: str) -> str:
        if value == self.key:
            # In double quotes, so that a shell puts the key in.
            return f'"{name}: ${self.key_name}"'
        # curl sends an empty header only when it ends in a semicolon.
        return shlex.quote(f"{name}: {value}" if value else f"{name};")


def _data(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return f"--data-binary {_ansi_quoted(body)}"
    if text.isprintable():
        return f"--data-binary {shlex.quote(text)}"
    return f"--data-binary {_ansi_quoted(body)}"


def _ansi_quoted(body: bytes) -> str:
    """Bytes as a shell writes them in `$'…'`."""
    escaped = "".join(
        f"\\x{byte:02x}" if byte < 32 or byte > 126 or byte in b"\\'" else chr(byte)
        for byte in body
    )
    return f"$'{escaped}'"


def _shortened(text: str) -> str:
    if len(text) <= BODY_LIMIT:
        return text
    half = BODY_LIMIT // 2
    return f"{text[:half]} … ({len(text) - 2 * half} characters) … {text[-half:]}"


def _printable(text: str) -> str:
    """Control characters as escapes: an answer must not steer the terminal."""
    return "".join(
        char if char == "\n" or char.isprintable() else ascii(char)[1:-1]
        for char in text
    )
