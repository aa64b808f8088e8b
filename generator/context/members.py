"""The members of parsed models, and which of them tells models apart."""

from __future__ import annotations

from typing import Any

from openapi_python_client.parser.properties import (
    LiteralEnumProperty,
    ModelProperty,
)
from openapi_python_client.parser.properties.const import ConstProperty


def members(model: ModelProperty) -> list[Any]:
    """Return the declared members of a model, in the order of the document."""
    listed = [*(model.required_properties or []), *(model.optional_properties or [])]
    declared = [name.get_untrusted_value() for name in (model.data.properties or {})]
    order = {name: position for position, name in enumerate(declared)}
    return sorted(listed, key=lambda one: order.get(wire_name(one), -1))


def wire_name(prop: Any) -> str:
    """Return the name of a member or parameter as the document writes it."""
    name: str = prop.name.get_untrusted_value()
    return name


def distinguishing_member(models: list[ModelProperty]) -> str | None:
    """Find the member whose constant tells the models apart, at most one without."""
    for member in members(models[0]) + members(models[-1]):
        name = wire_name(member)
        constants = [constants_of(model, name) for model in models]
        values = [value for one in constants for value in one]
        unnamed = sum(not one for one in constants)
        each_once = len(values) == len(set(values)) >= len(models) - unnamed
        if values and unnamed <= 1 and each_once:
            return name
    return None


def constants_of(model: ModelProperty, name: str) -> list[str]:
    for member in members(model):
        if wire_name(member) != name:
            continue
        if isinstance(member, ConstProperty) and isinstance(
            member.value.raw_value, str
        ):
            return [member.value.raw_value]
        if isinstance(member, LiteralEnumProperty):
            return sorted(value for value in member.values if isinstance(value, str))
    return []
