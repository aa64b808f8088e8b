"""What the templates need to know of a stream, read from the whole document.

openapi-python-client knows no streams: their framing was taken out of its copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from context.finals import FinalView, final_view
from context.naming import class_name
from context.types import Code, Types, joined
from document.loading import Document, below, last_step, pointer_steps
from document.opc_input import STREAM
from document.pointers import leads_somewhere


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
    final: FinalView | None


class Streams:
    """Views of the streams of a document."""

    def __init__(self, document: Document, types: Types) -> None:
        self._document = document
        self._types = types

    def view(
        self,
        operation: dict[str, Any],
        pointer: str,
        name: str,
        answer: tuple[str, str] | None,
    ) -> StreamView | None:
        """Return what the templates need of an operation's stream, if it has one.

        Args:
            operation: The operation as the document has it.
            pointer: Where that is.
            name: The operation's name, for a union of events that has none.
            answer: The class of the JSON answer, and the reference to its schema.
        """
        for status, response in operation.get("responses", {}).items():
            here = below(f"{pointer}/responses", status)
            part, place = self._document.followed(response, here)
            media = part.get("content", {}).get(STREAM)
            if media is not None and status.startswith("2"):
                where = below(f"{place}/content", STREAM)
                return self._view(media, where, name, answer)
        return None

    def _view(
        self,
        media: dict[str, Any],
        pointer: str,
        name: str,
        answer: tuple[str, str] | None,
    ) -> StreamView:
        said = media.get("x-contract-stream", {})
        ignore, error = said.get("ignore", []), said.get("error")
        payloads = self._payloads(media, pointer)
        self._check(said, payloads, pointer)
        self._check_objects(payloads, pointer)
        self._check_pointers(said, payloads, pointer)
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
            final=self._final(said, payloads, answer, pointer),
        )

    def _final(
        self,
        said: dict[str, Any],
        payloads: dict[str, str],
        answer: tuple[str, str] | None,
        pointer: str,
    ) -> FinalView | None:
        if "final" not in said:
            return None
        here = f"{pointer}/x-contract-stream/final"
        return final_view(self._document, said["final"], payloads, answer, here)

    def _payloads(self, media: dict[str, Any], pointer: str) -> dict[str, str]:
        """Return the schemas of the payloads by the names of the events."""
        key = "x-oai-itemSchema" if "x-oai-itemSchema" in media else "schema"
        item, place = self._document.followed(media[key], f"{pointer}/{key}")
        payloads: dict[str, str] = {}
        for branch, there in self._branches(item, place):
            name = self._event_name(branch, there)
            if name is None:
                continue
            reference = branch["properties"].get("data", {}).get("contentSchema", {})
            if "$ref" not in reference:
                reason = f"event {name!r}: its contentSchema must be a $ref"
                raise self._document.error(there, reason)
            if payloads.setdefault(name, reference["$ref"]) != reference["$ref"]:
                raise self._document.error(there, f"event {name!r} has two schemas")
        if not payloads:
            reason = "a stream must be described by items with named events"
            raise self._document.error(place, reason)
        return payloads

    def _check_objects(self, payloads: dict[str, str], pointer: str) -> None:
        for name, reference in payloads.items():
            if not self._types.has_model(class_name(last_step(reference))):
                reason = f"event {name!r}: {reference} is no object with members"
                raise self._document.error(pointer, reason)

    def _check_pointers(
        self, said: dict[str, Any], payloads: dict[str, str], pointer: str
    ) -> None:
        """See that the members it speaks of are there: a stream would never end."""
        for key in ("text", "last"):
            where = said.get(key, {})
            if "pointer" not in where:
                continue
            reference, path = payloads[where["event"]], where["pointer"]
            if not leads_somewhere(self._document, reference, path):
                place = f"{pointer}/x-contract-stream/{key}/pointer"
                reason = f"{path!r} leads to no member of {reference}"
                raise self._document.error(place, reason)

    def _branches(
        self, item: dict[str, Any], place: str
    ) -> Iterator[tuple[dict[str, Any], str]]:
        listed = [key for key in ("oneOf", "anyOf") if key in item]
        if not listed:
            yield item, place
        for key in listed:
            for index, branch in enumerate(item[key]):
                found, there = self._document.followed(branch, f"{place}/{key}/{index}")
                yield from self._branches(found, there)

    def _event_name(self, branch: dict[str, Any], place: str) -> str | None:
        """Return the event that a branch describes, if it is a named one."""
        event = branch.get("properties", {}).get("event", False)
        if isinstance(event, bool) or "not" in event:
            return None
        if not isinstance(event.get("const"), str):
            reason = "an event must be named by a const: one branch for each"
            raise self._document.error(f"{place}/properties/event", reason)
        name: str = event["const"]
        return name

    def _check(
        self, said: dict[str, Any], payloads: dict[str, str], pointer: str
    ) -> None:
        """See that the extension speaks of events that there are."""
        named = {
            "error": said.get("error"),
            "text/event": said.get("text", {}).get("event"),
            "last/event": said.get("last", {}).get("event"),
        }
        for version, rule in said.get("versions", {}).items():
            named[f"versions/{version}/unnamed"] = rule.get("unnamed")
        for index, name in enumerate(said.get("ignore", ())):
            named[f"ignore/{index}"] = name
        for step, name in named.items():
            if name is not None and name not in payloads:
                here = f"{pointer}/x-contract-stream/{step}"
                raise self._document.error(here, f"there is no event {name!r}")


def _where(said: dict[str, Any] | None) -> str:
    if said is None:
        return "None"
    if "pointer" not in said:
        return f"FieldPath({said['event']!r})"
    path = tuple(pointer_steps(said["pointer"]))
    return f"FieldPath({said['event']!r}, {path!r})"
