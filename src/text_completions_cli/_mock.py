"""`text-completions mock`: serve the contract with made-up text."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from ._support import CommandError, Commands, extra

if TYPE_CHECKING:
    from text_completions_server import Exchange

_EXAMPLE = r"""example:
  text-completions mock &
  curl http://127.0.0.1:8765/v1/complete \
    -H 'content-type: application/json' \
    -H 'anthropic-version: 2023-06-01' -H 'x-api-key: sk-any' \
    -d '{"model": "claude-2.1", "max_tokens_to_sample": 64, "stream": true,
         "prompt": "\n\nHuman: Hello, Claude\n\nAssistant:"}'

It listens on this machine only unless --host says otherwise, and stops on Ctrl-C.
"""


def register(commands: Commands) -> None:
    """Add the command to those of the program."""
    parser = commands.add_parser(
        "mock",
        help="serve the API offline, with made-up text",
        description="Serve the Text Completions API as the service did, with made-up "
        "text: the same request gets the same answer each time.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_options(parser)
    parser.set_defaults(run=run)


def _add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen at (%(default)s)")
    add(
        "--port",
        type=_port,
        default=8765,
        help="port to listen on, 0 for a free one (%(default)s)",
    )
    add("--seed", type=int, default=0, help="another seed, other texts (%(default)s)")
    add(
        "--api-key",
        action="append",
        default=[],
        metavar="KEY",
        help="let in this key and no other; may be repeated (any beginning sk-)",
    )
    add(
        "--prompt-check",
        choices=("strict", "off"),
        default="strict",
        help="whether prompts must have turns and fit the model (%(default)s)",
    )
    add(
        "--document",
        metavar="FILE",
        help="OpenAPI document to serve (the one installed with the client)",
    )
    add("--quiet", action="store_true", help="no line per request on stderr")


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal comes."""
    with extra("server"):
        from text_completions_server import ServerError, create_app, serve
    try:
        app = create_app(
            document=arguments.document,
            seed=arguments.seed,
            api_keys=arguments.api_key,
            prompt_check=arguments.prompt_check,
            on_exchange=None if arguments.quiet else _tell,
        )
        serve(app, host=arguments.host, port=arguments.port)
    except ServerError as error:
        raise CommandError(str(error)) from error
    return 0


def _tell(exchange: Exchange) -> None:
    print(exchange, file=sys.stderr, flush=True)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, 0 to 65535")
    return int(text)
