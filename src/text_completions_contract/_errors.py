"""How a run fails before it can judge anything."""

from __future__ import annotations


class SetupError(Exception):
    """The run cannot begin: a bad URL, document, section, clause or a missing key.

    The message says what is wrong and what to do, in one line.
    """
