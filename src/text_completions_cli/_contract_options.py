"""The options of a run, for the program and for pytest."""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ._command import parse_header

if TYPE_CHECKING:
    from text_completions_contract import Settings


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is not a count: 1, 2, 3 and so on")
    return int(text)


def _seconds(text: str) -> float:
    with suppress(ValueError):
        if 0 < (number := float(text)) < math.inf:
            return number
    message = f"{text!r} is not a number of seconds above 0"
    raise argparse.ArgumentTypeError(message)


TARGET_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "model": {
        "default": "claude-2.1",
        "metavar": "NAME",
        "help": "a model that the server serves (default: %(default)s)",
    },
    "api-key-env": {
        "metavar": "NAME",
        "default": "ANTHROPIC_API_KEY",
        "help": "the environment variable that holds the key (default: %(default)s)",
    },
}
RUN_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "header": {
        "metavar": "'NAME: VALUE'",
        "type": parse_header,
        "action": "append",
        "default": [],
        "help": "add this header to every request; may be repeated",
    },
    "auth": {
        "choices": ["x-api-key", "bearer"],
        "default": "x-api-key",
        "help": "how to send the key (default: %(default)s)",
    },
    "ca": {
        "metavar": "FILE",
        "type": Path,
        "help": "trust these certificates (default: SSL_CERT_FILE, or the system's)",
    },
    "path-prefix": {
        "metavar": "PATH",
        "default": "",
        "help": "what stands before /v1/complete on this server",
    },
    "document": {
        "metavar": "FILE",
        "type": Path,
        "help": "judge by this OpenAPI document",
    },
    "version": {
        "metavar": "VERSION",
        "help": "judge only this anthropic-version, such as 2023-06-01",
    },
    "skip": {
        "metavar": "ID",
        "action": "append",
        "default": [],
        "help": "leave this clause or section out; may be repeated",
    },
    "strict": {
        "action": "store_true",
        "help": "a failed SHOULD also makes the server deviate",
    },
    "profile": {
        "choices": ["quick", "full", "paid"],
        "default": "quick",
        "help": "full sends many more generated requests, from three seeds; paid, for "
        "a live service, sends only examples and directed requests, and asks for short "
        "texts (default: %(default)s)",
    },
    "seed": {
        "metavar": "N",
        "type": int,
        "default": 1,
        "help": "the seed of generated requests (default: %(default)s)",
    },
    "max-requests": {
        "metavar": "N",
        "type": _count,
        "help": "stop after N requests",
    },
    "max-tokens": {
        "metavar": "N",
        "type": _count,
        "help": "stop before responses may have more than N tokens in all",
    },
    "rate": {
        "metavar": "N/m",
        "help": "the highest rate of requests, per s, m or h",
    },
    "timeout": {
        "metavar": "SECONDS",
        "type": _seconds,
        "default": 10.0,
        "help": "give up a response that takes longer than this (default: %(default)g)",
    },
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add all options to the program."""
    for name, option in (TARGET_OPTIONS | RUN_OPTIONS).items():
        parser.add_argument(f"--{name}", **option)


def changed_options(arguments: argparse.Namespace) -> list[str]:
    """Return the names of these options that the command line sets."""
    return [
        f"--{name}"
        for name, option in (TARGET_OPTIONS | RUN_OPTIONS).items()
        if getattr(arguments, name.replace("-", "_"))
        != option.get("default", False if "action" in option else None)
    ]


def settings_of(value: Callable[[str], Any], only: tuple[str, ...] = ()) -> Settings:
    """Make settings of the options.

    Args:
        value: Returns the value of an option by its name.
        only: Sections or ids of the clauses to judge; empty means all.
    """
    from text_completions_contract import Settings

    key_name = value("api-key-env")
    return Settings(
        model=value("model"),
        api_key=os.environ.get(key_name, "").strip() or None,
        key_name=key_name,
        headers=tuple(value("header")),
        auth=value("auth"),
        ca=value("ca"),
        path_prefix=value("path-prefix"),
        version=value("version"),
        document=value("document"),
        only=only,
        skip=tuple(value("skip")),
        strict=value("strict"),
        profile=value("profile"),
        seed=value("seed"),
        max_requests=value("max-requests"),
        max_tokens=value("max-tokens"),
        rate=value("rate"),
        timeout=value("timeout"),
    )
