# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""Metadata: a model of the document."""

from __future__ import annotations

from typing import TypedDict


class Metadata(TypedDict, total=False):
    """What the request says about itself, beside the prompt."""

    user_id: str | None
    """An opaque name of the user on whose behalf the request is made: a uuid or a
    hash, never a name, an address or a phone number.
    """


MetadataParam = Metadata
