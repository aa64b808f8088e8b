"""Writes schemas as data: what the runtime checks, without what only people read."""

from __future__ import annotations

from typing import Any

from document.supported import ANNOTATIONS
from text_completions_document import is_list, is_object


def schema_data(schema: Any) -> Any:
    """Return a schema without its annotations and extensions, however deep."""
    if is_list(schema):
        return [schema_data(one) for one in schema]
    if not is_object(schema):
        return schema
    return {
        key: _members(value) if key == "properties" else schema_data(value)
        for key, value in schema.items()
        if key not in ANNOTATIONS and not key.startswith("x-")
    }


def _members(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: schema_data(member) for name, member in properties.items()}
