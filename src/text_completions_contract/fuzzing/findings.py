"""What schemathesis found, looked at again before a server is blamed for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from schemathesis.core.failures import Failure
from schemathesis.engine import Status, events

from .._judge import Judge, not_judged
from .._judgement import Deviation
from .._registry import Clause
from .._report import Result, Verdict
from ..requests.budget import BUSY
from ..requests.exchange import Exchange
from .bridge import Bridge
from .checks import clause_id
from .shaper import Shaper

MESSAGE_LIMIT = 400


@dataclass
class Findings:
    """The verdicts on the clauses of the section, as they come in."""

    judge: Judge
    clauses: list[Clause]
    _failed: set[str] = field(default_factory=set[str])
    _passed: set[str] = field(default_factory=set[str])
    _trouble: str = ""

    def take(self, event: Any, bridge: Bridge, shaper: Shaper) -> Iterator[Result]:
        """Take in one event of schemathesis."""
        if isinstance(event, events.NonFatalError) and not bridge.is_over:
            # An error of the tool, or of a broken connection, which others judge.
            self._trouble = f"schemathesis: {type(event.value).__name__}"
        if isinstance(event, events.ScenarioFinished):
            for case, checks in event.recorder.checks.items():
                exchange = bridge.exchanges.get(case)
                if exchange is not None and exchange.status not in BUSY:
                    for check in checks:
                        yield from self._check(check, exchange, shaper)

    def finish(self) -> Iterator[Result]:
        """The verdicts on clauses that nothing broke."""
        for clause in self.clauses:
            if clause.id in self._failed:
                continue
            if clause.id in self._passed:
                yield Result(clause=clause, verdict=Verdict.PASSED)
            else:
                lacking = self.judge.capabilities.lacks(clause.needs)
                reason = lacking or self._trouble or "no such request was answered"
                yield not_judged(clause, reason)

    def _check(
        self, check: Any, exchange: Exchange, shaper: Shaper
    ) -> Iterator[Result]:
        identity = clause_id(check.name, exchange.request.path)
        clause = next((item for item in self.clauses if item.id == identity), None)
        if clause is None or clause.id in self._failed:
            return
        if check.status is Status.SUCCESS:
            self._passed.add(clause.id)
        info = check.failure_info
        if info is None or not _stands(check.name, exchange, shaper):
            return
        self._failed.add(clause.id)
        yield self.judge.failed(clause, Deviation(_said(info.failure), exchange))


def _stands(check: str, exchange: Exchange, shaper: Shaper) -> bool:
    """Whether a second look confirms the finding.

    What was sent is not quite what schemathesis made up, and it misjudges at times.
    """
    request = exchange.request
    if check == "not_a_server_error":
        return exchange.status >= 500
    if shaper.is_disputed(request):
        return False
    if check == "positive_data_acceptance":
        return shaper.is_good(request)
    if check == "negative_data_rejection":
        return not shaper.is_good(request)
    return True


def _said(failure: Failure) -> str:
    message = " ".join(failure.message.split())
    text = f"{failure.title}: {message}" if message else failure.title
    return text if len(text) <= MESSAGE_LIMIT else text[:MESSAGE_LIMIT] + " …"
