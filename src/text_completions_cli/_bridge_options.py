"""The options of the bridge, also from a file, and the settings that they ask for."""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from ._command import CommandError, parse_seconds
from ._serving import add_address, add_api_keys

if TYPE_CHECKING:
    from text_completions_server.backends.bridge import BridgeSettings

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEY_SETTINGS = ("upstream_key", "upstream_auth")
"""The settings of the bridge that are not an option of the same name."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add all options to the program, but for those that say what to do."""
    add_address(parser)
    add_api_keys(parser, default="every key")
    _add_process(parser)
    _add_upstream(parser)
    _add_models(parser)
    _add_translation(parser)
    _add_times(parser)


def bridge_settings(
    arguments: argparse.Namespace, environment: Mapping[str, str]
) -> BridgeSettings:
    """Return the settings of the bridge that options and variables ask for.

    Raises:
        CommandError: An option is missing or has no effect, or a variable is not set.
        ValueError: A value cannot be used.
    """
    from text_completions_server.backends.bridge import BridgeSettings

    if arguments.upstream is None:
        raise CommandError(
            "--upstream is missing: give the URL of a Messages API, such as "
            "https://api.anthropic.com"
        )
    if not (arguments.model_map or arguments.default_model or arguments.any_model):
        raise CommandError(
            "no model can be served: give --model-map, --default-model or --any-model"
        )
    names = {each.name for each in fields(BridgeSettings)}.difference(_KEY_SETTINGS)
    settings = {name: getattr(arguments, name) for name in names}
    if arguments.upstream_key_env is not None:
        settings["upstream_key"] = _key_in(arguments.upstream_key_env, environment)
        settings["upstream_auth"] = arguments.upstream_auth or "x-api-key"
    elif arguments.upstream_auth is not None:
        raise CommandError(
            "--upstream-auth needs --upstream-key-env: without it each caller's key is "
            "passed on in the header in which it came"
        )
    return BridgeSettings(**settings)


def _key_in(variable: str, environment: Mapping[str, str]) -> str:
    if not _VARIABLE.fullmatch(variable):  # the key itself, perhaps: do not print it
        raise CommandError(
            "--upstream-key-env takes the name of an environment variable, such as "
            "ANTHROPIC_API_KEY, not the key"
        )
    key = environment.get(variable, "").strip()  # files end in a new line
    if not key:
        raise CommandError(
            f"--upstream-key-env: the environment variable {variable} is not set; it "
            "must have the API key for the upstream"
        )
    return key


def _add_process(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--log-bodies",
        action="store_true",
        help="also log prompts and texts, which are in no log otherwise",
    )
    add(
        "--metrics",
        action="store_true",
        help="serve /metrics for Prometheus, to everybody who reaches the bridge",
    )
    add(
        "--workers",
        type=int,
        default=1,
        metavar="N",
        help="processes that answer requests (default: %(default)s)",
    )
    add(
        "--drain",
        type=parse_seconds,
        default=30,
        metavar="N",
        help="seconds that requests under way may take when the bridge stops "
        "(default: %(default)s)",
    )


