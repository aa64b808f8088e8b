"""Ids of responses and requests: random, or a sequence that repeats with the seed."""

from __future__ import annotations

import hashlib
import os
from itertools import count

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LENGTH = 22
_LETTERS = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))


class Ids:
    """A sequence of ids, the same for the same seed.

    Args:
        seed: Another seed gives other ids; None gives random ones.
        is_hex: Whether they are 64 hexadecimal digits, as in 2023.
    """

    def __init__(self, seed: int | None = 0, *, is_hex: bool = False) -> None:
        self._seed = seed
        self._is_hex = is_hex
        self._numbers = count()

    def restart(self) -> None:
        """Begin again with the first id."""
        self._numbers = count()

    def new(self, kind: str) -> str:
        """Return an id such as `compl_0153DQ5G1U98PpDfu2wiwTby`, always another one."""
        size = 32 if self._is_hex else _LENGTH
        if self._seed is None:
            digest = os.urandom(size)
        else:
            key = f"{self._seed}:{next(self._numbers)}"
            digest = hashlib.blake2b(key.encode(), digest_size=size).digest()
        if self._is_hex:
            return digest.hex()
        return f"{kind}_01{digest.translate(_LETTERS).decode()}"
