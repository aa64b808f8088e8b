"""Reads which events a stream has, and the schema of what each of them carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from text_completions_document import below

from .supported import SupportedDocument


def payloads_of(document: SupportedDocument, pointer: str) -> dict[str, str]:
    """Return the schemas of the payloads by the names of the events.

    Args:
        document: The document.
        pointer: The media type that describes the stream.

    Raises:
        DocumentError: An event has no name, or its payload is no `$ref`.
    """
    media = document.at(pointer)
    key = "x-oai-itemSchema" if "x-oai-itemSchema" in media else "schema"
    place, item = document.follow(below(pointer, key), media[key])
    payloads: dict[str, str] = {}
    for there, branch in _branches(document, place, item):
        name = _event_name(document, there, branch)
        if name is None:
            continue
        reference = branch["properties"].get("data", {}).get("contentSchema", {})
        if "$ref" not in reference:
            reason = f"event {name!r}: the contentSchema of its data must be a $ref"
            raise document.error(there, reason)
        if payloads.setdefault(name, reference["$ref"]) != reference["$ref"]:
            reason = f"event {name!r} has two schemas: name the events differently"
            raise document.error(there, reason)
    if not payloads:
        reason = (
            "the client tells events apart by their names, not by a member of the "
            "data: describe each event by a branch whose event has a const"
        )
        raise document.error(place, reason)
    return payloads


def _branches(
    document: SupportedDocument, place: str, item: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    keys = [key for key in ("oneOf", "anyOf") if key in item]
    if not keys:
        yield place, item
    for key in keys:
        for index, branch in enumerate(item[key]):
            here = below(place, key, index)
            yield from _branches(document, *document.follow(here, branch))


def _event_name(
    document: SupportedDocument, place: str, branch: dict[str, Any]
) -> str | None:
    """Return the event that a branch describes, if it is a named one."""
    event = branch.get("properties", {}).get("event", False)
    if isinstance(event, bool) or "not" in event:
        return None
    if not isinstance(event.get("const"), str):
        reason = "an event must be named by a const: write one branch for each"
        raise document.error(below(place, "properties", "event"), reason)
    return str(event["const"])
