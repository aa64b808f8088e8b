"""Reports as files: what they are called, and how they are written."""

from __future__ import annotations

from .files import ReportFile, check_reports, parse_reports, write_reports

__all__ = ["ReportFile", "check_reports", "parse_reports", "write_reports"]
