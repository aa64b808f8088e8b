"""Report files and expected failures of `text-completions contract`."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ._command import CommandError
from ._contract_options import changed_options

if TYPE_CHECKING:
    from text_completions_contract import Report, ReportFile


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for report files and expected failures."""
    parser.add_argument(
        "--report",
        metavar="KIND=FILE",
        action="append",
        default=[],
        help="also write the report to files: json=F,junit=F,html=F, any of them; a "
        "comparison to html=F",
    )
    parser.add_argument(
        "--expected-failures",
        metavar="FILE",
        type=Path,
        help="a YAML list of clauses that are known to fail",
    )
    parser.add_argument(
        "--write-expected-failures",
        metavar="FILE",
        type=Path,
        help="write the clauses that failed as such a list",
    )


@dataclass(frozen=True)
class Reporting:
    """What to do with a report.

    Args:
        files: The files to write it to.
        expected: Ids of clauses that are known to fail, each with its reason.
        write_expected: The file to list the failures in, or None.
    """

    files: tuple[ReportFile, ...]
    expected: dict[str, str]
    write_expected: Path | None

    def finish(self, report: Report) -> int:
        """Write and print a report; returns the exit status."""
        import text_completions_contract as suite

        report = replace(report, expected=self.expected)
        # Files first, because stdout may be a pipe that nobody reads to its end.
        errors = suite.write_reports(report, self.files)
        if self.write_expected is not None:
            suite.write_expected(self.write_expected, report)
        suite.print_report(report)
        if errors:
            raise CommandError("; ".join(errors))
        return report.exit_code


def prepare(arguments: argparse.Namespace) -> Reporting:
    """Read the options, and check before the run that the files can be written.

    Raises:
        SetupError: An option is invalid, or a file cannot be written.
    """
    import text_completions_contract as suite

    files = suite.parse_reports(arguments.report)
    path = arguments.expected_failures
    document = arguments.document
    expected = {} if path is None else suite.read_expected(path, document)
    suite.check_reports(files)
    return Reporting(files, expected, arguments.write_expected_failures)


def compare(arguments: argparse.Namespace) -> int:
    """Compare two reports, print what changed and return the exit status.

    Raises:
        SetupError: A report cannot be read, or the comparison cannot be written.
    """
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
    more = ("only", "list", "explain", "expected_failures", "write_expected_failures")
    return [
        *(["the URL"] if arguments.url is not None else []),
        *changed_options(arguments),
        *(f"--{one.replace('_', '-')}" for one in more if getattr(arguments, one)),
    ]
