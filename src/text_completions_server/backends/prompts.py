"""The prompt of a text completion: its turns, its tokens, and the rules about them.

A word with the white space before it is one token, and white space at the very end of
a text is one more. No real tokenizer counts like this, but every one of them counts at
least as many tokens as there are words, so a text within a limit by this rule is never
caught with more words than tokens.
"""

from __future__ import annotations

import re
from typing import Final

from ..errors import bad_request

HUMAN: Final = "\n\nHuman:"
ASSISTANT: Final = "\n\nAssistant:"

NO_FIRST_TURN: Final = (
    r'prompt must start with "\n\nHuman:" turn after an optional system prompt'
)
NO_LAST_TURN: Final = r'prompt must end with "\n\nAssistant:" turn'

_TOKEN = re.compile(r"\s*\S+|\s+")
_BUG = (
    r"\s*(?:(?P<member><?\w+\.(?:HUMAN|USER|AI|ASSISTANT)(?:_PROMPT)?\b)"
    r"""|(?P<messages>\[\s*(?:\{\s*['"]role['"]\s*:|\w+Message\(content=)))"""
)
# Two patterns, because a search for `^|\n\n` tries every character: the checks of a
# prompt of 10 kB took 230 µs with it, and take 8 µs with these (2026-11-27).
_BUG_AT_START = re.compile(_BUG)
_BUG_IN_TURN = re.compile(
    rf"\n\n(?P<turn>Human|Assistant):(?:{_BUG}|\s*(?P<twice>(?P=turn):))"
)
_CLIENT_BUGS: Final = {
    "member": "the name of an enum member instead of its text; use its value",
    "messages": "a printed list of messages; write each message as a turn",
    "twice": (
        "the same turn marker twice in a row; the client adds the markers itself"
    ),
}
"""What programs send by mistake, and what to do about it."""


def split_tokens(text: str) -> list[str]:
    """Split a text into tokens; joined, they are the text."""
    return _TOKEN.findall(text)


def count_tokens(text: str) -> int:
    """Count the tokens of a text."""
    return sum(1 for _ in _TOKEN.finditer(text))


def sanitise(prompt: str) -> str:
    """Correct what the service corrects: spaces at the end, a bare first turn."""
    prompt = prompt.rstrip(" ")
    if prompt.lstrip().startswith(HUMAN.lstrip()):
        return f"\n\n{prompt.lstrip()}"
    return prompt


def check_turns(prompt: str) -> None:
    """Refuse a sanitised prompt unless Human is first and Assistant is last.

    Text before the first turn is a system prompt, text after the last one the
    start of the response. A prompt that shows a known bug of a client is refused
    with the name of the bug.

    Raises:
        ApiError: 400, with the text of the service.
    """
    bug = _BUG_AT_START.match(prompt) or _BUG_IN_TURN.search(prompt)
    if bug is not None:
        reason = _CLIENT_BUGS[bug.lastgroup or ""]
        raise bad_request(f"prompt contains {bug[0].strip()!r}: {reason}")
    first, answer = prompt.find(HUMAN), prompt.find(ASSISTANT)
    if first < 0 or 0 <= answer < first:
        raise bad_request(NO_FIRST_TURN)
    if prompt.rfind(ASSISTANT) < prompt.rfind(HUMAN):
        raise bad_request(NO_LAST_TURN)


def check_length(prompt: str, limit: int | None) -> None:
    """Refuse a prompt of more tokens than fit the model.

    Args:
        prompt: The whole text that the model would read.
        limit: The context of the model in tokens; None when it is not known.

    Raises:
        ApiError: 400, with both numbers.
    """
    # A token but the first and the last has two characters: a space and a letter.
    if limit is None or len(prompt) // 2 + 1 <= limit:
        return
    tokens = count_tokens(prompt)
    if tokens > limit:
        raise bad_request(f"prompt is too long: {tokens} tokens > {limit} maximum")