def _add_upstream(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("upstream").add_argument
    add(
        "--upstream",
        metavar="URL",
        help="the Messages API to ask, without /v1: https://api.anthropic.com",
    )
    add(
        "--upstream-key-env",
        metavar="NAME",
        help="send the API key in this environment variable (default: the caller's)",
    )
    add(
        "--upstream-auth",
        choices=("x-api-key", "bearer"),
        help="the header of that key (default: x-api-key)",
    )
    add(
        "--upstream-version",
        metavar="VERSION",
        default="2023-06-01",
        help="the anthropic-version to send (default: %(default)s)",
    )


def _add_models(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("models").add_argument
    add(
        "--model-map",
        action=_AddToTable,
        default={},
        metavar="NAME=UPSTREAM",
        help="ask this model of the upstream for the one that callers name (may be "
        "repeated)",
    )
    add(
        "--default-model",
        metavar="NAME",
        help="ask this model of the upstream for known names that are not mapped "
        "(default: they are not found)",
    )
    add("--any-model", action="store_true", help="accept every model name")
    add(
        "--models",
        metavar="FILE",
        help="replace the table of what models accept by this YAML file",
    )
    add(
        "--pass-messages",
        action="store_true",
        help="pass /v1/messages through to the upstream (default: it is not found)",
    )


def _add_translation(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("translation").add_argument
    add(
        "--sampling",
        choices=("auto", "keep", "drop", "clamp"),
        default="auto",
        help="temperature, top_p and top_k: auto leaves out what the model refuses, "
        "clamp also lowers max_tokens to the model's maximum (default: %(default)s)",
    )
    add(
        "--prefill",
        choices=("auto", "keep", "instruct", "refuse"),
        default="auto",
        help="text after the last Assistant turn: auto keeps it where the model "
        "accepts it, else instructs the model to continue it (default: %(default)s)",
    )
    add(
        "--repair",
        action="store_true",
        help="repair prompts with a turn marker twice in a row (default: refuse)",
    )


def _add_times(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("times, in seconds").add_argument

    def add_seconds(option: str, default: float, text: str) -> None:
        text = f"{text} (default: %(default)s)"
        add(option, type=parse_seconds, default=default, metavar="N", help=text)

    def add_limit(option: str, default: float | None, text: str) -> None:
        text = f"{text}; none: no limit (default: {str(default).lower()})"
        add(option, type=_parse_limit, default=default, metavar="N", help=text)

    add_seconds("--deadline", 600, "for a JSON response, or until the first token")
    add_seconds("--connect-timeout", 5, "for a connection to the upstream")
    add_limit("--first-token-timeout", None, "until the first token of a stream")
    add_limit("--idle-timeout", 300, "of silence in a stream of the upstream")
    add_limit("--first-ping", 10, "that a stream's status waits for the first token")
    add_limit("--ping-interval", 10, "of silence after which a stream gets a ping")
    add(
        "--max-retries",
        type=int,
        default=2,
        metavar="N",
        help="how often a request is sent again, until the upstream answers with 200 "
        "(default: %(default)s)",
    )


class _AddToTable(argparse.Action):
    """Collect NAME=VALUE into a dictionary; the last value of a name holds."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        *_: Any,
    ) -> None:
        name, equals, target = values.partition("=")
        if not (name and equals and target):
            name = "/".join(self.option_strings)
            form = f"{self.metavar}, such as claude-2.1=claude-sonnet-4-5"
            parser.error(f"argument {name}: {values!r} is not {form}")
        table = {**getattr(namespace, self.dest), name: target}
        setattr(namespace, self.dest, table)


def _parse_limit(text: str) -> float | None:
    return None if text == "none" else parse_seconds(text)


# The configuration file says the same as options on the command line.


def with_config_file(arguments: argparse.Namespace) -> argparse.Namespace:
    """Parse the options of the file, and then the command line once more."""
    parser: argparse.ArgumentParser = arguments.parser
    defaults = vars(parser.parse_args([]))
    for name in ("run", "parser", "config", "check"):
        del defaults[name]
    try:
        text = Path(arguments.config).read_text("utf-8")
        from_file = arguments_of(tomllib.loads(text), defaults)
    except OSError as error:
        reason = error.strerror or error
        raise CommandError(f"{arguments.config}: {reason}") from error
    except ValueError as error:  # also where the file is not UTF-8 or not TOML
        raise CommandError(f"{arguments.config}: {error}") from error
    try:
        configured = parser.parse_args(from_file)
    except SystemExit:
        raise CommandError(f"the option is in {arguments.config}") from None
    return parser.parse_args(arguments.argv[1:], configured)


def arguments_of(table: Mapping[str, Any], defaults: Mapping[str, object]) -> list[str]:
    """Return the entries of a configuration as arguments of the command line.

    Args:
        table: The entries.
        defaults: The options that there may be, by their names with `_`, and their
            defaults. False belongs to an option without a value, a list to one that
            may be repeated, a dict to one of NAME=VALUE that may be repeated, anything
            else to one with a value.

    Raises:
        ValueError: An entry has no option, or not the form that its option needs.
    """
    arguments: list[str] = []
    names = [key.replace("-", "_") for key in table]
    for name, (key, value) in zip(names, table.items(), strict=True):
        if name not in defaults:
            raise ValueError(f"{key!r} is not an option for a file; see --help")
        if names.count(name) > 1:
            raise ValueError(f"{name!r} is there with - and with _; write it once")
        arguments += _arguments(name.replace("_", "-"), value, defaults[name])
    return arguments


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
        kind = type(value).__name__  # the value may hold a key
        raise ValueError(f"{name} must be a text or a number, not of type {kind}")
    return str(value)
