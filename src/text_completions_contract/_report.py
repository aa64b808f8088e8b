"""What a run found: a verdict per clause, and what it means as a whole."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ._registry import Clause, Level


class Verdict(enum.Enum):
    """What became of a clause."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_JUDGED = "not judged"


class Outcome(enum.Enum):
    """What a verdict means in its run.

    A failed SHOULD is advice unless the run is strict; a failure that is listed is
    expected, and what is listed but passes is stale.
    """

    FAILED = "failed"
    STALE = "stale"
    ADVICE = "advice"
    EXPECTED = "expected"
    NOT_JUDGED = "not judged"
    PASSED = "passed"


COUNTED = frozenset({Outcome.FAILED, Outcome.STALE})
CONCLUSIONS = {0: "conforms", 1: "deviates", 2: "could not be judged"}


@dataclass(frozen=True, kw_only=True)
class Result:
    """A clause and its verdict.

    Args:
        clause: The clause.
        verdict: What became of it.
        note: What is wrong, or why it was not judged; empty where it passed.
        sent: A curl command that sends the same again, its key left out.
        received: What came back, shortened.
    """

    clause: Clause
    verdict: Verdict
    note: str = ""
    sent: str = ""
    received: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """All verdicts of a run.

    Args:
        url: The server.
        model: The model that was asked for.
        results: A verdict per clause, in the order of the sections.
        obstacle: Why the server could not be judged as a whole, or None.
        requests: How many requests were sent.
        seconds: How long it took.
        strict: Whether a failed SHOULD makes the server deviate, too.
        expected: Ids of clauses that are known to fail, and why.
    """

    url: str
    model: str
    results: tuple[Result, ...]
    obstacle: str | None
    requests: int
    seconds: float
    strict: bool = False
    expected: Mapping[str, str] = field(default_factory=dict[str, str])

    def of(self, verdict: Verdict) -> list[Result]:
        """The results with this verdict."""
        return [result for result in self.results if result.verdict is verdict]

    def outcome(self, result: Result) -> Outcome:
        """What a result of this run means in it."""
        listed = result.clause.id in self.expected
        if result.verdict is Verdict.NOT_JUDGED:
            return Outcome.NOT_JUDGED
        if result.verdict is Verdict.PASSED:
            return Outcome.STALE if listed else Outcome.PASSED
        if listed:
            return Outcome.EXPECTED
        counts = self.strict or result.clause.level is Level.MUST
        return Outcome.FAILED if counts else Outcome.ADVICE

    def with_outcome(self, outcome: Outcome) -> list[Result]:
        """The results that mean this."""
        return [result for result in self.results if self.outcome(result) is outcome]

    @property
    def conclusion(self) -> str:
        """What the exit code says, in a phrase."""
        stale = self.with_outcome(Outcome.STALE)
        if stale and not self.deviations:
            return "no longer fails as expected"
        return CONCLUSIONS[self.exit_code]

    @property
    def deviations(self) -> list[Result]:
        """The failures that count."""
        return self.with_outcome(Outcome.FAILED)

    @property
    def exit_code(self) -> int:
        """0 conforms; 1 deviates, or no longer does as expected; 2 was not judged."""
        if any(self.outcome(result) in COUNTED for result in self.results):
            return 1
        judged = self.of(Verdict.PASSED) or self.of(Verdict.FAILED)
        return 2 if self.obstacle is not None or not judged else 0

    def sections(self) -> Iterator[tuple[str, list[Result]]]:
        """The results section by section."""
        for section in dict.fromkeys(result.clause.section for result in self.results):
            yield (
                section,
                [item for item in self.results if item.clause.section == section],
            )
