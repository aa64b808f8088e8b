"""`text-completions bridge`: serve the API with the models of a Messages API."""

from __future__ import annotations

import argparse
import math
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ._command import CommandError, Commands, add_command, extra
from ._config_file import read_config_file
from ._serving import LOGGERS, add_address, add_api_keys, is_loopback

if TYPE_CHECKING:
    from text_completions_server.backends.bridge import BridgeSettings

DESCRIPTION = """\
Serve the Text Completions API, and ask a Messages API for the text. A program that
calls /v1/complete keeps working when its base URL is that of the bridge.

The caller's API key is passed on as it came, unless --upstream-key-env names a
variable with a key of the bridge.
"""
EPILOG = """\
The configuration file is TOML. It has the options without their dashes in front, and
a table [model-map]. An option on the command line wins over the file; --api-key and
--model-map add to it.

exit status:
  0  the bridge was stopped, or --check found that every model answers
  1  --check found a model that does not answer
  2  the bridge could not start

example:
  text-completions bridge --upstream https://api.anthropic.com \\
    --model-map claude-2.1=claude-sonnet-4-5 --default-model claude-haiku-4-5 &
  ANTHROPIC_BASE_URL=http://127.0.0.1:8765 text-completions complete 'Why?'
"""

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SETTINGS = (
    "upstream", "model_map", "default_model", "any_model", "upstream_version",
    "models", "sampling", "prefill", "repair", "pass_messages", "deadline",
    "connect_timeout", "first_token_timeout", "idle_timeout", "first_ping",
    "ping_interval", "max_retries",
)  # fmt: skip
"""The options that are settings of the bridge by the same name."""


def register(commands: Commands) -> None:
    """Add the command to the program."""
    parser = add_command(
        commands,
        "bridge",
        run,
        summary="serve the API with the models of a Messages API",
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    add = parser.add_argument
    add("--config", metavar="FILE", help="read options from this TOML file")
    add(
        "--check",
        action="store_true",
        help="ask each model for one token, say what works, and do not serve; the "
        "caller's key is that in ANTHROPIC_API_KEY",
    )
    add_address(parser)
    add_api_keys(parser, default="every key")
    _add_process(parser)
    _add_upstream(parser)
    _add_models(parser)
    _add_translation(parser)
    _add_times(parser)
    parser.set_defaults(parser=parser)  # which reads the options of the file


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
        type=_parse_count,
        default=1,
        metavar="N",
        help="processes that answer requests (%(default)s)",
    )
    add(
        "--drain",
        type=_parse_seconds,
        default=30.0,
        metavar="N",
        help="seconds that requests under way may take when the bridge stops "
        "(%(default)s)",
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
        help="the anthropic-version to send (%(default)s)",
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
        "clamp also lowers max_tokens to the model's maximum (%(default)s)",
    )
    add(
        "--prefill",
        choices=("auto", "keep", "instruct", "refuse"),
        default="auto",
        help="text after the last Assistant turn: auto keeps it where the model "
        "accepts it, else instructs the model to continue it (%(default)s)",
    )
    add(
        "--repair",
        action="store_true",
        help="mend prompts with a turn marker twice in a row (default: refuse them)",
    )


