"""Parse the arguments, run the command, and report a failure in one line."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

from . import (
    _bridge,
    _chat,
    _complete,
    _completion,
    _contract,
    _diff,
    _mock,
    _request,
    _translate,
)
from ._command import CommandError

COMMANDS: dict[str, ModuleType] = {
    "complete": _complete,
    "chat": _chat,
    "request": _request,
    "translate": _translate,
    "mock": _mock,
    "bridge": _bridge,
    "contract": _contract,
    "diff": _diff,
    "completion": _completion,
}


def run_command(argv: Sequence[str] | None = None) -> int:
    """Run `text-completions` with these arguments and return the exit status."""
    _prepare_streams()
    argv = sys.argv[1:] if argv is None else argv
    arguments = build_parser().parse_args(argv)
    arguments.argv = argv  # for the command that has more options in a file
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()  # here, so that a closed pipe is noticed below
    except CommandError as error:
        print(f"text-completions {arguments.command}: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        _discard_stdout()
        return 141
    except OSError as error:  # such as a full disk
        _discard_stdout()
        print(f"text-completions {arguments.command}: {error}", file=sys.stderr)
        return 2
    return status


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the program with all its commands."""
    parser = argparse.ArgumentParser(
        prog="text-completions",
        description="Call, serve, check and compare the Text Completions API.",
        epilog="`text-completions COMMAND --help` explains a command and has an "
        "example.",
    )
    parser.add_argument(
        "-V", "--version", action=_Version, nargs=0, help="print the version and exit"
    )
    parser.set_defaults(program=parser)  # for the command that prints completions
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        summary: str = command.SUMMARY
        sentence = f"{summary[0].upper()}{summary[1:]}."
        added = commands.add_parser(
            name,
            help=summary,
            description=getattr(command, "DESCRIPTION", sentence),
            epilog=command.EPILOG,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        command.add_arguments(added)
        added.set_defaults(run=command.run, parser=added)
    return parser


class _Version(argparse.Action):
    """Print the version. importlib.metadata is slow, so it is imported only here."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import PackageNotFoundError, version

        try:
            number = version("text-completions")
        except PackageNotFoundError:
            number = "(not installed)"
        print(f"text-completions {number}")
        parser.exit()


def _prepare_streams() -> None:
    """Open streams that the caller closed, and decide what encoding errors do.

    What a terminal cannot express is printed as "?", as a shell would. Input that is
    not text is an error: without a locale Python would pass its bytes on.
    """
    for name, mode, errors in (
        ("stdin", "r", "strict"),
        ("stdout", "w", "replace"),
        ("stderr", "w", "replace"),
    ):
        if getattr(sys, name) is None:
            nothing = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(nothing, mode, encoding="utf-8"))
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=errors)


def _discard_stdout() -> None:
    """Point stdout elsewhere, so that the interpreter's last flush cannot fail."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
