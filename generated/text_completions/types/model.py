# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""Model: a union of the document."""

from __future__ import annotations

from typing import TypeAlias

from .known_model import KnownModel

Model: TypeAlias = KnownModel | str
ModelParam: TypeAlias = KnownModel | str
