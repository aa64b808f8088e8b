"""How a comparison fails before it can begin."""

from __future__ import annotations


class DocumentError(Exception):
    """A document cannot be read or compared.

    The message is one line: the file, the place in it, why, and what to do.
    """
