# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""MessageParam: a model of the document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict


class MessageParam(TypedDict, total=False):
    """One turn of a conversation that is sent."""

    role: Required[MessageParamRole]
    """Who speaks. The first turn is the user's."""

    content: Required[str | Sequence[TextBlockParam]]
    """What is said."""


from .message_param_role import MessageParamRole
from .text_block_param import TextBlockParam
