"""Judges any server by the contract of the Text Completions API, clause by clause."""

from __future__ import annotations

from ._clause import Clause, Level
from ._errors import SetupError
from ._expected import read_expected
from ._print import Narrator, print_clauses, print_report
from ._report import Outcome, Report, Result, Verdict
from ._reports import ReportFile, check_reports, parse_reports, write_reports
from ._run import Interrupted, all_clauses, chosen_clauses, run
from ._sections import SECTIONS
from ._settings import Settings

__all__ = [
    "SECTIONS",
    "Clause",
    "Interrupted",
    "Level",
    "Narrator",
    "Outcome",
    "Report",
    "ReportFile",
    "Result",
    "Settings",
    "SetupError",
    "Verdict",
    "all_clauses",
    "check_reports",
    "chosen_clauses",
    "parse_reports",
    "print_clauses",
    "print_report",
    "read_expected",
    "run",
    "write_reports",
]
