"""The command line, `text-completions …`: thin, and lazy in what it imports."""

from __future__ import annotations

from ._main import main

__all__ = ["main"]
