"""Keeps the key out of whatever is shown, however a server wrote it back."""

from __future__ import annotations

import base64
import html
import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

# A piece of a key this long is told apart from chance, and is a piece too many.
FRAGMENT = 12
# A key shorter than this may be a word: it is masked where it stands alone.
SHORT = 8


@dataclass(frozen=True)
class Mask:
    """Puts a stand-in where a secret is.

    Args:
        secret: What must not be shown; empty where there is nothing to hide.
        stand_in: What is shown instead.
    """

    secret: str = field(repr=False)
    stand_in: str

    def whole(self, text: str) -> str:
        """The text without the secret, in any letter case and the usual escapes.

        For texts of any length, before they are shortened: a cut may fall anywhere.
        """
        if not self.secret:
            return text
        return self._written.sub(lambda _: self.stand_in, text)

    def __call__(self, text: str) -> str:
        """The text without the secret and without longer pieces of it."""
        text = self.whole(text)
        if len(self.secret) <= FRAGMENT:
            return text
        kept, end = [""], 0
        for start, stop in self._pieces(text):
            kept += [text[end:start], self.stand_in]
            end = stop
        return "".join([*kept, text[end:]])

    def _pieces(self, text: str) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        for match in self._windows.finditer(text):
            start, stop = match.start(), match.start() + FRAGMENT
            if spans and start <= spans[-1][1]:
                start = spans.pop()[0]
            spans.append((start, stop))
        return spans

    @cached_property
    def _written(self) -> re.Pattern[str]:
        forms = sorted(_forms(self.secret), key=len, reverse=True)
        pattern = "|".join(map(re.escape, forms))
        if len(self.secret) < SHORT:
            pattern = rf"(?<![\w-])(?:{pattern})(?![\w-])"
        return re.compile(pattern, re.IGNORECASE)

    @cached_property
    def _windows(self) -> re.Pattern[str]:
        starts = range(len(self.secret) - FRAGMENT + 1)
        pieces = {re.escape(self.secret[at : at + FRAGMENT]) for at in starts}
        # Looked at ahead, so that pieces which overlap are all found.
        return re.compile(f"(?={'|'.join(sorted(pieces))})")


def _forms(secret: str) -> set[str]:
    """The secret as JSON, HTML, URLs and encodings write it."""
    escaped = json.dumps(secret)[1:-1]
    coded = base64.b64encode(secret.encode()).decode()
    return {
        secret,
        escaped,
        escaped.replace("/", "\\/"),
        html.escape(secret),
        html.escape(secret, quote=False),
        quote(secret, safe=""),
        quote(secret),
        coded,
        coded.rstrip("="),
    }
