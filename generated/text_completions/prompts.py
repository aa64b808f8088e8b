# Emitted from openapi.yaml by `make generate`. Do not edit: change the document,
# a template, or the runtime, and emit again.
"""Prompts as messages, and messages as prompts. No server is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from text_completions_runtime import Conversation, PromptError, PromptFormat

__all__ = ["Conversation", "PromptError", "messages_to_prompt", "prompt_to_messages"]

PROMPT_FORMAT = PromptFormat(
    user="\n\nHuman:",
    assistant="\n\nAssistant:",
    names=("HUMAN_PROMPT", "AI_PROMPT"),
)


def prompt_to_messages(prompt: str, *, repair: bool = False) -> Conversation:
    """Read a prompt as a system text and messages.

    Text before the first turn is the system text. Turns of one role that follow each
    other are joined with an empty line between them. Turns without text are left out.
    A last turn of the assistant is the beginning of its response. White space is
    kept, except one space after a marker, around the system text, and at the end of
    the prompt.

    Args:
        prompt: The turns, each with its marker.
        repair: Whether a marker that stands twice in a row is read as one. Default:
            False, such a prompt is refused.

    Raises:
        PromptError: The prompt has no text of the user. Or it shows a mistake of a
            program: a marker twice in a row, a printed list of messages, or the name
            of an enum member in place of a marker.
    """
    return PROMPT_FORMAT.to_messages(prompt, repair=repair)


def messages_to_prompt(
    messages: Sequence[Mapping[str, Any]], *, system: object = None
) -> str:
    """Write messages as a prompt that `prompt_to_messages` reads as the same messages.

    The prompt ends with an empty turn of the assistant, or with the text of a last
    message of the assistant, whose white space at the end is left out.

    Args:
        messages: Objects with `role`, `user` or `assistant`, and `content`: a text or
            a list of text blocks.
        system: The text before the first turn, or a list of text blocks. Default:
            None, there is none.

    Raises:
        PromptError: A message is not one of text, or is empty, or contains a marker
            and so would be read as two. Or no message is one of the user.
    """
    return PROMPT_FORMAT.to_prompt(messages, system=system)
