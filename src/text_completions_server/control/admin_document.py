"""The document of the admin endpoints, `admin.yaml` in this package."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from text_completions_document import mapping

from ..app.contract import Document, load_document


@cache
def admin_document() -> Document:
    """Return the document, which is read once."""
    return load_document(Path(__file__).with_name("admin.yaml"))


def admin_schema(name: str) -> Mapping[str, object]:
    """Return one of its schemas, with the components that it refers to."""
    components = mapping(admin_document().source.root.get("components"))
    schema = mapping(mapping(components.get("schemas")).get(name))
    return {**schema, "components": components}
