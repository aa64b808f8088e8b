"""What every command uses: its parser, its errors, and the check for its extra."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import Any, Protocol


class CommandError(Exception):
    """A failure that the user sees as one message, without a traceback.

    Args:
        message: What failed, why, and what to do.
        exit_code: The exit status of the program. 2 means that nothing was done.
    """

    def __init__(self, message: str, *, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Commands(Protocol):
    """The object that argparse adds commands to; its class has no public name."""

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser:
        """Add a command and return its parser."""
        ...


def add_command(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int],
    *,
    summary: str,
    description: str = "",
    epilog: str,
) -> argparse.ArgumentParser:
    """Add a command to the program and return its parser.

    Args:
        commands: The commands of the program.
        name: The name of the command.
        run: Runs the command and returns the exit status.
        summary: One line for the list of commands, without a full stop.
        description: What `--help` says first. Default: the summary.
        epilog: What `--help` says last: exit statuses and an example.
    """
    parser = commands.add_parser(
        name,
        help=summary,
        description=description or f"{summary[0].upper()}{summary[1:]}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


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
    import shlex

    editable, source = _installed_from()
    option = "-e " if editable else ""
    return (
        f"this command needs the package {package!r}, which is not installed. "
        f"Run: pip install {option}{shlex.quote(f'{source}[{extra_name}]')}"
    )


def _installed_from() -> tuple[bool, str]:
    """Return what pip installed us from, and whether that was an editable checkout.

    pip notes it in direct_url.json, except for a package from an index.
    """
    import json
    from importlib.metadata import PackageNotFoundError, distribution
    from urllib.parse import urlsplit
    from urllib.request import url2pathname

    note = None
    with suppress(PackageNotFoundError):
        note = distribution("text-completions").read_text("direct_url.json")
    origin: dict[str, Any] = json.loads(note or "{}")
    url = urlsplit(str(origin.get("url", "")))
    if url.scheme != "file":
        return False, "text-completions"
    editable: bool = origin.get("dir_info", {}).get("editable", False)
    return editable, url2pathname(url.path)
