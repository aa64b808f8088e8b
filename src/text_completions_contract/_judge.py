"""Turns clauses into verdicts, and doubts a finding before it blames the server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ._bench import Bench
from ._capabilities import Capabilities
from ._contract import JSON
from ._judgement import Deviation, NotJudged, WronglyAccepted, WronglyRefused
from ._registry import DIRECTED, INVARIANTS, Clause
from ._report import Result, Verdict
from ._responses import text_of
from .requests.evidence import EvidenceFormatter
from .requests.exchange import Exchange, Request

REPEATS = 3
ANOTHER_USER = b', "metadata": {"user_id": "another-of-the-contract-suite"}}'


class SuiteFailure(Exception):
    """A check raised an error of its own: a fault of the suite, not of the server."""


@dataclass
class Judge:
    """Judges directed clauses, and writes down findings of any kind."""

    bench: Bench
    evidence: EvidenceFormatter
    capabilities: Capabilities
    # Responses to requests that should have been refused: invariants do not apply.
    excluded: list[Exchange] = field(default_factory=list[Exchange])

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
            if isinstance(deviation, WronglyAccepted):
                self.excluded.append(deviation.exchange)
            if isinstance(deviation, WronglyRefused) and not self.bench.fits(
                deviation.exchange.request
            ):
                return not_judged(clause, "the document forbids what this clause sends")
            return self.failed(clause, deviation)
        except Exception as error:
            raise SuiteFailure(f"the check of {clause.id} raised {error!r}") from error
        return Result(clause=clause, verdict=Verdict.PASSED)

    def failed(self, clause: Clause, deviation: Deviation) -> Result:
        """The result of a deviation, unless the server is non-deterministic."""
        if any(self._is_unsteady(exchange) for exchange in deviation.compared):
            return not_judged(clause, "the server is non-deterministic")
        return Result(
            clause=clause,
            verdict=Verdict.FAILED,
            note=deviation.message,
            cause=deviation.cause,
            sent=self.evidence.sent(deviation.exchange.request),
            received=self.evidence.received(deviation.exchange),
        )

    def _is_unsteady(self, exchange: Exchange) -> bool:
        """Whether the same request gets another text, or none, when repeated."""
        try:
            first = text_of(exchange)
            for _ in range(REPEATS):
                if text_of(self.bench.repeat(exchange)) != first:
                    return True
        except (Deviation, NotJudged):
            return True
        return self._depends_on_whole_body(exchange, first)

    def _depends_on_whole_body(self, exchange: Exchange, text: str) -> bool:
        """Whether another user gets another text for the same prompt.

        Such a server may make a text for each body at random and repeat it from a
        cache, so that texts of two bodies cannot be compared.
        """
        request = exchange.request
        if not request.json or "metadata" in request.json:
            return False
        # Only the end of the body changes: how it is written may be what is judged.
        body = (request.body or b"").rstrip().removesuffix(b"}") + ANOTHER_USER
        other = replace(exchange, request=replace(request, body=body))
        try:
            return text_of(self.bench.repeat(other)) != text
        except (Deviation, NotJudged):
            return False


@dataclass
class Tally:
    """Verdicts on clauses that are judged bit by bit: failures at once, others last."""

    judge: Judge
    clauses: list[Clause]
    applied: set[str] = field(default_factory=set[str])
    failed: set[str] = field(default_factory=set[str])

    def fail(self, clause: Clause, deviation: Deviation) -> Result:
        """The result of a clause that failed."""
        self.failed.add(clause.id)
        return self.judge.failed(clause, deviation)

    def finish(self, otherwise: str) -> Iterator[Result]:
        """The verdicts on all clauses that did not fail."""
        capabilities = self.judge.capabilities
        for clause in self.clauses:
            if clause.id in self.applied - self.failed:
                yield Result(clause=clause, verdict=Verdict.PASSED)
            elif clause.id not in self.failed:
                lacking = capabilities.lacks(clause.needs) or capabilities.obstacle
                yield not_judged(clause, lacking or otherwise)


@dataclass
class InvariantChecker(Tally):
    """Checks every exchange against the clauses that always apply."""

    _seen: int = 0

    def observe(self) -> Iterator[Result]:
        """Check the exchanges since the last call; yields the clauses that fail."""
        journal = self.judge.bench.wire.journal
        fresh, self._seen = journal[self._seen :], len(journal)
        ordinary = [item for item in fresh if self._is_ordinary(item)]
        for clause in self.clauses:
            for exchange in ordinary:
                # Of a body that cannot be decoded, only the headers are known.
                can_tell = exchange.is_readable or clause.section == "headers"
                if can_tell and clause.id not in self.failed:
                    yield from self._check(clause, exchange)

    def _is_ordinary(self, exchange: Exchange) -> bool:
        """Whether there is a response, and the contract describes its form.

        It does not for other methods and content types, nor for requests that should
        have been refused; other clauses judge those.
        """
        if not exchange.status or not _is_post_of_json(exchange.request):
            return False
        if not 200 <= exchange.status < 300:
            return True
        bench = self.judge.bench
        is_allowed = bench.is_allowed(exchange.request)
        return is_allowed and exchange not in self.judge.excluded

    def _check(self, clause: Clause, exchange: Exchange) -> Iterator[Result]:
        try:
            INVARIANTS[clause](self.judge.bench, exchange)
            self.applied.add(clause.id)
        except NotJudged:
            return
        except Deviation as deviation:
            yield self.fail(clause, deviation)
        except Exception as error:
            raise SuiteFailure(f"the check of {clause.id} raised {error!r}") from error


def _is_post_of_json(request: Request) -> bool:
    content_type = (request.header("content-type") or "").lower()
    return request.method == "POST" and content_type.startswith(JSON)


def not_judged(clause: Clause, reason: str) -> Result:
    """The result of a clause that could not be judged."""
    return Result(clause=clause, verdict=Verdict.NOT_JUDGED, note=reason)
