"""An exchange as people read it: the command that repeats it, and what came back."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from .curl import LONGEST, Curl
from .exchange import Exchange, Request
from .mask import Mask

BODY_LIMIT = 600
SHOWN = frozenset(
    {"content-type", "request-id", "x-should-retry", "allow", "cache-control"}
)


@dataclass(frozen=True)
class EvidenceFormatter:
    """Writes evidence without the key.

    Args:
        url: The base URL of the server.
        key: The key, which appears nowhere.
        key_name: The environment variable that is written in its place.
        added: Headers that every request carries; a variable is written in place of
            each value, for it may be a secret as well.
        throwaway: The key where it is none that anybody gave: commands send it
            when the variable is not set, and it is not hidden.
    """

    url: str
    key: str = field(repr=False)
    key_name: str
    added: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    throwaway: bool = False

    def sent(self, request: Request) -> str:
        """A command that sends the same again."""
        command = self._whole(self._curl.command(request))
        if len(command) > LONGEST:
            size = len(request.body or b"")
            command = f"{command[:LONGEST]} … (cut: {size} bytes of body in all)"
        return self._masked(command)

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
            lines += ["", _shortened(self._whole(body))]
        if exchange.fault is not None:
            lines.append(f"({exchange.fault.message})")
        return self.told("\n".join(lines))

    def told(self, text: str) -> str:
        """Words that may be the server's: without the key, and safe to print."""
        return printable(self._masked(text))

    def _whole(self, text: str) -> str:
        for mask in self._masks:
            text = mask.whole(text)
        return text

    def _masked(self, text: str) -> str:
        for mask in self._masks:
            text = mask(text)
        return text

    @cached_property
    def _masks(self) -> list[Mask]:
        masks = [Mask(value, variable_of(name)) for name, value in self.added]
        return masks if self.throwaway else [Mask(self.key, self._variable), *masks]

    @cached_property
    def _curl(self) -> Curl:
        variable = self._variable
        if self.throwaway:
            variable = f"${{{self.key_name}:-{self.key}}}"
        added = ((value, variable_of(name)) for name, value in self.added)
        return Curl(self.url, ((self.key, variable), *added))

    @property
    def _variable(self) -> str:
        return f"${self.key_name}"


def variable_of(name: str) -> str:
    """The shell's variable that stands for the value of a header."""
    letters = (char if char.isalnum() else "_" for char in name.upper())
    return "$" + "".join(letters)


def printable(text: str) -> str:
    """Control characters as escapes: an answer must not steer the terminal."""
    return "".join(
        char if char == "\n" or char.isprintable() else ascii(char)[1:-1]
        for char in text
    )


def _shortened(text: str) -> str:
    if len(text) <= BODY_LIMIT:
        return text
    half = BODY_LIMIT // 2
    return f"{text[:half]} … ({len(text) - 2 * half} characters) … {text[-half:]}"
