"""What `text-completions contract` makes of its verdicts: files, and known failures."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ._command import CommandError

if TYPE_CHECKING:
    from text_completions_contract import Report, ReportFile


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where reports go and what is known to fail."""
    parser.add_argument(
        "--report",
        metavar="KIND=FILE",
        action="append",
        default=[],
        help="write the report to files, too: json=F,junit=F,html=F, any of them",
    )
    parser.add_argument(
        "--expected-failures",
        metavar="FILE",
        type=Path,
        help="a YAML list of clauses that may fail, and must not pass unnoticed",
    )


@dataclass(frozen=True)
class Reporting:
    """What becomes of a report.

    Args:
        files: Where it is written, beside the terminal.
        expected: Ids of clauses that are known to fail, and why.
    """

    files: tuple[ReportFile, ...]
    expected: dict[str, str]

    def finish(self, report: Report) -> int:
        """Write and print a report; returns the exit status."""
        import text_completions_contract as suite

        report = replace(report, expected=self.expected)
        # First, as stdout may be a pipe that nobody reads to its end.
        troubles = suite.write_reports(report, self.files)
        suite.print_report(report)
        if troubles:
            raise CommandError("; ".join(troubles))
        return report.exit_code


def prepare(arguments: argparse.Namespace) -> Reporting:
    """Read the options, and see that the files can be written: before a run begins.

    Raises:
        SetupError: An option cannot be honoured.
    """
    import text_completions_contract as suite

    files = suite.parse_reports(arguments.report)
    path = arguments.expected_failures
    expected = {} if path is None else suite.read_expected(path)
    suite.check_reports(files)
    return Reporting(files, expected)
