"""What every command shares: how it fails, and how it asks for an extra."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager


class CommandError(Exception):
    """A failure told to the user as one message, without a traceback.

    Args:
        message: What failed, why, and what to do.
        exit_code: The exit status of the program; 2 means "could not be done".
    """

    def __init__(self, message: str, *, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@contextmanager
def extra(name: str) -> Generator[None, None, None]:
    """Turn a missing package inside the block into the line that installs it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0].startswith("text_completions"):
            raise
        message = (
            f"this command needs the package {error.name!r}, which the extra "
            f"{name!r} brings: pip install 'text-completions[{name}]'"
        )
        raise CommandError(message) from error
