"""Writes report files, each whole or not at all."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from .._comparison import Comparison
from .._report import Report
from .._settings import SetupError, reason_of
from .html import as_html, comparison_as_html
from .json_report import as_json
from .junit import as_junit

KINDS: Final[dict[str, Callable[[Report, datetime], bytes]]] = {
    "json": as_json,
    "junit": as_junit,
    "html": as_html,
}
# A comma separates only where a kind follows, because file names may have commas.
SEPARATOR: Final = re.compile(r",(?=\w*=)")


@dataclass(frozen=True)
class ReportFile:
    """A file that a report goes to.

    Args:
        kind: `json`, `junit` or `html`.
        path: Where it is written.
    """

    kind: str
    path: Path


def parse_reports(words: Iterable[str]) -> tuple[ReportFile, ...]:
    """Read `json=F,junit=F,html=F`, any of them, in one word or several.

    Raises:
        SetupError: A kind is unknown, has no file, or a file is named twice.
    """
    files = [_parsed(item) for word in words for item in SEPARATOR.split(word)]
    for number, file in enumerate(files):
        if any(file.path == other.path for other in files[:number]):
            raise SetupError(f"two reports cannot both be written to {file.path}")
    return tuple(files)


def check_reports(files: Iterable[ReportFile]) -> None:
    """Check before a run that files can be written; raises `SetupError`."""
    for file in files:
        try:
            _check_writable(file.path)
        except (OSError, ValueError) as error:
            raise SetupError(_failed("report", file, error)) from error


def write_reports(report: Report, files: Iterable[ReportFile]) -> list[str]:
    """Write a report to files; returns an error message for each file that fails."""
    when = datetime.now(UTC).replace(microsecond=0)
    errors: list[str] = []
    for file in files:
        try:
            write_whole(file.path, KINDS[file.kind](report, when))
        except OSError as error:
            errors.append(_failed("report", file, error))
    return errors


def write_comparison(comparison: Comparison, files: Iterable[ReportFile]) -> None:
    """Write a comparison to files.

    Raises:
        SetupError: A file is of a kind other than `html`, or cannot be written.
    """
    for file in files:
        if file.kind != "html":
            raise SetupError(
                f"a comparison cannot be written as {file.kind}: write html=FILE"
            )
        try:
            write_whole(file.path, comparison_as_html(comparison))
        except OSError as error:
            raise SetupError(_failed("comparison", file, error)) from error


def _failed(what: str, file: ReportFile, error: Exception) -> str:
    return f"the {what} {file.path} cannot be written: {reason_of(error)}"


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; raises OSError."""
    if path.exists() and not path.is_file():
        # A device or a pipe must not be replaced by a file.
        path.write_bytes(data)
        return
    place = Path(os.path.realpath(path))
    beside = _beside(place)
    try:
        beside.write_bytes(data)
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def _parsed(item: str) -> ReportFile:
    kind, _, path = item.partition("=")
    if kind not in KINDS or not path:
        forms = ", ".join(f"{known}=FILE" for known in KINDS)
        raise SetupError(f"{item!r} is not a report; use {forms}")
    if path == "-":  # the report for people is there already
        raise SetupError(f"no report goes to stdout: write {kind}=FILE")
    return ReportFile(kind, Path(path))


def _check_writable(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(None, "it is a folder")
    if not path.parent.is_dir():
        raise FileNotFoundError(None, f"there is no folder {path.parent}")
    if path.exists():
        with path.open("ab"):
            pass
    if not path.exists() or path.is_file():
        beside = _beside(Path(os.path.realpath(path)))
        try:
            beside.touch()
        finally:
            beside.unlink(missing_ok=True)


def _beside(place: Path) -> Path:
    # Shortened, because a name at the maximum length has no room for the suffix.
    return place.with_name(f".{place.name[:200]}.{os.getpid()}")
