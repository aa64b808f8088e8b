"""A run, from its URL to its report."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Protocol

from ._bench import LIMIT_NAMES, Bench
from ._capabilities import Capabilities, probe
from ._contract import COMPLETE, MESSAGES, load_contract
from ._coverage import schema_coverage
from ._judge import InvariantChecker, Judge, SuiteFailure, not_judged
from ._judgement import NotJudged
from ._registry import DIRECTED, INVARIANTS, Clause
from ._report import Report, Result
from ._selection import chosen_clauses
from ._settings import Settings, check_settings, checked_url, usable_key
from .requests.budget import BudgetExceeded
from .requests.evidence import EvidenceFormatter
from .requests.wire import open_wire


class Interrupted(KeyboardInterrupt):
    """The run was interrupted; `report` has the verdicts until then."""

    def __init__(self, report: Report) -> None:
        super().__init__("the run was interrupted")
        self.report = report


class Observer(Protocol):
    """Called with each result, the number of results so far, and their total."""

    def __call__(self, result: Result, done: int, total: int, /) -> object:
        """Take one more result."""


def run(
    url: str, settings: Settings | None = None, observer: Observer | None = None
) -> Report:
    """Judge the server at a URL by the contract.

    Args:
        url: The base URL of the server; `/v1/complete` is added to it.
        settings: What to judge and how.
        observer: Called with each result, the number of results and their total.

    Raises:
        SetupError: The run cannot begin.
        Interrupted: A KeyboardInterrupt came; it has the report so far.
    """
    settings = settings or Settings()
    base = checked_url(url, settings.path_prefix)
    check_settings(settings)
    key = usable_key(base, settings)
    contract = load_contract(settings.document)
    clauses = chosen_clauses(settings, contract)
    with open_wire(base, settings) as wire:
        bench = Bench(wire, contract, settings, key)
        evidence = EvidenceFormatter.of(base, key, settings)
        return _Session(bench, evidence, clauses, observer).run()


@dataclass
class _Session:
    """One run in progress."""

    bench: Bench
    evidence: EvidenceFormatter
    clauses: list[Clause]
    observer: Observer | None
    results: dict[str, Result] = field(default_factory=dict[str, Result])
    paths: list[str] = field(default_factory=list[str])
    start: float = field(default_factory=time.monotonic)

    def run(self) -> Report:
        try:
            return self._report(self._judge_all())
        except KeyboardInterrupt as interrupt:
            raise Interrupted(self._report("interrupted")) from interrupt

    def _judge_all(self) -> str | None:
        """Judge all clauses; returns why some could not be judged, or None."""
        try:
            capabilities = probe(self.bench)
            self.paths = capabilities.paths
            for result in self._results(capabilities):
                self._add(result)
            return capabilities.obstacle or self._obstacle_at_the_end()
        except BudgetExceeded as exceeded:
            return str(exceeded)
        except SuiteFailure as failure:
            return f"the suite failed: {failure}"

    def _results(self, capabilities: Capabilities) -> Iterator[Result]:
        if not capabilities.available:
            return
        judge = Judge(self.bench, self.evidence, capabilities)
        invariants = [item for item in self.clauses if item in INVARIANTS]
        checker = InvariantChecker(judge, invariants)
        if invariants:
            # What cannot be sent is only missing in the verdicts on invariants.
            with suppress(NotJudged):
                self._send_samples(capabilities)
        for clause in self.clauses:
            if clause in DIRECTED:
                yield judge.judge(clause)
                yield from checker.observe()
        if generated := [item for item in self.clauses if item.section == "schema"]:
            # schemathesis takes long to import, so only a run that uses it does.
            from .fuzzing.engine import judge_generated

            yield from judge_generated(judge, generated)
        yield from checker.observe()
        yield from checker.finish("no response was of this kind")

    def _send_samples(self, capabilities: Capabilities) -> None:
        """Get a response of each kind for the invariants, which send nothing.

        Directed clauses send the same requests, so a whole run sends no more.
        """
        bench = self.bench
        if "nothing" in capabilities.available:
            bench.post(bench.body(), headers=bench.headers(key=None))
        if "model" in capabilities.available:
            bench.post(bench.body(without=LIMIT_NAMES[COMPLETE]))
            for version in bench.versions:
                bench.post_long(version, stream=True)
        if "messages" in capabilities.available:
            bench.post_long(path=MESSAGES)
            bench.post_long(path=MESSAGES, stream=True)
            unlimited = bench.body(MESSAGES, without=LIMIT_NAMES[MESSAGES])
            bench.post(unlimited, path=MESSAGES)

    def _obstacle_at_the_end(self) -> str | None:
        """Why the last clauses could not be judged, although the run began well."""
        wire = self.bench.wire
        if wire.budget.spent is not None:
            return wire.budget.spent
        fault = wire.journal[-1].fault
        is_lost = fault is not None and fault.kind == "unreachable"
        return "the server could no longer be reached" if is_lost else None

    def _add(self, result: Result) -> None:
        note, cause = map(self.evidence.safe, (result.note, result.cause))
        result = replace(result, note=note, cause=cause)
        self.results[result.clause.id] = result
        if self.observer is not None:
            self.observer(result, len(self.results), len(self.clauses))

    def _report(self, obstacle: str | None) -> Report:
        for clause in self.clauses:
            if clause.id not in self.results:
                self._add(not_judged(clause, obstacle or "not reached"))
        return Report(
            url=self.bench.wire.url,
            model=self.bench.settings.model,
            results=tuple(self.results[clause.id] for clause in self.clauses),
            obstacle=obstacle and self.evidence.safe(obstacle),
            requests=self.bench.wire.budget.requests,
            seconds=time.monotonic() - self.start,
            strict=self.bench.settings.strict,
            coverage=schema_coverage(
                self.bench.contract, self.paths, self.bench.wire.journal
            ),
        )
