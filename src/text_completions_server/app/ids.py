"""Ids of responses and requests: they look random, and repeat with the seed."""

from __future__ import annotations

import hashlib
from itertools import count

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LENGTH = 22
_LETTERS = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))


class Ids:
    """A sequence of ids, the same for the same seed.

    Args:
        seed: Another seed gives other ids.
        is_hex: Whether they are 64 hexadecimal digits, as in 2023.
    """

    def __init__(self, seed: int = 0, *, is_hex: bool = False) -> None:
        self._seed = seed
        self._is_hex = is_hex
        self._numbers = count()

    def restart(self) -> None:
        """Begin again with the first id."""
        self._numbers = count()

    def new(self, kind: str) -> str:
        """Return an id such as `compl_0153DQ5G1U98PpDfu2wiwTby`, always another one."""
        key = f"{self._seed}:{next(self._numbers)}"
        if self._is_hex:
            return hashlib.blake2b(key.encode(), digest_size=32).hexdigest()
        return f"{kind}_01{_scramble(key)}"


def _scramble(text: str) -> str:
    digest = hashlib.blake2b(text.encode(), digest_size=_LENGTH).digest()
    return digest.translate(_LETTERS).decode()
