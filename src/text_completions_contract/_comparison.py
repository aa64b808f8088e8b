"""Compares two reports: which clauses changed, which causes came and went."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ._registry import Clause
from ._report import Outcome, Report, Result, Verdict


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
        return self._changes["worse"]

    @property
    def better(self) -> list[Change]:
        """The clauses that pass now."""
        return self._changes["better"]

    @property
    def other(self) -> list[Change]:
        """The clauses whose verdict changed without being worse or better."""
        return self._changes["other"]

    @property
    def one_sided(self) -> list[Change]:
        """The clauses that only one of the reports has."""
        return self._changes["one-sided"]

    @property
    def unchanged(self) -> int:
        """How many clauses have the same verdict in both reports."""
        return len(self._changes["none"])

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
        return first if any(first is one.after for one in self.worse) else None

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
        groups = (
            ("Got worse", Outcome.FAILED, self.worse),
            ("Got better", Outcome.PASSED, self.better),
            ("Changed otherwise", Outcome.NOT_JUDGED, self.other),
            ("In one report only", Outcome.NOT_JUDGED, self.one_sided),
        )
        yield from (group for group in groups if group[-1])

    def cause_groups(self) -> Iterator[tuple[str, dict[str, list[Result]]]]:
        """Yield the causes that are new or gone, with a title."""
        groups = (("New causes", self.new_causes), ("Gone causes", self.gone_causes))
        yield from (group for group in groups if group[-1])

    @cached_property
    def _changes(self) -> dict[str, list[Change]]:
        before = {one.clause.id: one for one in self.before.results}
        after = {one.clause.id: one for one in self.after.results}
        kinds = ("worse", "better", "other", "one-sided", "none")
        changes: dict[str, list[Change]] = {kind: [] for kind in kinds}
        for identity in dict.fromkeys((*after, *before)):
            old, new = before.get(identity), after.get(identity)
            changes[self._kind_of(old, new)].append(Change(old, new))
        return changes

    def _kind_of(self, old: Result | None, new: Result | None) -> str:
        if old is None or new is None:
            return "one-sided"
        if old.verdict is new.verdict:
            return "none"
        if new.verdict is Verdict.PASSED:
            return "better"
        if new.verdict is Verdict.FAILED:
            is_worse = self.after.outcome(new) is Outcome.FAILED
        else:
            is_worse = old.verdict is Verdict.PASSED
        return "worse" if is_worse else "other"


def _only_in(report: Report, other: Report) -> dict[str, list[Result]]:
    causes, known = report.causes(at_least=1), other.causes(at_least=1)
    return {cause: causes[cause] for cause in causes if cause not in known}
