"""The report as JSON, which `contract-report.schema.json` beside it describes."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final

from .._report import Outcome, Report, Result, Verdict
from .sources import link

# Incremented when a member is renamed, removed or gets another meaning.
FORMAT: Final = 1


def as_json(report: Report, when: datetime) -> bytes:
    """The report as indented JSON in UTF-8."""
    text = json.dumps(members(report, when), ensure_ascii=False, indent=2)
    return (text + "\n").encode("utf-8", "backslashreplace")


def members(report: Report, when: datetime) -> dict[str, Any]:
    """The members of the JSON object."""
    return {
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
