"""Reads the file of known failures, which a run may find without failing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from text_completions_document import ParseError, is_list, mapping, parse_yaml, sequence

from ._contract import load_contract
from ._report import Report, Verdict
from ._selection import all_clauses
from ._settings import SetupError, reason_of
from .reports.files import write_whole

FORM: Final = "write a list of ids of clauses, each as `- ID` or `- ID: the reason`"


def read_expected(path: Path, document: Path | None = None) -> dict[str, str]:
    """Read the ids of clauses that are known to fail, each with its reason or "".

    Args:
        path: The file.
        document: The OpenAPI document of the run. Default: the installed one.

    Raises:
        SetupError: The file cannot be read, has another form or an unknown id.
    """
    try:
        data = parse_yaml(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ParseError) as error:
        message = f"the expected failures {path} cannot be read: {reason_of(error)}"
        raise SetupError(message) from error
    if data is not None and not is_list(data):
        raise SetupError(f"the expected failures {path} are not a list: {FORM}")
    known = {clause.id for clause in all_clauses(load_contract(document))}
    expected: dict[str, str] = {}
    for number, entry in enumerate(sequence(data), 1):
        place = f"entry {number} of the expected failures {path}"
        pairs = {entry: None} if isinstance(entry, str) else mapping(entry)
        match list(pairs.items()):
            case [(str(identity), (str() | None) as reason)]:
                pass
            case _:
                raise SetupError(f"{place} cannot be read: {FORM}")
        if identity not in known:
            hint = "--list prints all clauses"
            raise SetupError(f"{place} is not a clause: {identity!r}; {hint}")
        if identity in expected:
            raise SetupError(f"{place} repeats {identity!r}")
        expected[identity] = " ".join((reason or "").split())
    return expected


def write_expected(path: Path, report: Report) -> None:
    """Write the failures of a run as a list that `read_expected` reads.

    Raises:
        SetupError: The file cannot be written.
    """
    lines = ["# Failures that are known. A clause that passes must be taken off.\n"]
    for result in report.of(Verdict.FAILED):
        reason = report.expected.get(result.clause.id) or result.note
        lines.append(f"- {result.clause.id}: {json.dumps(reason)}\n")
    try:
        write_whole(path, "".join(lines).encode())
    except OSError as error:
        message = f"the expected failures {path} cannot be written: {reason_of(error)}"
        raise SetupError(message) from error
