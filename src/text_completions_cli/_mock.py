"""`text-completions mock`: serve the API offline, with invented text."""

from __future__ import annotations

import argparse
import sys

from ._command import CommandError, extra
from ._serving import add_address, add_api_keys, request_log

SUMMARY = "serve the API offline, with invented text"
DESCRIPTION = """\
Serve the Text Completions API offline. The text is invented, and the same
request gets the same response each time.
"""
EPILOG = r"""
The server listens on this machine only, unless --host says otherwise. Ctrl-C stops it.
In a browser, its address leads to the API reference and to the journal of requests.

exit status:
  0  the server was stopped
  2  the server could not start

example:
  text-completions mock &
  curl http://127.0.0.1:8765/v1/complete \
    -H 'content-type: application/json' \
    -H 'anthropic-version: 2023-06-01' -H 'x-api-key: sk-any' \
    -d '{"model": "claude-2.1", "max_tokens_to_sample": 64, "stream": true,
         "prompt": "\n\nHuman: Hello, Claude\n\nAssistant:"}'
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_address(parser)
    _add_service(parser)
    _add_behaviour(parser)


def _add_service(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="each seed gives other text (default: %(default)s)",
    )
    add_api_keys(parser, default="every key that starts with sk-")
    add(
        "--prompt-check",
        choices=("strict", "off"),
        default="strict",
        help="strict refuses prompts without turns and prompts that are too long "
        "(default: %(default)s)",
    )
    add(
        "--document",
        metavar="FILE",
        help="serve this OpenAPI document (default: the one that is installed)",
    )
    add(
        "--era",
        metavar="NAME",
        help="answer as the service did at another time: 2023 (default: today)",
    )
    add(
        "--model",
        action="append",
        default=[],
        metavar="NAME",
        help="accept this model as well (may be repeated)",
    )
    add("--any-model", action="store_true", help="accept every model name")


def _add_behaviour(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--replies",
        metavar="FILE",
        help="answer with the replies of this YAML file (default: invented text)",
    )
    add(
        "--fault",
        type=_parse_fault,
        action="append",
        default=[],
        metavar="NAME=RATE",
        help="let this share of the requests fail: overloaded=0.1 (may be repeated)",
    )
    add(
        "--rate-limit",
        metavar="N/UNIT",
        help="answer N requests of a key per s, m or h, then 429: 50/m",
    )
    add(
        "--ttft",
        type=float,
        default=0,
        metavar="SECONDS",
        help="send the first token after so many seconds (default: at once)",
    )
    add(
        "--tokens-per-second",
        type=float,
        metavar="N",
        help="send the other tokens at this pace (default: at once)",
    )
    add(
        "--jitter",
        type=float,
        default=0,
        metavar="SHARE",
        help="vary each wait at random: 0.2 makes it 0.8 to 1.2 times as long "
        "(default: never)",
    )
    add(
        "--admin",
        choices=("loopback", "any", "off"),
        default="loopback",
        help="who may use the endpoints below /__mock__/ (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal stops the server, and return the exit status."""
    with extra("server"):
        from text_completions_server import Latency, ServerError, create_app, serve
    faults = dict(arguments.fault)
    if len(faults) < len(arguments.fault):
        raise CommandError("--fault has a name twice: give each fault one rate")
    try:
        latency = Latency(
            ttft=arguments.ttft,
            tokens_per_second=arguments.tokens_per_second,
            jitter=arguments.jitter,
        )
        app = create_app(
            document=arguments.document,
            seed=arguments.seed,
            api_keys=arguments.api_key,
            prompt_check=arguments.prompt_check,
            era=arguments.era,
            models=arguments.model,
            any_model=arguments.any_model,
            faults=faults,
            replies=arguments.replies,
            rate_limit=arguments.rate_limit,
            admin=arguments.admin,
            on_exchange=request_log(arguments),
            latency=None if latency == Latency() else latency,
        )
        if arguments.admin == "any":
            print(
                "warning: --admin any lets everybody who can reach this server read "
                "the requests and change the responses",
                file=sys.stderr,
            )
        serve(app, host=arguments.host, port=arguments.port)
    except (ServerError, ValueError) as error:
        raise CommandError(str(error)) from error
    return 0


def _parse_fault(text: str) -> tuple[str, float]:
    name, equals, rate = text.partition("=")
    try:
        return name.strip(), float(rate) if equals else 1.0
    except ValueError:
        message = f"{text!r} is not NAME=RATE, such as overloaded=0.1"
        raise argparse.ArgumentTypeError(message) from None
