# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""CompletionCreateParams: a model of the document."""

from __future__ import annotations

from typing import Required, TypedDict

from text_completions_runtime import (
    SequenceNotStr,
)


class CompletionCreateParams(TypedDict, total=False):
    """What to complete, and how to sample."""

    model: Required[KnownModel | str]
    """The model that completes the prompt."""

    prompt: Required[str]
    """The text to continue: an optional system prompt, then turns that begin with
    `\\n\\nHuman:` and `\\n\\nAssistant:` in alternation. The last turn is the
    assistant's, and text after it is the start of the answer.
    """

    max_tokens_to_sample: Required[int]
    """The number of tokens after which the text is cut. The model may stop earlier."""

    stop_sequences: SequenceNotStr[str]
    """Texts that end the completion where they would appear; none of them is part of
    the answer. The model always ends at `\\n\\nHuman:` too.
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

    metadata: Metadata
    """What the request says about itself."""

    stream: bool
    """Whether the answer comes as server-sent events while it is made. The service
    takes false when it is absent.
    """


from .known_model import KnownModel
from .metadata import Metadata
