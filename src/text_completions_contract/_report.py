"""What a run found: a verdict per clause, and what it means as a whole."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from ._clause import Clause, Level


class Verdict(enum.Enum):
    """What became of a clause."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_JUDGED = "not judged"


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
    """

    url: str
    model: str
    results: tuple[Result, ...]
    obstacle: str | None
    requests: int
    seconds: float
    strict: bool = False

    def of(self, verdict: Verdict) -> list[Result]:
        """The results with this verdict."""
        return [result for result in self.results if result.verdict is verdict]

    @property
    def deviations(self) -> list[Result]:
        """The failures that count."""
        return [
            result
            for result in self.of(Verdict.FAILED)
            if self.strict or result.clause.level is Level.MUST
        ]

    @property
    def exit_code(self) -> int:
        """0 conforms, 1 deviates, 2 could not be judged."""
        if self.deviations:
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
