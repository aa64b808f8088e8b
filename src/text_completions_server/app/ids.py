"""Names for answers and exchanges: they look random, and repeat with the seed."""

from __future__ import annotations

import hashlib
from itertools import count

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LENGTH = 22
_LETTERS = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))


class Ids:
    """A sequence of names, the same for the same seed.

    Args:
        seed: Another seed, other names.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._numbers = count()

    def restart(self) -> None:
        """Begin again with the first name."""
        self._numbers = count()

    def new(self, kind: str) -> str:
        """A name like `compl_0153DQ5G1U98PpDfu2wiwTby`, never given before."""
        return f"{kind}_01{_scramble(f'{self._seed}:{next(self._numbers)}')}"


def _scramble(text: str) -> str:
    digest = hashlib.blake2b(text.encode(), digest_size=_LENGTH).digest()
    return digest.translate(_LETTERS).decode()
