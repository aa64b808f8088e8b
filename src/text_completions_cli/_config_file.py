"""Reads a configuration file, which says the same as options on the command line."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from ._command import CommandError


def read_config_file(file: str, defaults: Mapping[str, object]) -> list[str]:
    """Return the options of a TOML file as arguments of the command line.

    Args:
        file: The path of the file.
        defaults: The options that the file may have, by their names with `_`, and
            their defaults. False belongs to an option without a value, a list to one
            that may be repeated, a dict to one of NAME=VALUE that may be repeated,
            anything else to one with a value.

    Raises:
        CommandError: The file cannot be read, or has an option that does not exist.
    """
    try:
        with Path(file).open("rb") as stream:
            table = tomllib.load(stream)
        return arguments_of(table, defaults)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror or error}") from error
    except ValueError as error:  # also where the file is not UTF-8 or not TOML
        raise CommandError(f"{file}: {error}") from error


def arguments_of(table: Mapping[str, Any], defaults: Mapping[str, object]) -> list[str]:
    """Return the entries of a configuration as arguments of the command line.

    Raises:
        ValueError: An entry has no option, or not the form that its option needs.
    """
    entries: dict[str, object] = {}
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in defaults:
            raise ValueError(_unknown(key, defaults))
        if name in entries:
            raise ValueError(f"{key} is there twice, with - and with _: leave one out")
        entries[name] = value
    return [
        argument
        for name, value in entries.items()
        for argument in _arguments(name.replace("_", "-"), value, defaults[name])
    ]


def _unknown(key: str, defaults: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(key.replace("-", "_"), defaults, n=1)
    if not near:
        return f"{key!r} is not an option for a file; see --help"
    return f"unknown option {key!r}; the nearest is {near[0].replace('_', '-')}"


def _arguments(name: str, value: object, default: object) -> Iterator[str]:
    """Yield the arguments for one entry."""
    if default is False:
        if not isinstance(value, bool):
            raise ValueError(f"{name} must be true or false, not {value!r}")
        if value:
            yield f"--{name}"
    elif isinstance(default, dict):
        if not isinstance(value, dict):
            raise ValueError(f"{name} must be a table, [{name}], not {value!r}")
        for key, target in cast("dict[str, object]", value).items():
            if "=" in key:
                raise ValueError(f"[{name}] has the name {key!r}: it must have no =")
            yield f"--{name}={key}={_scalar(f'{name}.{key}', target)}"
    elif isinstance(default, list) and isinstance(value, list):
        for one in cast("list[object]", value):
            yield f"--{name}={_scalar(name, one)}"
    else:
        yield f"--{name}={_scalar(name, value)}"


def _scalar(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{name} must be a text or a number, not {value!r}")
    return str(value)
