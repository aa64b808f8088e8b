"""`text-completions mock`: serve the contract with made-up text."""

from __future__ import annotations

import argparse
import json
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
    _add_listening(parser)
    _add_service(parser)
    _add_behaviour(parser)
    parser.set_defaults(run=run)


def _add_listening(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen at (%(default)s)")
    add(
        "--port",
        type=_port,
        default=8765,
        help="port to listen on, 0 for a free one (%(default)s)",
    )
    add("--quiet", action="store_true", help="no line per request on stderr")
    add(
        "--log-format",
        choices=("text", "json"),
        default="text",
        help="how the line of a request is written (%(default)s)",
    )


def _add_service(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--seed", type=int, default=0, help="another seed, other texts (%(default)s)")
    add(
        "--api-key",
        type=_key,
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
    add("--era", metavar="NAME", help="serve as in another time: 2023 (today)")
    add(
        "--model",
        action="append",
        default=[],
        metavar="NAME",
        help="answer to this model, too; may be repeated",
    )
    add("--any-model", action="store_true", help="answer to every name of a model")


def _add_behaviour(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--replies",
        metavar="FILE",
        help="YAML file of scripted replies (made-up texts)",
    )
    add(
        "--fault",
        type=_chance,
        action="append",
        default=[],
        metavar="NAME=CHANCE",
        help="let this part of the requests fail: overloaded=0.1; may be repeated",
    )
    add(
        "--rate-limit",
        metavar="N/UNIT",
        help="answer so many requests of a key, then 429: 50/m, with s, m or h",
    )
    add(
        "--admin",
        choices=("loopback", "any", "off"),
        default="loopback",
        help="who may use the endpoints below /__mock__/ (%(default)s)",
    )


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
            era=arguments.era,
            models=arguments.model,
            any_model=arguments.any_model,
            faults=dict(arguments.fault),
            replies=arguments.replies,
            rate_limit=arguments.rate_limit,
            admin=arguments.admin,
            on_exchange=None if arguments.quiet else _TELL[arguments.log_format],
        )
        _warn(arguments)
        serve(app, host=arguments.host, port=arguments.port)
    except (ServerError, ValueError) as error:
        raise CommandError(str(error)) from error
    return 0


def _warn(arguments: argparse.Namespace) -> None:
    if arguments.admin == "any":
        print(
            "warning: --admin any lets whoever can reach this server read the journal "
            "and change what is answered",
            file=sys.stderr,
        )


def _tell(exchange: Exchange) -> None:
    _write(str(exchange))


def _tell_json(exchange: Exchange) -> None:
    line = {
        "method": exchange.method,
        "path": exchange.path,
        "status": exchange.status,
        "events": exchange.events,
        "ms": round(exchange.milliseconds, 1),
        "fault": exchange.fault,
    }
    _write(json.dumps(line))


def _write(line: str) -> None:
    """Write a line at once, so that a signal loses none.

    As one piece: stderr writes through at the end of a line, and `print` would hand
    it the line and its end one by one.
    """
    sys.stderr.write(f"{line}\n")


_TELL = {"text": _tell, "json": _tell_json}


def _chance(text: str) -> tuple[str, float]:
    name, equals, chance = text.partition("=")
    try:
        return name.strip(), float(chance) if equals else 1.0
    except ValueError:
        reason = f"{text!r} is not a fault and its chance, as overloaded=0.1"
        raise argparse.ArgumentTypeError(reason) from None


def _key(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("an empty key would let nobody in")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, 0 to 65535")
    return int(text)
