"""The sentinels of the client."""

from types import NoneType

from text_completions import Omit

__all__ = ["NoneType", "Omit"]
