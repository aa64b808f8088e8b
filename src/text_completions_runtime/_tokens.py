"""An approximate tokenizer, for programs that count tokens before they call.

The tokenizer of the service is not public. This one cuts a text into words, parts of
long words, and signs, which gives about as many pieces as the service counts tokens of
English text. Never rely on it for a limit.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_PIECE = re.compile(r" ?[^\W\d_]{1,7}|\d{1,3}| ?[^\w\s]|\s+|.", re.DOTALL)


class Encoding(NamedTuple):
    """A text as tokens.

    Attributes:
        ids: The number of each token; it has a meaning for its tokenizer alone.
        tokens: The text of each token.
    """

    ids: list[int]
    tokens: list[str]


class ApproximateTokenizer:
    """Cuts texts into pieces; it numbers them in the order in which they come."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}

    def encode(self, text: str) -> Encoding:
        """Cut a text into tokens."""
        tokens = _PIECE.findall(text)
        ids = [self._ids.setdefault(token, len(self._ids)) for token in tokens]
        return Encoding(ids, tokens)

    def decode(self, ids: list[int]) -> str:
        """Return the text of tokens that this tokenizer has encoded."""
        tokens = list(self._ids)
        return "".join(tokens[one] for one in ids)
