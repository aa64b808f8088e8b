"""What every command uses: its errors, and the check for its extra."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import Any


class CommandError(Exception):
    """A failure that the user sees as one message, without a traceback.

    Args:
        message: What failed, why, and what to do.
        exit_code: The exit status of the program. 2 means that nothing was done.
    """

    def __init__(self, message: str, *, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def parse_header(text: str) -> tuple[str, str]:
    """Return the name and the value of `NAME: VALUE`, for argparse."""
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        # The text is not repeated, because it may be a key without its name.
        raise argparse.ArgumentTypeError("a header has the form 'NAME: VALUE'")
    return name.strip(), value.strip()


def parse_seconds(text: str) -> float:
    """Return a finite number of seconds from 0, for argparse."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


def read_stdin() -> str:
    """Read the text on standard input.

    Raises:
        CommandError: It is not text.
    """
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        encoding = error.encoding.upper()
        raise CommandError(f"standard input is not {encoding} text") from error


@contextmanager
def extra(name: str, *packages: str) -> Generator[None, None, None]:
    """Replace the error about a missing package by the line that installs it.

    Args:
        name: The extra that installs what the block imports.
        packages: Packages that are imported only later, so they are looked for first.

    Raises:
        CommandError: A package of the extra is not installed.
    """
    for package in packages:
        if find_spec(package) is None:
            raise CommandError(_how_to_install(package, name))
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package.startswith("text_completions"):
            raise
        raise CommandError(_how_to_install(package, name)) from error


def _how_to_install(package: str, extra_name: str) -> str:
    """Name the line of pip, with the checkout or the wheel that was installed."""
    import json
    import shlex
    from importlib.metadata import PackageNotFoundError, distribution
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    note = None
    with suppress(PackageNotFoundError):
        # pip writes this file, except for a package that comes from an index.
        note = distribution("text-completions").read_text("direct_url.json")
    origin: dict[str, Any] = json.loads(note or "{}")
    url = urlsplit(str(origin.get("url", "")))
    source = url2pathname(url.path) if url.scheme == "file" else "text-completions"
    option = "-e " if origin.get("dir_info", {}).get("editable") else ""
    return (
        f"this command needs the package {package!r}, which is not installed. "
        f"Run: pip install {option}{shlex.quote(f'{source}[{extra_name}]')}"
    )
