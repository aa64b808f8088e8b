"""`text-completions contract URL`: judge a server clause by clause."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _contract_options as options
from . import _contract_reports as reports
from ._command import CommandError, Commands, add_command, extra

if TYPE_CHECKING:
    from text_completions_contract import Settings

DESCRIPTION = """\
Judge whether the server at URL honours the contract of the Text Completions API:
POST /v1/complete in both versions of its wire format, and POST /v1/messages where the
server has it. Each clause is passed, failed (with a curl command that shows it) or not
judged (with the reason).

The API key is read from the environment, never from an argument. Without one, a server
on this machine gets a throwaway key.
"""
EPILOG = """\
exit status:
  0    the server conforms
  1    it deviates
  2    it could not be judged: not reached, key refused, no model that answers
  130  the run was interrupted; the verdicts until then are reported
With --compare: 0 if no clause got worse, 1 if one did, 2 if a report cannot be read.

example:
  text-completions mock --port 8000 &
  text-completions contract http://127.0.0.1:8000
  text-completions contract http://127.0.0.1:8000 --only stream --only stop --strict
  text-completions contract --compare before.json after.json
  text-completions contract "$GATEWAY" --profile paid --max-requests 500 --rate 30/m
"""
INTERRUPTED = 130


def register(commands: Commands) -> None:
    """Add the command."""
    parser = add_command(
        commands,
        "contract",
        run,
        summary="check whether a server honours the contract",
        description=DESCRIPTION,
        epilog=EPILOG,
    )
    add = parser.add_argument
    add("url", metavar="URL", nargs="?", help="the base URL of the server")
    options.add_options(parser)
    add(
        "--only",
        metavar="SECTION",
        action="append",
        default=[],
        help="judge only this section or clause; may be repeated",
    )
    add("--list", action="store_true", help="print the clauses and judge nothing")
    add(
        "--compare",
        metavar=("BEFORE", "AFTER"),
        nargs=2,
        type=Path,
        help="say what changed between two reports that --report json=FILE wrote, and "
        "judge nothing",
    )
    add(
        "--explain",
        metavar="ID",
        help="print a clause, its sources and an example, and judge nothing",
    )
    reports.add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Judge the server and print the report."""
    with extra("contract", "schemathesis", "hypothesis"):
        import text_completions_contract as suite

        settings = _settings(arguments)
        try:
            if arguments.compare:
                return reports.compare(arguments)
            if arguments.list:
                suite.print_clauses(suite.chosen_clauses(settings))
                return 0
            if arguments.explain:
                suite.print_explanation(suite.explain(arguments.explain, settings))
                return 0
            reporting = reports.prepare(arguments)
            return _judged(_url(arguments), settings, reporting)
        except suite.SetupError as error:
            raise CommandError(str(error)) from error


def _judged(url: str, settings: Settings, reporting: reports.Reporting) -> int:
    import text_completions_contract as suite

    try:
        with suite.Narrator(expected=reporting.expected) as narrator:
            report = suite.run(url, settings, narrator)
    except suite.Interrupted as interrupt:
        reporting.finish(interrupt.report)
        return INTERRUPTED
    return reporting.finish(report)


def _settings(arguments: argparse.Namespace) -> Settings:
    def value(name: str) -> Any:
        return getattr(arguments, name.replace("-", "_"))

    return options.settings_of(value, only=tuple(arguments.only))


def _url(arguments: argparse.Namespace) -> str:
    if arguments.url is None:
        raise CommandError("give the URL of a server, or --list to print the clauses")
    return str(arguments.url)
