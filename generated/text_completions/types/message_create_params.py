# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""MessageCreateParams: a model of the document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Required, TypedDict

from text_completions_runtime import (
    SequenceNotStr,
)


class MessageCreateParams(TypedDict, total=False):
    """A conversation to continue, and how to sample."""

    model: Required[KnownModel | str]
    """The model that continues the conversation."""

    max_tokens: Required[int]
    """The number of tokens after which the text is cut. The model may stop earlier."""

    messages: Required[Sequence[MessageParam]]
    """The turns so far. The first is the user's; turns of one role in a row are one
    turn. A last turn of the assistant begins the answer.
    """

    system: str | Sequence[TextBlockParam]
    """Context and instructions that come before the conversation."""

    metadata: Metadata
    """What the request says about itself."""

    stop_sequences: SequenceNotStr[str]
    """Texts that end the message where they would appear; none of them is part of the
    answer.
    """

    stream: bool
    """Whether the answer comes as server-sent events while it is made. The service
    takes false when it is absent.
    """

    temperature: float
    """How much randomness to use: near 0 for analysis and choice, near 1 for writing.
    The service takes 1.0 when it is absent.
    """

    top_p: float
    """Nucleus sampling: draw from the likeliest tokens that together reach this
    probability, from 0 to 1. Absent or -1, it is off.
    """

    top_k: int
    """Draw from this many of the likeliest tokens only. Absent or -1, it is off."""


from .known_model import KnownModel
from .message_param import MessageParam
from .metadata import Metadata
from .text_block_param import TextBlockParam
