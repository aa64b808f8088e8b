"""`text-completions contract URL`: judge a server clause by clause."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from . import _contract_reports as reports
from ._support import CommandError, Commands, extra

if TYPE_CHECKING:
    from text_completions_contract import Settings

DESCRIPTION = """\
Judge whether the server at URL honours the contract of the Text Completions API:
POST /v1/complete in both versions of its wire format, and POST /v1/messages where the
server has it. Each clause is passed, failed (with a curl command that shows it) or not
judged (with the reason).

The key is read from the environment, never from an argument. A server on this machine
is sent a throwaway key when there is none.
"""
EPILOG = """\
exit status:
  0  the server conforms
  1  it deviates
  2  it could not be judged: not reached, key refused, no model that answers

example:
  text-completions mock --port 8000 &
  text-completions contract http://127.0.0.1:8000
  text-completions contract http://127.0.0.1:8000 --only stream --only stop --strict
  text-completions contract "$GATEWAY" --profile paid --max-requests 300 --rate 30/m
"""


def register(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "contract",
        help="judge whether a server honours the contract",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_whom_to_ask(parser)
    _add_what_to_judge(parser)
    _add_how_to_judge(parser)
    _add_what_it_may_cost(parser)
    reports.add_options(parser)
    parser.set_defaults(run=run)


def _add_whom_to_ask(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("url", metavar="URL", nargs="?", help="where the server is")
    add("--model", default="claude-2.1", help="the model to ask (%(default)s)")
    add(
        "--api-key-env",
        metavar="NAME",
        default="ANTHROPIC_API_KEY",
        help="the environment variable that holds the key (%(default)s)",
    )
    add(
        "--header",
        metavar="'NAME: VALUE'",
        action="append",
        default=[],
        help="add this header to every request; may be given again",
    )
    add(
        "--path-prefix",
        metavar="PATH",
        default="",
        help="what stands before /v1/complete",
    )


def _add_what_to_judge(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--document", metavar="FILE", type=Path, help="judge by this OpenAPI document")
    add("--version", help="judge this anthropic-version alone, such as 2023-06-01")
    add(
        "--only",
        metavar="SECTION",
        action="append",
        default=[],
        help="this section or clause alone; may be given again",
    )
    add(
        "--skip",
        metavar="ID",
        action="append",
        default=[],
        help="not this clause or section; may be given again",
    )
    add("--list", action="store_true", help="print the clauses and judge nothing")


def _add_how_to_judge(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--strict", action="store_true", help="a failed SHOULD deviates, too")
    add(
        "--profile",
        choices=["quick", "full", "paid"],
        default="quick",
        help="full sends many more generated requests, from three seeds; paid sends "
        "examples and directed requests alone and asks for short answers (%(default)s)",
    )
    add("--seed", type=int, default=1, help="where generated requests begin (1)")


def _add_what_it_may_cost(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--max-requests", metavar="N", type=_count, help="stop after N requests")
    add(
        "--max-tokens",
        metavar="N",
        type=_count,
        help="stop before answers may have more than N tokens in all",
    )
    add("--rate", metavar="N/m", help="send so many requests per s, m or h at most")


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def run(arguments: argparse.Namespace) -> int:
    """Judge the server and print the report."""
    with extra("contract", "schemathesis", "hypothesis"):
        import text_completions_contract as suite

        settings = _settings(arguments)
        try:
            if arguments.list:
                suite.print_clauses(suite.chosen_clauses(settings))
                return 0
            reporting = reports.prepare(arguments)
            with suite.Narrator(expected=reporting.expected) as narrator:
                report = suite.run(_url(arguments), settings, narrator)
        except suite.SetupError as error:
            raise CommandError(str(error)) from error
        return reporting.finish(report)


def _settings(arguments: argparse.Namespace) -> Settings:
    from text_completions_contract import Settings

    return Settings(
        model=arguments.model,
        api_key=os.environ.get(arguments.api_key_env) or None,
        key_name=arguments.api_key_env,
        headers=tuple(map(_header, arguments.header)),
        path_prefix=arguments.path_prefix,
        version=arguments.version,
        document=arguments.document,
        only=tuple(arguments.only),
        skip=tuple(arguments.skip),
        strict=arguments.strict,
        profile=arguments.profile,
        seed=arguments.seed,
        max_requests=arguments.max_requests,
        max_tokens=arguments.max_tokens,
        rate=arguments.rate,
    )


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        # Not repeated here: it may be a secret that was passed without its name.
        raise CommandError("--header takes 'NAME: VALUE', and a colon is missing")
    return name.strip(), value.strip()


def _url(arguments: argparse.Namespace) -> str:
    if arguments.url is None:
        raise CommandError("name the URL of a server, or --list the clauses")
    return str(arguments.url)
