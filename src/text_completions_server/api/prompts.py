"""The prompt of a text completion: turns, and the rules about them."""

from __future__ import annotations

import re

from ..app.errors import bad_request
from .tokens import count_tokens, may_exceed

HUMAN = "\n\nHuman:"
ASSISTANT = "\n\nAssistant:"

_TURN = re.compile(r"\n\n(?:Human|Assistant):")


def sanitise(prompt: str) -> str:
    """Mend lightly what the service mends: spaces at the end, a bare first turn."""
    prompt = prompt.rstrip(" ")
    if prompt.lstrip().startswith(HUMAN.lstrip()):
        return f"\n\n{prompt.lstrip()}"
    return prompt


def check_turns(prompt: str) -> None:
    """Refuse a sanitised prompt unless Human is first and Assistant is last.

    Text before the first turn is a system prompt, text after the last one the
    start of the answer.

    Raises:
        ApiError: 400, with the text of the service.
    """
    turns: list[str] = _TURN.findall(prompt)
    if not turns or turns[0] != HUMAN:
        raise bad_request(
            r'prompt must start with "\n\nHuman:" turn after an optional system prompt'
        )
    if turns[-1] != ASSISTANT:
        raise bad_request(r'prompt must end with "\n\nAssistant:" turn')


def check_length(prompt: str, limit: int | None) -> None:
    """Refuse a prompt of more tokens than fit the model.

    Args:
        prompt: The whole text that the model would read.
        limit: The context of the model in tokens; None when it is not known.

    Raises:
        ApiError: 400, with both numbers.
    """
    if limit is None or not may_exceed(prompt, limit):
        return
    tokens = count_tokens(prompt)
    if tokens > limit:
        raise bad_request(f"prompt is too long: {tokens} tokens > {limit} maximum")
