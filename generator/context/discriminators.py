"""Which member tells the branches of a union apart, where the document says so."""

from __future__ import annotations

from typing import Any

from context.naming import class_name
from document.loading import Document, last_step
from document.shape import nodes

Discriminators = dict[frozenset[str], tuple[str, dict[str, str]]]
"""By the names of the classes: the member, and the class for each of its values."""


def discriminators(document: Document) -> Discriminators:
    """Read the discriminators, which openapi-python-client does not know."""
    found: Discriminators = {}
    for node in nodes(document):
        if node.kind == "schema" and "discriminator" in node.value:
            _add(document, node.pointer, node.value, found)
    return found


def _add(
    document: Document, pointer: str, schema: dict[str, Any], found: Discriminators
) -> None:
    branches = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    names = [last_step(branch["$ref"]) for branch in branches]
    said = schema["discriminator"]
    # Without a mapping for it, a branch goes by the name of its component.
    values = {name: class_name(name) for name in names}
    for value, target in said.get("mapping", {}).items():
        values[value] = class_name(target.rpartition("/")[2])
    classes = frozenset(class_name(name) for name in names)
    made = (said["propertyName"], values)
    if found.setdefault(classes, made) != made:
        reason = "another union of the same branches is told apart in another way"
        raise document.error(f"{pointer}/discriminator", reason)
