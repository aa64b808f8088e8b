# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""ContentBlock: a union of the document."""

from __future__ import annotations

from typing import TypeAlias

from .other_content_block import OtherContentBlock
from .text_block import TextBlock

ContentBlock: TypeAlias = TextBlock | OtherContentBlock
