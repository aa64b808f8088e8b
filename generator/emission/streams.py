"""What the templates need to know of a stream, read from the whole document.

openapi-python-client knows no streams: their framing was taken out of its copy.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from .document import Document, below, last_step
from .naming import class_name
from .normal import STREAM
from .types import Code, joined


class StreamView(NamedTuple):
    """What a stream is made of, as code."""

    type: Code
    alias: str | None
    union: Code
    events: dict[str, str]
    schemas: dict[str, str]
    ignore: list[str]
    error: str | None
    text: str
    last: str
    switch: str | None
    version: str | None
    versions: dict[str, dict[str, Any]]


class Streams:
    """Views of the streams of a document."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def view(
        self, operation: dict[str, Any], pointer: str, name: str
    ) -> StreamView | None:
        """Return what the templates need of an operation's stream, if it has one.

        Args:
            operation: The operation as the document has it.
            pointer: Where that is.
            name: The operation's name, for a union of events that has none.
        """
        for status, response in operation.get("responses", {}).items():
            here = below(f"{pointer}/responses", status)
            part, place = self._document.followed(response, here)
            media = part.get("content", {}).get(STREAM)
            if media is not None and status.startswith("2"):
                where = below(f"{place}/content", STREAM)
                return self._view(media, where, name)
        return None

    def _view(self, media: dict[str, Any], pointer: str, name: str) -> StreamView:
        said = media.get("x-contract-stream", {})
        ignore, error = said.get("ignore", []), said.get("error")
        payloads = self._payloads(media, pointer)
        events = {
            event: class_name(last_step(reference))
            for event, reference in payloads.items()
            if event not in ignore and event != error
        }
        union = joined(Code(one, frozenset([one])) for one in events.values())
        alias = said.get("events", f"{class_name(name)}Event")
        single = len(set(events.values())) == 1
        return StreamView(
            type=union if single else Code(alias),
            alias=None if single else alias,
            union=union,
            events=events,
            schemas={event: payloads[event] for event in events},
            ignore=ignore,
            error=error,
            text=_where(said.get("text")),
            last=_where(said.get("last")),
            switch=said.get("switch"),
            version=said.get("version"),
            versions=said.get("versions", {}),
        )

    def _payloads(self, media: dict[str, Any], pointer: str) -> dict[str, str]:
        """Return the schemas of the payloads by the names of the events."""
        key = "x-oai-itemSchema" if "x-oai-itemSchema" in media else "schema"
        item, place = self._document.followed(media.get(key, {}), f"{pointer}/{key}")
        payloads: dict[str, str] = {}
        for index, branch in enumerate(item.get("oneOf") or item.get("anyOf") or []):
            members = branch.get("properties", {})
            event, data = members.get("event"), members.get("data", {})
            name = event.get("const") if isinstance(event, dict) else None
            reference = data.get("contentSchema", {}).get("$ref")
            if name is not None and reference is None:
                reason = f"event {name!r}: its contentSchema must be a $ref"
                raise self._document.error(f"{place}/anyOf/{index}", reason)
            if name is not None:
                payloads[name] = reference
        if not payloads:
            reason = "a stream must be described by items with named events"
            raise self._document.error(place, reason)
        return payloads


def _where(said: dict[str, Any] | None) -> str:
    if said is None:
        return "None"
    if "pointer" not in said:
        return f"Where({said['event']!r})"
    path = tuple(said["pointer"].split("/")[1:])
    return f"Where({said['event']!r}, {path!r})"
