"""Ids of responses and requests: random, or a sequence that repeats with the seed."""

from __future__ import annotations

from random import Random, SystemRandom

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
        self.restart()

    def restart(self) -> None:
        """Begin again with the first id."""
        seed = self._seed
        self._random = SystemRandom() if seed is None else Random(str(seed))

    def new(self, kind: str) -> str:
        """Return an id such as `compl_0153DQ5G1U98PpDfu2wiwTby`, always another one."""
        if self._is_hex:
            return self._random.randbytes(32).hex()
        letters = self._random.randbytes(_LENGTH).translate(_LETTERS)
        return f"{kind}_01{letters.decode()}"
