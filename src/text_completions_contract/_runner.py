"""A run from its URL to its report."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from ._bench import Bench
from ._capabilities import Capabilities, probe
from ._document import MESSAGES, load_document
from ._judge import InvariantChecker, Judge, SuiteFailure, not_judged
from ._judgement import NotJudged
from ._registry import DIRECTED, INVARIANTS, Clause
from ._report import Report, Result
from ._selection import chosen_clauses
from ._settings import Settings
from ._target import check_headers, checked_prefix, checked_url, usable_key
from .requests.budget import BudgetExceeded
from .requests.evidence import EvidenceFormatter
from .requests.wire import Wire


class Interrupted(KeyboardInterrupt):
    """The run was interrupted; `report` has the verdicts until then."""

    def __init__(self, report: Report) -> None:
        super().__init__("the run was interrupted")
        self.report = report


class Observer(Protocol):
    """Is told of each verdict as it falls."""

    def __call__(self, result: Result, done: int, total: int, /) -> object:
        """One more clause is judged."""


def run(
    url: str, settings: Settings | None = None, observer: Observer | None = None
) -> Report:
    """Judge the server at a URL by the contract.

    Args:
        url: Where the server is; `/v1/complete` is added to it.
        settings: What to judge and how.
        observer: Called with each result, the number of results and their total.

    Raises:
        SetupError: The run cannot begin.
        Interrupted: A KeyboardInterrupt came; it has the report so far.
    """
    settings = settings or Settings()
    base = checked_url(url) + checked_prefix(settings.path_prefix)
    check_headers(settings.headers)
    key = usable_key(base, settings)
    clauses = chosen_clauses(settings)
    document = load_document(settings.document)
    wire = Wire(base, settings)
    bench = Bench(wire, document, settings, key)
    session = _Session(bench, clauses, observer)
    try:
        return session.run()
    finally:
        wire.close()


@dataclass
class _Session:
    """One run in progress."""

    bench: Bench
    clauses: list[Clause]
    observer: Observer | None
    results: dict[str, Result] = field(default_factory=dict[str, Result])

    def run(self) -> Report:
        start = time.monotonic()
        try:
            obstacle = self._obstacle()
        except KeyboardInterrupt as interrupt:
            raise Interrupted(self._report("interrupted", start)) from interrupt
        return self._report(obstacle, start)

    def _obstacle(self) -> str | None:
        """Judge as far as that goes; returns why not all could be judged."""
        try:
            capabilities = probe(self.bench)
            for result in self._judge(capabilities):
                self._note(result)
            return capabilities.obstacle or self._ending()
        except BudgetExceeded as spent:
            return str(spent)
        except SuiteFailure as failure:
            return f"the suite failed: {failure}"

    def _report(self, obstacle: str | None, start: float) -> Report:
        for clause in self.clauses:
            if clause.id not in self.results:
                self._note(not_judged(clause, obstacle or "not reached"))
        return Report(
            url=self.bench.wire.url,
            model=self.bench.settings.model,
            results=tuple(self.results[clause.id] for clause in self.clauses),
            obstacle=obstacle and self.evidence.told(obstacle),
            requests=len(self.bench.wire.journal),
            seconds=time.monotonic() - start,
            strict=self.bench.settings.strict,
        )

    def _ending(self) -> str | None:
        """Why not all could be judged in the end, although it began well."""
        wire = self.bench.wire
        if wire.budget.spent is not None:
            return wire.budget.spent
        fault = wire.journal[-1].fault
        lost = fault is not None and fault.kind == "unreachable"
        return "the server could no longer be reached" if lost else None

    def _judge(self, capabilities: Capabilities) -> Iterator[Result]:
        judge = Judge(self.bench, self.evidence, capabilities)
        watch = InvariantChecker(
            judge, [item for item in self.clauses if item in INVARIANTS]
        )
        if watch.clauses:
            # What cannot be asked for is missing in their verdicts alone.
            with suppress(NotJudged):
                self._sample(capabilities)
        for clause in self.clauses:
            if clause in DIRECTED:
                yield judge.judge(clause)
                yield from watch.observe()
        yield from self._generated(judge)
        yield from watch.observe()
        yield from watch.finish()

    def _sample(self, capabilities: Capabilities) -> None:
        """An answer of each kind, for clauses that always apply and send nothing.

        Clauses ask the same, and are given these answers: a whole run sends no more.
        """
        bench = self.bench
        bench.post(bench.body(), headers=bench.headers(x_api_key=None))
        if bench.post(bench.body()).status == 200:
            bench.post(bench.body(temperature=1.01))
            for version in bench.versions:
                bench.raw_long_stream(version)
        if capabilities.lacks("messages") is None:
            bench.post(bench.message_body(**bench.long_message()), path=MESSAGES)
            bench.raw_message_stream(**bench.long_message())

    def _generated(self, judge: Judge) -> Iterator[Result]:
        wanted = [item for item in self.clauses if item.section == "schema"]
        if not wanted:
            return
        # schemathesis takes a while to import: only a run that uses it pays for it.
        from .fuzzing import fuzz

        yield from fuzz(judge, wanted)

    @cached_property
    def evidence(self) -> EvidenceFormatter:
        """Writes for people, without the key."""
        settings = self.bench.settings
        return EvidenceFormatter(
            self.bench.wire.url,
            self.bench.key,
            settings.key_name,
            settings.headers,
            throwaway=settings.api_key is None,
        )

    def _note(self, result: Result) -> None:
        result = replace(result, note=self.evidence.told(result.note))
        self.results[result.clause.id] = result
        if self.observer is not None:
            self.observer(result, len(self.results), len(self.clauses))
