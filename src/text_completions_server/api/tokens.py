"""The token rule: a word with the white space before it is one token.

White space at the very end of a text is one token more. No real tokenizer counts
like this, but every one of them counts at least as many tokens as there are words,
so a text within a limit by this rule is never caught with more words than tokens.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\s*\S+|\s+")


def split_tokens(text: str) -> list[str]:
    """Split a text into tokens; joined, they are the text."""
    return _TOKEN.findall(text)


def count_tokens(text: str) -> int:
    """Count the tokens of a text."""
    return sum(1 for _ in _TOKEN.finditer(text))


def may_exceed(text: str, limit: int) -> bool:
    """Tell quickly whether a text can have more tokens than the limit."""
    # A token but the first and the last has two characters: a space and a letter.
    return len(text) // 2 + 1 > limit
