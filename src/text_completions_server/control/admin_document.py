"""The document of the admin endpoints, `admin.yaml` in this package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ..document.contract import Document, load_document


@cache
def admin_document() -> Document:
    """Return the document, which is read once."""
    return load_document(Path(__file__).with_name("admin.yaml"))
