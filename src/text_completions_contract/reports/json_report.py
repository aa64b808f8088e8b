"""Writes and reads the report as JSON; `contract-report.schema.json` describes it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from .._coverage import SchemaCoverage
from .._registry import Clause, Level
from .._report import Outcome, Report, Result, Verdict
from .._settings import SetupError, reason_of
from .sources import link

SCHEMA: Final = Path(__file__).with_name("contract-report.schema.json")
# Incremented when a member is renamed, removed or gets another meaning.
FORMAT: Final = 1


def as_json(report: Report, when: datetime) -> bytes:
    """The report as indented JSON in UTF-8."""
    members = {
        "format": FORMAT,
        "tool": f"text-completions {version('text-completions')}",
        "written": when.isoformat(),
        "url": report.url,
        "model": report.model,
        "strict": report.strict,
        "conclusion": report.conclusion,
        "exit_code": report.exit_code,
        "obstacle": report.obstacle,
        "requests": report.requests,
        "seconds": round(report.seconds, 3),
        "counts": {
            outcome.value: len(report.with_outcome(outcome)) for outcome in Outcome
        },
        "coverage": asdict(report.coverage),
        "clauses": [_clause(report, result) for result in report.results],
    }
    text = json.dumps(members, ensure_ascii=False, indent=2)
    return (text + "\n").encode("utf-8", "backslashreplace")


def _clause(report: Report, result: Result) -> dict[str, Any]:
    clause = result.clause
    is_failed = result.verdict is Verdict.FAILED
    first = report.first_with_cause(result) if is_failed else None
    return {
        "id": clause.id,
        "section": clause.section,
        "level": clause.level.value,
        "sentence": clause.sentence,
        "versions": list(clause.versions),
        "source": clause.source,
        "link": link(clause.source),
        "verdict": result.verdict.value,
        "outcome": report.outcome(result).value,
        "expected": report.expected.get(clause.id),
        "note": result.note,
        "cause": result.cause or None,
        "follows": first.clause.id if first else None,
        "sent": result.sent,
        "received": result.received,
    }


def read_report(path: Path) -> Report:
    """Read a report that `--report json=FILE` wrote.

    Raises:
        SetupError: The file cannot be read, or is not such a report.
    """
    try:
        members = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        message = f"the report {path} cannot be read: {reason_of(error)}"
        raise SetupError(message) from error
    schema = json.loads(SCHEMA.read_text("utf-8"))
    for violation in jsonschema_rs.Draft202012Validator(schema).iter_errors(members):
        place = "/".join(map(str, violation.instance_path)) or "the whole file"
        raise SetupError(
            f"{path} is not a report of this program: {place}: "
            f"{violation.message[:200]}; write one with --report json=FILE"
        )
    clauses, coverage = members["clauses"], members["coverage"]
    listed = (one for one in clauses if one["expected"] is not None)
    return Report(
        url=members["url"],
        model=members["model"],
        results=tuple(map(_result, clauses)),
        obstacle=members["obstacle"],
        requests=members["requests"],
        seconds=members["seconds"],
        strict=members["strict"],
        coverage=SchemaCoverage(**{name: tuple(coverage[name]) for name in coverage}),
        expected={one["id"]: one["expected"] for one in listed},
    )


def _result(members: Any) -> Result:
    return Result(
        clause=Clause(
            id=members["id"],
            sentence=members["sentence"],
            level=Level(members["level"]),
            source=members["source"],
        ),
        verdict=Verdict(members["verdict"]),
        note=members["note"],
        cause=members["cause"] or "",
        sent=members["sent"],
        received=members["received"],
    )
