"""Judges clauses one by one: asks, doubts its own findings, and writes them down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from ._answers import text_of
from ._bench import Bench
from ._capabilities import Capabilities
from ._document import JSON
from ._judgement import Deviation, NotJudged
from ._registry import DIRECTED, INVARIANTS, Clause
from ._report import Result, Verdict
from .requests.evidence import EvidenceFormatter
from .requests.exchange import Exchange, Request

REPEATS = 3
ANOTHER_USER = b', "metadata": {"user_id": "another-of-the-contract-suite"}}'


class SuiteFailure(Exception):
    """A clause broke down by itself: a fault of the suite, never of the server."""


@dataclass
class Judge:
    """Turns clauses into results."""

    bench: Bench
    evidence: EvidenceFormatter
    capabilities: Capabilities

    def judge(self, clause: Clause) -> Result:
        """Judge a directed clause."""
        lacking = self.capabilities.lacks(clause.needs)
        if lacking is not None:
            return not_judged(clause, lacking)
        try:
            DIRECTED[clause](self.bench)
        except NotJudged as reason:
            return not_judged(clause, str(reason))
        except Deviation as deviation:
            return self.failed(clause, deviation)
        except Exception as error:
            raise SuiteFailure(f"{clause.id} broke down: {error!r}") from error
        return Result(clause=clause, verdict=Verdict.PASSED)

    def failed(self, clause: Clause, deviation: Deviation) -> Result:
        """The result of a deviation, unless the server merely knows chance."""
        if self._wavers(deviation.compared):
            return not_judged(clause, "the server is not deterministic")
        return Result(
            clause=clause,
            verdict=Verdict.FAILED,
            note=deviation.message,
            sent=self.evidence.sent(deviation.exchange.request),
            received=self.evidence.received(deviation.exchange),
        )

    def _wavers(self, exchanges: Iterable[Exchange]) -> bool:
        return any(self._changes(exchange) for exchange in exchanges)

    def _changes(self, exchange: Exchange) -> bool:
        try:
            first = text_of(exchange)
            if any(
                text_of(self.bench.repeat(exchange)) != first for _ in range(REPEATS)
            ):
                return True
        except (Deviation, NotJudged):
            # It answered before: an answer that cannot be repeated proves nothing.
            return True
        return self._hangs_on_the_body(exchange, first)

    def _hangs_on_the_body(self, exchange: Exchange, text: str) -> bool:
        """Whether the text is another where what it is made of is the same.

        Each body may have its text by chance: a cache repeats what was made once.
        """
        request = exchange.request
        if not request.json or "metadata" in request.json:
            return False
        # To its end, for how a body is written may be what the clause is about.
        body = (request.body or b"").rstrip().removesuffix(b"}") + ANOTHER_USER
        other = replace(request, body=body)
        try:
            return text_of(self.bench.repeat(replace(exchange, request=other))) != text
        except (Deviation, NotJudged):
            return False


@dataclass
class InvariantChecker:
    """Holds every exchange against the clauses that always apply."""

    judge: Judge
    clauses: list[Clause]
    _seen: int = 0
    _applied: set[str] = field(default_factory=set[str])
    _failed: dict[str, Result] = field(default_factory=dict[str, Result])

    def observe(self) -> Iterator[Result]:
        """Look at the exchanges since the last time; yields what they break."""
        journal = self.judge.bench.wire.journal
        fresh, self._seen = journal[self._seen :], len(journal)
        for clause in self.clauses:
            for exchange in fresh:
                if clause.id not in self._failed:
                    yield from self._hold(clause, exchange)

    def finish(self) -> Iterator[Result]:
        """The verdicts on all clauses that nothing broke."""
        for clause in self.clauses:
            if clause.id in self._failed:
                continue
            if clause.id in self._applied:
                yield Result(clause=clause, verdict=Verdict.PASSED)
            else:
                capabilities = self.judge.capabilities
                lacking = capabilities.lacks(clause.needs) or capabilities.obstacle
                yield not_judged(clause, lacking or "no answer was of this kind")

    def _hold(self, clause: Clause, exchange: Exchange) -> Iterator[Result]:
        if exchange.status == 0 or not _is_ordinary(exchange.request):
            return
        try:
            if INVARIANTS[clause](self.judge.bench, exchange):
                self._applied.add(clause.id)
        except Deviation as deviation:
            self._failed[clause.id] = self.judge.failed(clause, deviation)
            yield self._failed[clause.id]
        except Exception as error:
            raise SuiteFailure(f"{clause.id} broke down: {error!r}") from error


def _is_ordinary(request: Request) -> bool:
    """Whether the form of the answer is documented for foreign servers, too.

    What they say to another method or content type is their own affair beyond what
    the sections `methods` and `request` ask.
    """
    content_type = (request.header("content-type") or "").lower()
    return request.method == "POST" and content_type.startswith(JSON)


def not_judged(clause: Clause, reason: str) -> Result:
    """The result of a clause that could not be judged."""
    return Result(clause=clause, verdict=Verdict.NOT_JUDGED, note=reason)
