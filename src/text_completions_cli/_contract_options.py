"""What a run of the suite may be told, as options of the program and of pytest."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ._command import CommandError

if TYPE_CHECKING:
    from text_completions_contract import Settings


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


WHOM_TO_ASK: Final[dict[str, dict[str, Any]]] = {
    "model": {
        "default": "claude-2.1",
        "metavar": "NAME",
        "help": "the model to ask (%(default)s)",
    },
    "api-key-env": {
        "metavar": "NAME",
        "default": "ANTHROPIC_API_KEY",
        "help": "the environment variable that holds the key (%(default)s)",
    },
}
HOW: Final[dict[str, dict[str, Any]]] = {
    "header": {
        "metavar": "'NAME: VALUE'",
        "action": "append",
        "default": [],
        "help": "add this header to every request; may be given again",
    },
    "path-prefix": {
        "metavar": "PATH",
        "default": "",
        "help": "what stands before /v1/complete",
    },
    "document": {
        "metavar": "FILE",
        "type": Path,
        "help": "judge by this OpenAPI document",
    },
    "version": {
        "metavar": "VERSION",
        "help": "judge this anthropic-version alone, such as 2023-06-01",
    },
    "skip": {
        "metavar": "ID",
        "action": "append",
        "default": [],
        "help": "not this clause or section; may be given again",
    },
    "strict": {
        "action": "store_true",
        "help": "a failed SHOULD deviates, too",
    },
    "profile": {
        "choices": ["quick", "full", "paid"],
        "default": "quick",
        "help": "full sends many more requests, generated ones from three seeds; paid "
        "sends examples and directed requests alone and asks for short answers "
        "(%(default)s)",
    },
    "seed": {
        "metavar": "N",
        "type": int,
        "default": 1,
        "help": "where generated requests begin (%(default)s)",
    },
    "max-requests": {
        "metavar": "N",
        "type": _count,
        "help": "stop after N requests",
    },
    "max-tokens": {
        "metavar": "N",
        "type": _count,
        "help": "stop before answers may have more than N tokens in all",
    },
    "rate": {
        "metavar": "N/m",
        "help": "send so many requests per s, m or h at most",
    },
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add all of them to the program."""
    for name, option in (WHOM_TO_ASK | HOW).items():
        parser.add_argument(f"--{name}", **option)


def settings_of(value: Callable[[str], Any], only: tuple[str, ...] = ()) -> Settings:
    """What the options say.

    Args:
        value: Gives the value of an option by its name.
        only: Sections or ids of the clauses to judge; empty means all.

    Raises:
        CommandError: An option cannot be understood.
    """
    from text_completions_contract import Settings

    key_name = value("api-key-env")
    return Settings(
        model=value("model"),
        api_key=os.environ.get(key_name) or None,
        key_name=key_name,
        headers=tuple(map(_header, value("header"))),
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
    )


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        # Not repeated here: it may be a secret that was passed without its name.
        raise CommandError("--header takes 'NAME: VALUE', and a colon is missing")
    return name.strip(), value.strip()
