"""Schemas as data: what the runtime checks, without what only people read."""

from __future__ import annotations

from typing import Any

from document.supported import ANNOTATIONS

_NAMED = ("properties",)
_LISTED = ("allOf", "anyOf", "oneOf")
_NESTED = ("items", "additionalProperties", "not")


def schema_data(schema: Any) -> Any:
    """Return a schema without its annotations, however deep."""
    if not isinstance(schema, dict):
        return schema
    return {
        key: _kept(key, value)
        for key, value in schema.items()
        if key not in ANNOTATIONS and not key.startswith("x-")
    }


def _kept(key: str, value: Any) -> Any:
    if key in _NAMED:
        return {name: schema_data(member) for name, member in value.items()}
    if key in _LISTED:
        return [schema_data(branch) for branch in value]
    return schema_data(value) if key in _NESTED else value
