"""The program `text-completions`. Each command imports what it needs when it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run `text-completions` with these arguments and return the exit status."""
    try:
        from ._main import run_command

        return run_command(argv)
    except KeyboardInterrupt:  # also while modules are being imported
        return 130
