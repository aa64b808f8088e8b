"""Compares two reports: which clauses changed, which causes came and went."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from ._coverage import SchemaCoverage
from ._registry import Clause, Level
from ._report import Outcome, Report, Result, Verdict
from ._settings import SetupError

SCHEMA: Final = Path(__file__).parent / "reports" / "contract-report.schema.json"
_RANKS: Final = {Verdict.PASSED: 2, Verdict.NOT_JUDGED: 1, Verdict.FAILED: 0}


@dataclass(frozen=True)
class Change:
    """A clause whose verdict differs between two reports.

    Args:
        before: Its result in the first report, or None where it is not there.
        after: Its result in the second report, or None where it is not there.
    """

    before: Result | None
    after: Result | None

    @property
    def result(self) -> Result:
        """The result in the second report, or in the first if only that has one."""
        result = self.after or self.before
        assert result is not None
        return result

    @property
    def clause(self) -> Clause:
        """The clause, as the second report has it if it is there."""
        return self.result.clause

    @property
    def verdicts(self) -> str:
        """Both verdicts in a phrase."""
        before, after = (
            "not in the report" if one is None else one.verdict.value
            for one in (self.before, self.after)
        )
        return f"{before} → {after}"


@dataclass(frozen=True)
class Comparison:
    """What changed from one report to another.

    Args:
        before: The first report.
        after: The second report.
    """

    before: Report
    after: Report

    @property
    def worse(self) -> list[Change]:
        """The clauses that fail now, or that passed and were not judged now.

        A failure that is only advice, or is expected, is not among them.
        """
        return [one for one in self._in_both() if self._is_worse(one)]

    @property
    def better(self) -> list[Change]:
        """The clauses that pass now."""
        return [one for one in self._in_both() if _is_better(one)]

    @property
    def other(self) -> list[Change]:
        """The clauses whose verdict changed without being worse or better."""
        return [
            one
            for one in self._in_both()
            if not self._is_worse(one) and not _is_better(one)
        ]

    @property
    def one_sided(self) -> list[Change]:
        """The clauses that only one of the reports has."""
        return [one for one in self._changes() if not (one.before and one.after)]

    @property
    def unchanged(self) -> int:
        """How many clauses have the same verdict in both reports."""
        return len({one.clause.id for one in self.after.results}) - sum(
            one.after is not None for one in self._changes()
        )

    @property
    def new_causes(self) -> dict[str, list[Result]]:
        """Causes of failures in the second report alone, each with its clauses."""
        return _only_in(self.after, self.before)

    @property
    def gone_causes(self) -> dict[str, list[Result]]:
        """Causes of failures in the first report alone, each with its clauses."""
        return _only_in(self.before, self.after)

    def first_with_cause(self, change: Change) -> Result | None:
        """The first failure for the same cause, if it got worse as well."""
        if change.after is None or change.after.verdict is not Verdict.FAILED:
            return None
        first = self.after.first_with_cause(change.after)
        worse = {one.clause.id for one in self.worse}
        return first if first and first.clause.id in worse else None

    @property
    def exit_code(self) -> int:
        """1 if a clause got worse, else 0."""
        return 1 if self.worse else 0

    @property
    def conclusion(self) -> str:
        """What changed, in a phrase."""
        counts = f"{len(self.worse)} worse, {len(self.better)} better"
        rest = len(self.other) + len(self.one_sided)
        others = f", {rest} changed otherwise" if rest else ""
        return f"{counts}{others}, {self.unchanged} as before"

    @property
    def facts(self) -> Iterator[str]:
        """What each report says as a whole, a line for each."""
        for name, report in (("before", self.before), ("after", self.after)):
            failed = f"{len(report.of(Verdict.FAILED))} of {len(report.results)} failed"
            obstacle = f" ({report.obstacle})" if report.obstacle else ""
            yield (
                f"{name}: {report.url} with {report.model} {report.conclusion}, "
                f"{failed}{obstacle}"
            )

    def groups(self) -> Iterator[tuple[str, Outcome, list[Change]]]:
        """Yield the changes in the order of a report: title, outcome, changes."""
        for title, outcome, changes in (
            ("Got worse", Outcome.FAILED, self.worse),
            ("Got better", Outcome.PASSED, self.better),
            ("Changed otherwise", Outcome.NOT_JUDGED, self.other),
            ("In one report only", Outcome.NOT_JUDGED, self.one_sided),
        ):
            if changes:
                yield title, outcome, changes

    def cause_groups(self) -> Iterator[tuple[str, dict[str, list[Result]]]]:
        """Yield the causes that are new or gone, with a title."""
        for title, causes in (
            ("New causes", self.new_causes),
            ("Gone causes", self.gone_causes),
        ):
            if causes:
                yield title, causes

    def _changes(self) -> Iterator[Change]:
        before = {one.clause.id: one for one in self.before.results}
        after = {one.clause.id: one for one in self.after.results}
        for identity in dict.fromkeys((*after, *before)):
            change = Change(before.get(identity), after.get(identity))
            old, new = change.before, change.after
            if old is None or new is None or old.verdict is not new.verdict:
                yield change

    def _in_both(self) -> Iterator[Change]:
        return (one for one in self._changes() if one.before and one.after)

    def _is_worse(self, change: Change) -> bool:
        if change.before is None or change.after is None:
            return False
        if change.after.verdict is Verdict.FAILED:
            return self.after.outcome(change.after) is Outcome.FAILED
        return _RANKS[change.after.verdict] < _RANKS[change.before.verdict]


def _is_better(change: Change) -> bool:
    return change.after is not None and change.after.verdict is Verdict.PASSED


def _only_in(report: Report, other: Report) -> dict[str, list[Result]]:
    known = _causes(other)
    return {
        cause: results
        for cause, results in _causes(report).items()
        if cause not in known
    }


def _causes(report: Report) -> dict[str, list[Result]]:
    causes: dict[str, list[Result]] = {}
    for result in report.of(Verdict.FAILED):
        first = report.first_with_cause(result) or result
        if first.cause:
            causes.setdefault(first.cause, []).append(result)
    return causes


def read_report(path: Path) -> Report:
    """Read a report that `--report json=FILE` wrote.

    Raises:
        SetupError: The file cannot be read, or is not such a report.
    """
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SetupError(f"the report {path} cannot be read: {reason}") from error
    for violation in _validator().iter_errors(value):
        place = "/".join(map(str, violation.instance_path)) or "the whole file"
        raise SetupError(
            f"{path} is not a report of this program: {place}: "
            f"{violation.message[:200]}; write one with --report json=FILE"
        )
    return _report(value)


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))


def _report(members: Any) -> Report:
    clauses = members["clauses"]
    return Report(
        url=members["url"],
        model=members["model"],
        results=tuple(map(_result, clauses)),
        obstacle=members["obstacle"],
        requests=members["requests"],
        seconds=members["seconds"],
        strict=members["strict"],
        coverage=SchemaCoverage(
            **{name: tuple(one) for name, one in members["coverage"].items()}
        ),
        expected={
            one["id"]: one["expected"] for one in clauses if one["expected"] is not None
        },
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
