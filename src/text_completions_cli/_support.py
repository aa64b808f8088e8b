"""What every command shares: how it fails, and how it asks for an extra."""

from __future__ import annotations

import argparse
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, Protocol


class CommandError(Exception):
    """A failure told to the user as one message, without a traceback.

    Args:
        message: What failed, why, and what to do.
        exit_code: The exit status of the program; 2 means "could not be done".
    """

    def __init__(self, message: str, *, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Commands(Protocol):
    """What argparse gives for its commands; the class has no public name there."""

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser:
        """Add a command, and return its parser."""
        ...


@contextmanager
def extra(name: str, *packages: str) -> Generator[None, None, None]:
    """Turn a missing package into the line that installs it.

    Args:
        name: The extra that brings what the block imports.
        packages: What the block imports late, to be missed before it begins.
    """
    for package in packages:
        if find_spec(package) is None:
            raise _missing(package, name)
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package.startswith("text_completions"):
            raise
        raise _missing(package, name) from error


def _missing(package: str, name: str) -> CommandError:
    return CommandError(
        f"this command needs the package {package!r}, which the extra {name!r} "
        f"brings: pip install 'text-completions[{name}]'"
    )
