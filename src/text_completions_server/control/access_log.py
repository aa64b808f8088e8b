"""What happened to each request, told when it is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from .records import Record


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and how it was answered; holds no key and no prompt.

    Attributes:
        method: The method of the request.
        path: Its path, percent-encoded and without a query.
        status: The status of the answer; 499 when the client left before there was
            one, 0 when the server closed the connection without one.
        events: How many server-sent events were written.
        milliseconds: From the request's head to the end of the answer.
        fault: The name of the fault that struck, None where none did.
        notes: What the backend says about the request.
    """

    method: str
    path: str
    status: int
    events: int
    milliseconds: float
    fault: str | None = None
    notes: Mapping[str, object] = field(default_factory=dict[str, object])

    @classmethod
    def of(cls, record: Record) -> Self:
        """What the record says once it has ended."""
        return cls(
            method=record.method,
            path=record.path,
            status=record.status,
            events=record.event_count,
            milliseconds=record.milliseconds or 0.0,
            fault=record.fault,
            notes=record.notes,
        )

    def __str__(self) -> str:
        line = (
            f"{self.method} {self.path} {self.status} "
            f"{self.events} events {self.milliseconds:.1f} ms"
        )
        notes = [f"{name}={value}" for name, value in self.notes.items()]
        return " ".join([line, *filter(None, [self.fault]), *notes])
