"""The program: finds the command, runs it, and tells failures in one line."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from . import _chat, _complete, _contract, _diff, _mock, _request
from ._support import CommandError

COMMANDS = (_complete, _chat, _request, _mock, _contract, _diff)


def main(argv: Sequence[str] | None = None) -> int:
    """Run `text-completions` with these arguments and return its exit status."""
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()  # here, where a reader that is gone is no surprise
    except CommandError as error:
        print(f"text-completions {arguments.command}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _forget_stdout()
        return 141
    except OSError as error:  # a full disk, a closed descriptor: no verdict, no answer
        _forget_stdout()
        print(f"text-completions {arguments.command}: {error}", file=sys.stderr)
        return 2
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="text-completions",
        description="Call, serve, check and compare the Text Completions API.",
        epilog="`text-completions COMMAND --help` tells more, with an example.",
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        command.register(commands)
    return parser


def _version() -> str:
    try:
        return f"text-completions {version('text-completions')}"
    except PackageNotFoundError:
        return "text-completions (not installed)"


def _forget_stdout() -> None:
    """Keep the interpreter from flushing into a closed pipe when it ends."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
