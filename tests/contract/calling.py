"""`text-completions contract` as a function."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Any

command: Any = import_module("text_completions_cli._contract")


def call(*words: str) -> int:
    """Run the command with these words; returns its exit status."""
    parser = argparse.ArgumentParser(prog="text-completions")
    command.register(parser.add_subparsers(dest="command", required=True))
    arguments = parser.parse_args(["contract", *words])
    return int(arguments.run(arguments))
