"""Reports of a run: for the terminal, and as JSON, JUnit and HTML files."""

from __future__ import annotations

from .files import (
    ReportFile,
    check_reports,
    parse_reports,
    write_comparison,
    write_reports,
)

__all__ = [
    "ReportFile",
    "check_reports",
    "parse_reports",
    "write_comparison",
    "write_reports",
]
