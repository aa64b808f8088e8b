"""Judges any server by the contract of the Text Completions API, clause by clause."""

from __future__ import annotations

from ._clause import Clause, Level
from ._errors import SetupError
from ._print import Narrator, print_clauses, print_report
from ._report import Report, Result, Verdict
from ._run import all_clauses, chosen_clauses, run
from ._sections import SECTIONS
from ._settings import Settings

__all__ = [
    "SECTIONS",
    "Clause",
    "Level",
    "Narrator",
    "Report",
    "Result",
    "Settings",
    "SetupError",
    "Verdict",
    "all_clauses",
    "chosen_clauses",
    "print_clauses",
    "print_report",
    "run",
]
