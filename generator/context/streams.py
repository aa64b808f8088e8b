"""What the templates need to know of a stream, read from the whole document.

openapi-python-client does not know streams: their items were left out of its copy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from document.events import payloads_of
from document.supported import STREAM, SupportedDocument, last_part
from text_completions_document import below, parts_of

from .naming import class_name
from .text import Code, call
from .types import Types, union

_NAMED_STEP = re.compile(r"{(\w+)}")
_VERSION_RULE = {"unnamed": None, "cumulative": False, "end": None}


class FinalView(NamedTuple):
    """The method `get_final_NAME` that returns the whole response of a stream."""

    name: str
    model: str


class StreamView(NamedTuple):
    """A stream as its templates see it; `code` is the stream as data.

    Attributes:
        type: The type of an event: a model, or the name for the union of several.
        alias: That name, or None.
        union: The models of the events.
        switch: The member of the body that asks for the stream, or None.
        final: What the events add up to, or None.
    """

    type: str
    alias: str | None
    union: str
    switch: str | None
    final: FinalView | None
    code: Code


def stream_view(
    document: SupportedDocument,
    types: Types,
    pointer: str,
    name: str,
    response: tuple[str, str] | None,
) -> StreamView | None:
    """Return what the templates need of an operation's stream, if it has one.

    Args:
        document: The document.
        types: The types of its schemas.
        pointer: The operation.
        name: The operation's name, for a union of events that has none.
        response: The class of the JSON response, and the pointer to its schema.

    Raises:
        DocumentError: The stream cannot be read by a client.
    """
    for status, one in document.at(pointer)["responses"].items():
        here = below(pointer, "responses", status)
        place, part = document.follow(here, one)
        if STREAM in part.get("content", {}) and status.startswith("2"):
            there = below(place, "content", STREAM)
            return _Stream(document, types, there).view(name, response)
    return None


class _Stream:
    """The stream that a media type describes."""

    def __init__(self, document: SupportedDocument, types: Types, pointer: str) -> None:
        self._document = document
        self._types = types
        self._pointer = pointer
        self._extension: dict[str, Any] = document.at(pointer).get(
            "x-contract-stream", {}
        )
        self._here = below(pointer, "x-contract-stream")
        self._payloads = payloads_of(document, pointer)

    def view(self, name: str, response: tuple[str, str] | None) -> StreamView:
        extension = self._extension
        self._check_events()
        self._check_payloads()
        ignore, error = extension.get("ignore", []), extension.get("error")
        events = {
            event: class_name(last_part(reference))
            for event, reference in self._payloads.items()
            if event not in ignore and event != error
        }
        if not events:
            reason = "no event is left for the caller: ignore fewer of them"
            raise self._document.error(self._here, reason)
        spec = {
            "events": {event: Code(model) for event, model in events.items()},
            "schemas": {event: self._payloads[event] for event in events},
            "ignore": call("frozenset", ignore),
            "error": error,
            "text": self._field_path("text"),
            "last": self._field_path("last"),
            "switch": extension.get("switch"),
            "version": extension.get("version"),
            "versions": {
                version: call("VersionRule", **_VERSION_RULE | rule)
                for version, rule in extension.get("versions", {}).items()
            },
        }
        final = None
        if "final" in extension:
            final, spec["final"] = self._final(extension["final"], response)
        models = union(events.values())
        alias = extension.get("events", f"{class_name(name)}Event")
        single = len(set(events.values())) == 1
        return StreamView(
            type=models if single else alias,
            alias=None if single else alias,
            union=models,
            switch=extension.get("switch"),
            final=final,
            code=call("StreamSpec", **spec),
        )

    # Events -------------------------------------------------------------------------

    def _check_payloads(self) -> None:
        for name, reference in self._payloads.items():
            if not self._types.has_model(class_name(last_part(reference))):
                reason = f"event {name!r}: {reference} is not an object with members"
                raise self._document.error(self._pointer, reason)

    def _check_events(self) -> None:
        """Check that the extension speaks of events that there are."""
        extension = self._extension
        named = {
            "error": extension.get("error"),
            "text/event": extension.get("text", {}).get("event"),
            "last/event": extension.get("last", {}).get("event"),
        }
        for version, rule in extension.get("versions", {}).items():
            named[f"versions/{version}/unnamed"] = rule.get("unnamed")
        for index, name in enumerate(extension.get("ignore", ())):
            named[f"ignore/{index}"] = name
        for step, name in named.items():
            if name is not None:
                self._check_event(name, f"{self._here}/{step}")

    def _check_event(self, name: str, here: str) -> None:
        if name not in self._payloads:
            known = ", ".join(self._payloads)
            reason = f"unknown event {name!r}; the events are {known}"
            raise self._document.error(here, reason)

    def _field_path(self, key: str) -> Code | None:
        """Write the place of a member in an event; a stream may wait for it."""
        place = self._extension.get(key)
        if place is None:
            return None
        event, pointer = place["event"], place.get("pointer")
        if pointer is None:
            return call("FieldPath", event)
        here = below(self._here, key, "pointer")
        self._check_member(self._payloads[event], pointer, here)
        return call("FieldPath", event, tuple(parts_of(pointer)))

    # The whole response ---------------------------------------------------------------

    def _final(
        self, final: dict[str, Any], response: tuple[str, str] | None
    ) -> tuple[FinalView, Code]:
        here = below(self._here, "final")
        if response is None:
            reason = "there is no JSON object that the events could add up to"
            raise self._document.error(here, reason)
        model, schema = response
        for index, part in enumerate(final["parts"]):
            self._check_part(part, schema, below(here, "parts", index))
        steps = tuple(_step(one) for one in final["parts"])
        return FinalView(final["name"], model), call("Accumulation", Code(model), steps)

    def _check_part(self, part: dict[str, Any], schema: str, here: str) -> None:
        self._check_event(part["event"], below(here, "event"))
        payload, how = self._payloads[part["event"]], part.get("how", "merge")
        source, target = part.get("from"), part.get("to")
        if how != "merge" and target is None:
            reason = f"{how} needs a place in the response: write to"
            raise self._document.error(below(here, "how"), reason)
        if source is not None:
            self._check_member(payload, source, below(here, "from"))
        if target is not None:
            self._check_member(schema, target, below(here, "to"))
            for name in _NAMED_STEP.findall(target):
                self._check_member(payload, f"/{name}", below(here, "to"))

    # Members --------------------------------------------------------------------------

    def _check_member(self, reference: str, pointer: str, here: str) -> None:
        """Check that a value of a schema can have the member that a pointer names.

        Args:
            reference: The schema, `#/components/schemas/…`.
            pointer: The member, `/delta/text`; `{name}` is any item of a list.
            here: Where the document has the pointer.
        """
        places = [(reference, self._document.at(reference))]
        for step in parts_of(pointer):
            places = [
                member for place in places for member in self._members(*place, step)
            ]
        if not places:
            reason = f"{pointer!r} leads to no member of {reference}"
            raise self._document.error(here, reason)

    def _members(self, place: str, schema: Any, name: str) -> Iterator[tuple[str, Any]]:
        """Yield what a schema and its alternatives say of a member."""
        place, schema = self._document.follow(place, schema)
        if name.startswith("{") and isinstance(schema.get("items"), dict):
            yield below(place, "items"), schema["items"]
        if name in schema.get("properties", {}):
            yield below(place, "properties", name), schema["properties"][name]
        for key in ("allOf", "anyOf", "oneOf"):
            for index, branch in enumerate(schema.get(key, ())):
                yield from self._members(below(place, key, index), branch, name)


def _step(part: dict[str, Any]) -> Code:
    source, target = (tuple(parts_of(part.get(key, ""))) for key in ("from", "to"))
    how = part.get("how", "merge")
    return call("AccumulationStep", part["event"], source, target, how)