def _add_times(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("times, in seconds").add_argument
    for name, default, text in (
        ("deadline", 600.0, "for a JSON response, or until the first token"),
        ("connect-timeout", 5.0, "for a connection to the upstream"),
    ):
        add(
            f"--{name}",
            type=_parse_seconds,
            default=default,
            metavar="N",
            help=f"{text} (%(default)s)",
        )
    for name, limit, text in (
        ("first-token-timeout", None, "until the first token of a stream"),
        ("idle-timeout", 300.0, "of silence in a stream of the upstream"),
        ("first-ping", 10.0, "that a stream's status waits for the first token"),
        ("ping-interval", 10.0, "of silence after which a stream gets a ping"),
    ):
        add(
            f"--{name}",
            type=_parse_limit,
            default=limit,
            metavar="N",
            help=f"{text}; none: no limit ({str(limit).lower()})",
        )
    add(
        "--max-retries",
        type=_parse_count,
        default=2,
        metavar="N",
        help="how often a failed request is sent again before its first token "
        "(%(default)s)",
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


def _parse_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


def _parse_limit(text: str) -> float | None:
    return None if text == "none" else _parse_seconds(text)


def _parse_count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a count: 0, 1, 2 and so on")
    return int(text)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal stops the bridge, or check its models."""
    if arguments.config is not None:
        arguments = _with_config_file(arguments)
    with extra("bridge", *(["prometheus_client"] if arguments.metrics else [])):
        from text_completions_server import ServerError, create_app, serve
        from text_completions_server.backends.bridge import Bridge
    try:
        settings = bridge_settings(arguments, os.environ)
        if arguments.check:
            return _check_models(settings, os.environ)
        _check_exposure(settings, arguments)
        if arguments.log_bodies and arguments.quiet:
            raise CommandError("--quiet logs nothing, so --log-bodies has no effect")
        app = create_app(
            backend=Bridge(settings),
            api_keys=arguments.api_key,
            on_exchange=None if arguments.quiet else LOGGERS[arguments.log_format],
            log_bodies=arguments.log_bodies,
            metrics=arguments.metrics,
        )
        serve(
            app,
            host=arguments.host,
            port=arguments.port,
            grace=arguments.drain,
            workers=arguments.workers,
        )
    except (ServerError, ValueError) as error:
        raise CommandError(str(error)) from error
    return 0


def _check_models(settings: BridgeSettings, environment: Mapping[str, str]) -> int:
    """Print what each model of the upstream answers, and return the exit status."""
    import asyncio
    import logging

    from text_completions_server.backends.bridge.check import check_models

    # What it would log is printed below.
    logging.getLogger("text_completions_server").addHandler(logging.NullHandler())
    if not settings.model_map and settings.default_model is None:
        raise CommandError(
            "there is nothing to check: give --model-map or --default-model"
        )
    own_key = settings.upstream_key is not None
    headers = {} if own_key else _caller_headers(environment)
    checks = asyncio.run(check_models(settings, headers))
    for check in checks:
        names = ", ".join(check.names) or "all other models"
        outcome = "fails" if check.failure else "works"
        detail = check.failure or f"first token after {check.seconds:.2f} s"
        print(f"{outcome}: {check.model} for {names}: {detail}")
    return 1 if any(check.failure for check in checks) else 0


def _caller_headers(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a caller with the key that is in the environment."""
    if key := environment.get("ANTHROPIC_API_KEY"):
        return {"x-api-key": key}
    if token := environment.get("ANTHROPIC_AUTH_TOKEN"):
        return {"authorization": f"Bearer {token}"}
    raise CommandError(
        "there is no key to check with: set ANTHROPIC_API_KEY, or give "
        "--upstream-key-env with the name of another variable"
    )


def _with_config_file(arguments: argparse.Namespace) -> argparse.Namespace:
    """Parse the options of the file, and after them the command line once more."""
    parser: argparse.ArgumentParser = arguments.parser
    defaults = vars(parser.parse_args([]))
    for name in ("run", "parser", "config", "check"):
        del defaults[name]
    from_file = read_config_file(arguments.config, defaults)
    try:
        parser.parse_args(from_file)
    except SystemExit:
        raise CommandError(f"the option is in {arguments.config}") from None
    command, *options = arguments.argv
    parsed: argparse.Namespace = arguments.program.parse_args(
        [command, *from_file, *options]
    )
    return parsed


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
    settings = {name: getattr(arguments, name) for name in _SETTINGS}
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
    key = environment.get(variable, "")
    if not key:
        raise CommandError(
            f"--upstream-key-env: the environment variable {variable} is not set; it "
            "must have the API key for the upstream"
        )
    return key


def _check_exposure(settings: BridgeSettings, arguments: argparse.Namespace) -> None:
    """Refuse to spend a key of the bridge for everybody on the network.

    Raises:
        CommandError: Other machines could send requests without a key of their own.
    """
    if (
        settings.upstream_key is not None
        and not arguments.api_key
        and not is_loopback(arguments.host)
    ):
        raise CommandError(
            f"other machines can reach --host {arguments.host}, and everybody there "
            "could spend the key of --upstream-key-env: give --api-key with a key for "
            "your callers"
        )
