"""Judges any server by the contract of the Text Completions API, clause by clause."""

from __future__ import annotations

from ._comparison import Change, Comparison
from ._coverage import SchemaCoverage
from ._expected_failures import read_expected, write_expected
from ._explain import Explanation, explain
from ._registry import Clause, Level
from ._report import Outcome, Report, Result, Verdict
from ._runner import Interrupted, run
from ._selection import SECTIONS, all_clauses, chosen_clauses
from ._settings import Settings, SetupError
from .reports.files import (
    ReportFile,
    check_reports,
    parse_reports,
    write_comparison,
    write_reports,
)
from .reports.json_report import read_report
from .reports.terminal import (
    Narrator,
    print_clauses,
    print_comparison,
    print_explanation,
    print_report,
)

__all__ = [
    "SECTIONS",
    "Change",
    "Clause",
    "Comparison",
    "Explanation",
    "Interrupted",
    "Level",
    "Narrator",
    "Outcome",
    "Report",
    "ReportFile",
    "Result",
    "SchemaCoverage",
    "Settings",
    "SetupError",
    "Verdict",
    "all_clauses",
    "check_reports",
    "chosen_clauses",
    "explain",
    "parse_reports",
    "print_clauses",
    "print_comparison",
    "print_explanation",
    "print_report",
    "read_expected",
    "read_report",
    "run",
    "write_comparison",
    "write_expected",
    "write_reports",
]
