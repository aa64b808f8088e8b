"""`text-completions bridge`: serve the API with the models of a Messages API."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import _bridge_options as options
from ._command import CommandError, extra
from ._serving import is_loopback, request_log

if TYPE_CHECKING:
    from text_completions_server.backends.bridge import BridgeSettings

SUMMARY = "serve the API with the models of a Messages API"
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
  export ANTHROPIC_BASE_URL=http://127.0.0.1:8765 ANTHROPIC_API_KEY=KEY
  text-completions complete 'Why?'
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--config", metavar="FILE", help="read options from this TOML file")
    add(
        "--check",
        action="store_true",
        help="ask each model for one token, say what works, and do not serve; the "
        "caller's key is that in ANTHROPIC_API_KEY",
    )
    options.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal stops the bridge, or check its models."""
    if arguments.config is not None:
        arguments = options.with_config_file(arguments)
    with extra("bridge", *(["prometheus_client"] if arguments.metrics else [])):
        from text_completions_server import ServerError, create_app, serve
        from text_completions_server.backends.bridge import Bridge
    try:
        settings = options.bridge_settings(arguments, os.environ)
        if arguments.check:
            return _check_models(settings, os.environ)
        _check_exposure(settings, arguments)
        if arguments.log_bodies and arguments.quiet:
            raise CommandError("--quiet logs nothing, so --log-bodies has no effect")
        app = create_app(
            backend=Bridge(settings),
            api_keys=arguments.api_key,
            on_exchange=request_log(arguments),
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

    async def check_all() -> int:
        status = 0
        async for check in check_models(settings, headers):
            names = ", ".join(check.names) or "all other models"
            outcome = "fails" if check.failure else "works"
            detail = check.failure or f"first token after {check.seconds:.2f} s"
            print(f"{outcome}: {check.model} for {names}: {detail}", flush=True)
            status = 1 if check.failure else status
        return status

    return asyncio.run(check_all())


def _caller_headers(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of a caller with the key that is in the environment."""
    if key := environment.get("ANTHROPIC_API_KEY", "").strip():
        return {"x-api-key": key}
    if token := environment.get("ANTHROPIC_AUTH_TOKEN", "").strip():
        return {"authorization": f"Bearer {token}"}
    raise CommandError(
        "--check needs an API key: set ANTHROPIC_API_KEY, or give "
        "--upstream-key-env with the name of another variable"
    )


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
