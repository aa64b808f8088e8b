"""The outcome of a run: a verdict per clause, and what the run means as a whole."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from ._coverage import SchemaCoverage
from ._registry import Clause, Level


class Verdict(enum.Enum):
    """The verdict on a clause."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_JUDGED = "not judged"


class Outcome(enum.Enum):
    """What a verdict means in its run.

    A failed SHOULD is advice unless the run is strict. A listed failure is expected,
    and a listed clause that passes is stale.
    """

    FAILED = "failed"
    STALE = "stale"
    ADVICE = "advice"
    EXPECTED = "expected"
    NOT_JUDGED = "not judged"
    PASSED = "passed"


# How reports name and count outcomes.
OUTCOME_NAMES = {
    Outcome.FAILED: "failed",
    Outcome.STALE: "passed, but expected to fail",
    Outcome.ADVICE: "failed, but only advised",
    Outcome.EXPECTED: "failed, as expected",
    Outcome.NOT_JUDGED: "not judged",
    Outcome.PASSED: "passed",
}
COUNTED = frozenset({Outcome.FAILED, Outcome.STALE})
CONCLUSIONS = {0: "conforms", 1: "deviates", 2: "could not be judged"}


@dataclass(frozen=True, kw_only=True)
class Result:
    """A clause and its verdict.

    Args:
        clause: The clause.
        verdict: The verdict.
        note: What is wrong, or why it was not judged; empty where it passed.
        cause: What other clauses may have found as well; empty unless it failed.
        sent: A curl command that sends the same request again, without the key.
        received: The response, shortened.
    """

    clause: Clause
    verdict: Verdict
    note: str = ""
    cause: str = ""
    sent: str = ""
    received: str = ""

    def as_text(self) -> str:
        """All about it, for a log."""
        clause = self.clause
        lines = [f"{clause.level.value}: {clause.sentence}", f"source: {clause.source}"]
        for title, value in {
            "found": self.note,
            "sent": self.sent,
            "came back": self.received,
        }.items():
            if value:
                lines += ["", f"{title}: {value}"]
        return "\n".join(lines)


@dataclass(frozen=True, kw_only=True, repr=False)
class Report:
    """All verdicts of a run.

    Args:
        url: The server.
        model: The model that was asked for.
        results: A verdict per clause, in the order of the sections.
        obstacle: Why the server could not be judged as a whole, or None.
        requests: How many requests were sent.
        seconds: How long it took.
        strict: Whether a failed SHOULD also makes the server deviate.
        expected: Ids of clauses that are known to fail, each with its reason.
        coverage: Which keywords of the document the run exercised.
    """

    url: str
    model: str
    results: tuple[Result, ...]
    obstacle: str | None
    requests: int
    seconds: float
    strict: bool = False
    expected: Mapping[str, str] = field(default_factory=dict[str, str])
    coverage: SchemaCoverage = field(default_factory=SchemaCoverage)

    def __repr__(self) -> str:
        """One line: the results themselves would be pages."""
        counts = ", ".join(
            f"{len(self.of(verdict))} {verdict.value}" for verdict in Verdict
        )
        return f"<Report {self.url}: {self.conclusion}; {counts}>"

    def of(self, verdict: Verdict) -> list[Result]:
        """The results with this verdict."""
        return [result for result in self.results if result.verdict is verdict]

    def outcome(self, result: Result) -> Outcome:
        """What a result means in this run."""
        is_listed = result.clause.id in self.expected
        if result.verdict is Verdict.NOT_JUDGED:
            return Outcome.NOT_JUDGED
        if result.verdict is Verdict.PASSED:
            return Outcome.STALE if is_listed else Outcome.PASSED
        if is_listed:
            return Outcome.EXPECTED
        counts = self.strict or result.clause.level is Level.MUST
        return Outcome.FAILED if counts else Outcome.ADVICE

    def first_with_cause(self, result: Result) -> Result | None:
        """The first failure with the same cause or the same exchange, if another."""
        for other in self.of(Verdict.FAILED):
            if other is result:
                return None
            is_same_request = bool(result.sent) and other.sent == result.sent
            is_same = is_same_request and other.received == result.received
            if other.cause == result.cause or is_same:
                return other
        return None

    def causes(self, at_least: int = 2) -> dict[str, list[Result]]:
        """Each cause that so many clauses failed for, and these clauses."""
        causes: dict[str, list[Result]] = {}
        for result in self.of(Verdict.FAILED):
            first = self.first_with_cause(result) or result
            if cause := first.cause or first.note:
                causes.setdefault(cause, []).append(result)
        return {
            cause: items for cause, items in causes.items() if len(items) >= at_least
        }

    def with_outcome(self, outcome: Outcome) -> list[Result]:
        """The results with this outcome."""
        return [result for result in self.results if self.outcome(result) is outcome]

    @property
    def conclusion(self) -> str:
        """What the exit code says, in a phrase."""
        if self.with_outcome(Outcome.STALE) and not self.deviations:
            return "no longer fails as expected"
        return CONCLUSIONS[self.exit_code]

    @property
    def deviations(self) -> list[Result]:
        """The failures that count."""
        return self.with_outcome(Outcome.FAILED)

    @property
    def exit_code(self) -> int:
        """0: conforms. 1: deviates, or no longer fails as expected. 2: not judged."""
        if any(self.outcome(result) in COUNTED for result in self.results):
            return 1
        judged = self.of(Verdict.PASSED) or self.of(Verdict.FAILED)
        return 2 if self.obstacle is not None or not judged else 0

    @property
    def effort(self) -> str:
        """How much was sent, and how long it took, in words."""
        noun = "request" if self.requests == 1 else "requests"
        return f"{self.requests} {noun} in {self.seconds:.1f} s"

    def sections(self) -> Iterator[tuple[str, list[Result]]]:
        """The results section by section."""
        for section, results in groupby(self.results, lambda one: one.clause.section):
            yield section, list(results)
