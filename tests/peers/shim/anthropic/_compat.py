"""Read the fields of a model and their types."""

from __future__ import annotations

import importlib
from typing import Any, get_type_hints

import attrs

PYDANTIC_V1 = False


def get_model_fields(model: type[Any]) -> dict[str, Any]:
    """Return the type of each field by its name."""
    # Models import each other for types only, so the names are looked up here.
    names = vars(importlib.import_module("text_completions.types"))
    hints = get_type_hints(model, localns=dict(names))
    return {field.name: hints[field.name] for field in attrs.fields(model)}


def field_outer_type(field: Any) -> Any:
    """Return the type of a field, which is its annotation."""
    return field
