"""What stops an emission because no value could ever keep to it."""

from __future__ import annotations

from typing import Any

from context.schemas import schema_data
from document.loading import Document, below
from text_completions_runtime import first_violation

_ORDERED = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)
_APART = (
    ("exclusiveMinimum", "exclusiveMaximum"),
    ("exclusiveMinimum", "maximum"),
    ("minimum", "exclusiveMaximum"),
)
_OWN = ("type", "enum", "const", "pattern", *(key for pair in _ORDERED for key in pair))


def check_contradictions(
    document: Document, pointer: str, schema: dict[str, Any]
) -> None:
    """See that the bounds of a schema leave something between them.

    Raises:
        DocumentError: They do not, or a value of its own breaks them.
    """
    for low, high in _ORDERED:
        if low in schema and high in schema and schema[low] > schema[high]:
            _refuse(document, pointer, schema, low, high)
    for low, high in _APART:
        if low in schema and high in schema and schema[low] >= schema[high]:
            _refuse(document, pointer, schema, low, high)
    _check_required(document, pointer, schema)
    _check_values(document, pointer, schema)


def _refuse(
    document: Document, pointer: str, schema: dict[str, Any], low: str, high: str
) -> None:
    told = f"{schema[low]} leaves nothing below {high} {schema[high]}"
    raise document.error(below(pointer, low), told)


def _check_required(document: Document, pointer: str, schema: dict[str, Any]) -> None:
    if schema.get("additionalProperties") is not False:
        return
    for index, name in enumerate(schema.get("required", ())):
        if name not in schema.get("properties", {}):
            here = f"{pointer}/required/{index}"
            raise document.error(here, f"{name!r} is required, and is not allowed")


def _check_values(document: Document, pointer: str, schema: dict[str, Any]) -> None:
    """Constants, options and defaults keep to what stands beside them."""
    own = schema_data({key: schema[key] for key in _OWN if key in schema})
    bounds = {key: own[key] for key in own if key not in ("enum", "const")}
    values = {f"enum/{index}": one for index, one in enumerate(schema.get("enum", ()))}
    for key in ("const", "default"):
        values |= {key: schema[key]} if key in schema else {}
    for place, value in values.items():
        against = own if place == "default" else bounds
        found = first_violation(value, against, {}, pointer)
        if found is not None:
            reason = f"{value!r} {found.reason}"
            raise document.error(f"{pointer}/{place}", reason)
