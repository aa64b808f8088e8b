"""The members of a model and their types, read from the model as it is emitted."""

from __future__ import annotations

import importlib
from typing import Any, get_type_hints

import attrs

PYDANTIC_V1 = False


def get_model_fields(model: type[Any]) -> dict[str, Any]:
    """Return the annotations of a model's members by their names."""
    # Models name each other below their own code, where nothing is resolved yet.
    names = vars(importlib.import_module("text_completions.types"))
    hints = get_type_hints(model, localns=dict(names))
    return {field.name: hints[field.name] for field in attrs.fields(model)}


def field_outer_type(field: Any) -> Any:
    """Return the type of a member: the annotation is the type."""
    return field
