"""`text-completions contract URL`: judge a server clause by clause."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ._command import CommandError, extra
from ._contract_options import OPTIONS, add_options, settings_of

if TYPE_CHECKING:
    from text_completions_contract import Settings

SUMMARY = "check whether a server honours the contract"
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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("url", metavar="URL", nargs="?", help="the base URL of the server")
    add_options(parser)
    add(
        "--only",
        metavar="ID",
        action="append",
        default=[],
        help="judge only this clause or section; may be repeated",
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
    add(
        "--report",
        metavar="KIND=FILE",
        action="append",
        default=[],
        help="also write the report to files: json=F,junit=F,html=F, any of them; a "
        "comparison to html=F",
    )
    add(
        "--expected-failures",
        metavar="FILE",
        type=Path,
        help="a YAML list of clauses that are known to fail",
    )
    add(
        "--write-expected-failures",
        metavar="FILE",
        type=Path,
        help="write the clauses that failed as such a list",
    )


def run(arguments: argparse.Namespace) -> int:
    """Judge the server and print the report."""
    with extra("contract", "schemathesis", "hypothesis"):
        try:
            import text_completions_contract as suite
        except ModuleNotFoundError:
            raise
        except ImportError as error:  # without docstrings
            raise CommandError(str(error)) from error

        values = {name: getattr(arguments, name.replace("-", "_")) for name in OPTIONS}
        settings = settings_of(values, only=tuple(arguments.only))
        try:
            if arguments.compare:
                return _compare(arguments)
            if arguments.list:
                suite.print_clauses(suite.chosen_clauses(settings))
                return 0
            if arguments.explain:
                suite.print_explanation(suite.explain(arguments.explain, settings))
                return 0
            return _judge(arguments, settings)
        except suite.SetupError as error:
            raise CommandError(str(error)) from error


def _judge(arguments: argparse.Namespace, settings: Settings) -> int:
    import text_completions_contract as suite

    if arguments.url is None:
        raise CommandError("give the URL of a server, or --list to print the clauses")
    files = suite.parse_reports(arguments.report)
    expected: dict[str, str] = {}
    if arguments.expected_failures is not None:
        path = arguments.expected_failures
        expected = suite.read_expected(path, arguments.document)
    suite.check_reports(files)  # before the run: a file that cannot be written
    is_interrupted = False
    try:
        with suite.Narrator(expected=expected) as narrator:
            report = suite.run(arguments.url, settings, narrator)
    except suite.Interrupted as interrupt:
        report, is_interrupted = interrupt.report, True
    report = replace(report, expected=expected)
    # Files first, because stdout may be a pipe that nobody reads to its end.
    errors = suite.write_reports(report, files)
    if arguments.write_expected_failures is not None:
        suite.write_expected(arguments.write_expected_failures, report)
    suite.print_report(report)
    if errors:
        raise CommandError("; ".join(errors))
    return INTERRUPTED if is_interrupted else report.exit_code


def _compare(arguments: argparse.Namespace) -> int:
    import text_completions_contract as suite

    if extras := _options_of_a_run(arguments):
        message = "--compare reads two reports and judges no server: leave out "
        raise CommandError(message + ", ".join(extras))
    files = suite.parse_reports(arguments.report)
    comparison = suite.Comparison(*map(suite.read_report, arguments.compare))
    suite.write_comparison(comparison, files)
    suite.print_comparison(comparison)
    return comparison.exit_code


def _options_of_a_run(arguments: argparse.Namespace) -> list[str]:
    """Return what the command line says beside a comparison and its files."""
    parser: argparse.ArgumentParser = arguments.parser
    defaults = vars(parser.parse_args([])) | {"compare": arguments.compare}
    names = [
        name
        for name, default in defaults.items()
        if name != "report" and getattr(arguments, name) != default
    ]
    return [
        "the URL" if name == "url" else f"--{name.replace('_', '-')}" for name in names
    ]
