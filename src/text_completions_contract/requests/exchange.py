"""A request and its response: the record that every clause judges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

from .._strict_json import members_of
from .sse import EventStream, read_events

FaultKind: TypeAlias = Literal[
    "unreachable", "tls", "silent", "endless", "huge", "broken", "encoded"
]
Headers: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Fault:
    """Why a response is missing or incomplete."""

    kind: FaultKind
    message: str


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is sent, byte for byte; headers keep their order and letter case."""

    method: str
    path: str
    headers: Headers = ()
    body: bytes | None = None
    is_chunked: bool = False

    def header(self, name: str) -> str | None:
        """The first header of this name, in any letter case."""
        return _header(self.headers, name)

    @cached_property
    def json(self) -> dict[str, Any]:
        """The members of the body; empty where it is not a strict JSON object."""
        return members_of(self.body or b"")


@dataclass(frozen=True, kw_only=True, eq=False)
class Exchange:
    """A request and its response.

    Args:
        request: What was sent.
        status: The status, or 0 if there was no response.
        headers: The response's headers in order.
        body: The bytes of its body, as far as they were read.
        fault: Why the response is missing or incomplete, or None.
        began: When the headers came, in seconds after the request.
        arrivals: When each chunk of the body came, by the same clock.
    """

    request: Request
    status: int = 0
    headers: Headers = ()
    body: bytes = b""
    fault: Fault | None = None
    began: float = 0.0
    arrivals: tuple[float, ...] = ()

    def header(self, name: str) -> str | None:
        """The first header of this name, in any letter case."""
        return _header(self.headers, name)

    @property
    def is_readable(self) -> bool:
        """Whether the body has no content coding that the suite cannot decode."""
        return self.fault is None or self.fault.kind != "encoded"

    @property
    def is_whole(self) -> bool:
        """Whether it is a 200 that was read to its end."""
        return self.status == 200 and self.fault is None

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def is_stream(self) -> bool:
        """Whether the response is a stream of events."""
        return self.media_type == "text/event-stream"

    @cached_property
    def json(self) -> dict[str, Any]:
        """The members of the body; empty where it is not a strict JSON object."""
        return members_of(self.body)

    @cached_property
    def events(self) -> EventStream:
        """The body as server-sent events."""
        return read_events(self.body)


def _header(headers: Headers, name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)
