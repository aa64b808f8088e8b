"""Where a pointer of the `x-contract-` family leads within a schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from document.loading import Document, below, pointer_steps


def leads_somewhere(document: Document, reference: str, pointer: str) -> bool:
    """Tell whether a value of a schema can have the member that a pointer names.

    Args:
        document: The document.
        reference: The schema, `#/components/schemas/…`.
        pointer: The member, `/delta/text`; `{name}` is any item of a list.
    """
    places = [(document.resolve(reference), reference)]
    for step in pointer_steps(f"#{pointer}"):
        places = [
            found
            for schema, place in places
            for found in _members(document, schema, place, step)
        ]
    return bool(places)


def _members(
    document: Document, schema: Any, place: str, name: str
) -> Iterator[tuple[Any, str]]:
    """Yield what a schema and its alternatives say of a member."""
    schema, place = document.followed(schema, place)
    if name.startswith("{") and isinstance(schema.get("items"), dict):
        yield schema["items"], f"{place}/items"
    if name in schema.get("properties", {}):
        yield schema["properties"][name], below(f"{place}/properties", name)
    for key in ("allOf", "anyOf", "oneOf"):
        for index, branch in enumerate(schema.get(key, ())):
            yield from _members(document, branch, f"{place}/{key}/{index}", name)
