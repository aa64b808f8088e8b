"""Gives clauses their verdicts, and doubts a finding before it blames the server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from ._bench import Bench
from ._capabilities import Capabilities
from ._contract import JSON
from ._judgement import Deviation, NotJudged, WronglyAccepted, WronglyRefused
from ._registry import DIRECTED, INVARIANTS, Clause
from ._report import Result, Verdict
from ._responses import text_of
from .requests.evidence import EvidenceFormatter
from .requests.exchange import Exchange, Request

REPEATS = 5
ANOTHER_USER = b', "metadata": {"user_id": "another-of-the-contract-suite"}}'


class SuiteFailure(Exception):
    """A check raised an error of its own: a fault of the suite, not of the server."""


class Observer(Protocol):
    """Called with each result, the number of results so far, and their total."""

    def __call__(self, result: Result, done: int, total: int, /) -> object:
        """Take one more result."""


@dataclass
class Judge:
    """Gives each clause of a run its verdict, and tells the observer."""

    bench: Bench
    clauses: list[Clause]
    observer: Observer | None
    capabilities: Capabilities = field(default_factory=Capabilities)
    results: dict[str, Result] = field(default_factory=dict[str, Result])
    # The ids of clauses that held for a response, of those that are judged bit by bit.
    held: set[str] = field(default_factory=set[str])
    # Responses to requests that should have been refused: invariants do not apply.
    _excluded: list[Exchange] = field(default_factory=list[Exchange])
    _checked: int = 0

    def __post_init__(self) -> None:
        bench = self.bench
        self.evidence = EvidenceFormatter(bench.wire.url, bench.settings)

    def judge_directed(self, clause: Clause) -> None:
        """Judge a clause that sends requests of its own."""
        lacking = self.capabilities.lacks(clause.needs)
        if lacking is not None:
            return self.skip(clause, lacking)
        try:
            DIRECTED[clause](self.bench)
        except NotJudged as reason:
            return self.skip(clause, str(reason))
        except Deviation as deviation:
            if isinstance(deviation, WronglyAccepted):
                self._excluded.append(deviation.exchange)
            if isinstance(deviation, WronglyRefused) and not self.bench.fits(
                deviation.exchange.request
            ):
                return self.skip(clause, "the document forbids what this clause sends")
            return self.fail(clause, deviation)
        except Exception as error:
            raise SuiteFailure(f"the check of {clause.id} raised {error!r}") from error
        return self._record(Result(clause=clause, verdict=Verdict.PASSED))

    def check_invariants(self) -> None:
        """Check the exchanges since the last call against the clauses for all."""
        journal = self.bench.wire.journal
        fresh, self._checked = journal[self._checked :], len(journal)
        ordinary = [exchange for exchange in fresh if self._is_ordinary(exchange)]
        for clause in self.clauses:
            if clause not in INVARIANTS:
                continue
            for exchange in ordinary:
                # Of a body that cannot be decoded, only the headers are known.
                can_tell = exchange.is_readable or clause.section == "headers"
                if can_tell and clause.id not in self.results:
                    self._check_invariant(clause, exchange)

    def _check_invariant(self, clause: Clause, exchange: Exchange) -> None:
        try:
            INVARIANTS[clause](self.bench, exchange)
            self.held.add(clause.id)
        except NotJudged:
            return
        except Deviation as deviation:
            self.fail(clause, deviation)
        except Exception as error:
            raise SuiteFailure(f"the check of {clause.id} raised {error!r}") from error

    def conclude(self, clauses: Iterable[Clause], otherwise: str) -> None:
        """Give the verdicts on clauses that are judged bit by bit and did not fail."""
        for clause in clauses:
            if clause.id in self.results:
                continue
            if clause.id in self.held:
                self._record(Result(clause=clause, verdict=Verdict.PASSED))
            else:
                lacking = self.capabilities.lacks(clause.needs)
                self.skip(clause, lacking or self.capabilities.obstacle or otherwise)

    def skip(self, clause: Clause, reason: str) -> None:
        """Say why a clause could not be judged."""
        self._record(Result(clause=clause, verdict=Verdict.NOT_JUDGED, note=reason))

    def fail(self, clause: Clause, deviation: Deviation) -> None:
        """Blame the server for a deviation, unless it is non-deterministic."""
        if any(self._is_unsteady(exchange) for exchange in deviation.compared):
            return self.skip(clause, "the server is non-deterministic")
        return self._record(
            Result(
                clause=clause,
                verdict=Verdict.FAILED,
                note=deviation.message,
                cause=deviation.cause,
                sent=self.evidence.sent(deviation.exchange.request),
                received=self.evidence.received(deviation.exchange),
            )
        )

    def _record(self, result: Result) -> None:
        note, cause = map(self.evidence.safe, (result.note, result.cause))
        result = replace(result, note=note, cause=cause)
        self.results[result.clause.id] = result
        if self.observer is not None:
            self.observer(result, len(self.results), len(self.clauses))

    def _is_ordinary(self, exchange: Exchange) -> bool:
        """Whether there is a response, and the contract describes its form.

        It does not for other methods and content types, nor for requests that should
        have been refused; other clauses judge those.
        """
        if not exchange.status or not _is_post_of_json(exchange.request):
            return False
        if not 200 <= exchange.status < 300:
            return True
        is_allowed = self.bench.is_allowed(exchange.request)
        return is_allowed and exchange not in self._excluded

    def _is_unsteady(self, exchange: Exchange) -> bool:
        """Whether the same request gets another text, or none, when repeated."""
        try:
            first = text_of(exchange)
            for _ in range(REPEATS):
                if text_of(self.bench.send_again(exchange.request)) != first:
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
        try:
            other = self.bench.send_again(replace(request, body=body))
            return text_of(other) != text
        except (Deviation, NotJudged):
            return False


def _is_post_of_json(request: Request) -> bool:
    content_type = (request.header("content-type") or "").lower()
    return request.method == "POST" and content_type.startswith(JSON)
