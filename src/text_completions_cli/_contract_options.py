"""The options of a run, for the program and for pytest."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ._command import parse_header, parse_seconds

if TYPE_CHECKING:
    from text_completions_contract import Settings


OPTIONS: Final[dict[str, dict[str, Any]]] = {
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
        "type": int,
        "help": "stop after N requests",
    },
    "max-tokens": {
        "metavar": "N",
        "type": int,
        "help": "stop before responses may have more than N tokens in all",
    },
    "rate": {
        "metavar": "N/m",
        "help": "the highest rate of requests, per s, m or h",
    },
    "timeout": {
        "metavar": "SECONDS",
        "type": parse_seconds,
        "default": 10.0,
        "help": "give up a response that takes longer than this (default: %(default)g)",
    },
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add all options to the program."""
    for name, option in OPTIONS.items():
        parser.add_argument(f"--{name}", **option)


def settings_of(values: Mapping[str, Any], only: tuple[str, ...] = ()) -> Settings:
    """Make settings of the options.

    Args:
        values: The values of the options by their names.
        only: Sections or ids of the clauses to judge; empty means all.
    """
    from text_completions_contract import Settings

    settings = {name.replace("-", "_"): values[name] for name in OPTIONS}
    key_name = settings.pop("api_key_env")
    headers, skip = settings.pop("header"), settings.pop("skip")
    return Settings(
        api_key=os.environ.get(key_name, "").strip() or None,
        key_name=key_name,
        headers=tuple(headers),
        only=only,
        skip=tuple(skip),
        **settings,
    )
