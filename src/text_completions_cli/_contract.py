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
    _add_what_to_judge(parser)
    _add_how_to_judge(parser)
    reports.add_options(parser)
    parser.set_defaults(run=run)


def _add_what_to_judge(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("url", metavar="URL", nargs="?", help="where the server is")
    add("--model", default="claude-2.1", help="the model to ask (%(default)s)")
    add(
        "--api-key-env",
        metavar="NAME",
        default="ANTHROPIC_API_KEY",
        help="the environment variable that holds the key (%(default)s)",
    )
    add("--document", metavar="FILE", type=Path, help="judge by this OpenAPI document")
    add("--only", metavar="SECTION", action="append", default=[], help="these sections")
    add("--skip", metavar="ID", action="append", default=[], help="not these clauses")
    add("--list", action="store_true", help="print the clauses and judge nothing")


def _add_how_to_judge(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--strict", action="store_true", help="a failed SHOULD deviates, too")
    add(
        "--profile",
        choices=["quick", "full"],
        default="quick",
        help="full sends many more generated requests, from three seeds (%(default)s)",
    )
    add("--seed", type=int, default=1, help="where generated requests begin (1)")


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
        document=arguments.document,
        only=tuple(arguments.only),
        skip=tuple(arguments.skip),
        strict=arguments.strict,
        profile=arguments.profile,
        seed=arguments.seed,
    )


def _url(arguments: argparse.Namespace) -> str:
    if arguments.url is None:
        raise CommandError("name the URL of a server, or --list the clauses")
    return str(arguments.url)
