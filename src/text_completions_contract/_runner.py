"""A run, from its URL to its report."""

from __future__ import annotations

import time
from contextlib import suppress

from ._bench import LIMIT_NAMES, Bench
from ._capabilities import probe
from ._contract import COMPLETE, MESSAGES, load_contract
from ._coverage import schema_coverage
from ._judge import Judge, Observer, SuiteFailure
from ._judgement import NotJudged
from ._registry import DIRECTED, INVARIANTS
from ._report import Report
from ._selection import chosen_clauses
from ._settings import Settings, check_settings, checked_url
from .requests.budget import BudgetExceeded
from .requests.wire import Wire, open_wire


class Interrupted(KeyboardInterrupt):
    """The run was interrupted; `report` has the verdicts until then."""

    def __init__(self, report: Report) -> None:
        super().__init__("the run was interrupted")
        self.report = report


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
    check_settings(base, settings)
    contract = load_contract(settings.document)
    clauses = chosen_clauses(settings, contract)
    start = time.monotonic()
    with open_wire(base, settings) as wire:
        judge = Judge(Bench(wire, contract, settings), clauses, observer)
        try:
            return _report(judge, _judge_all(judge), start)
        except KeyboardInterrupt as interrupt:
            raise Interrupted(_report(judge, "interrupted", start)) from interrupt


def _judge_all(judge: Judge) -> str | None:
    """Judge all clauses; returns why some could not be judged, or None."""
    try:
        judge.capabilities = probe(judge.bench)
        if judge.capabilities.available:
            _judge_each(judge)
        return judge.capabilities.obstacle or _obstacle_at_the_end(judge.bench.wire)
    except BudgetExceeded as exceeded:
        return str(exceeded)
    except SuiteFailure as failure:
        return f"the suite failed: {failure}"


def _judge_each(judge: Judge) -> None:
    invariants = [item for item in judge.clauses if item in INVARIANTS]
    if invariants:
        # What cannot be sent is only missing in the verdicts on invariants.
        with suppress(NotJudged):
            _send_samples(judge)
    for clause in judge.clauses:
        if clause in DIRECTED:
            judge.judge_directed(clause)
            judge.check_invariants()
    if generated := [item for item in judge.clauses if item.section == "schema"]:
        # schemathesis takes long to import, so only a run that uses it does.
        from .fuzzing.engine import judge_generated

        judge_generated(judge, generated)
    judge.check_invariants()
    judge.conclude(invariants, "no response was of this kind")


def _send_samples(judge: Judge) -> None:
    """Get a response of each kind for the invariants, which send nothing.

    Directed clauses send the same requests, so a whole run sends no more.
    """
    bench, available = judge.bench, judge.capabilities.available
    if "nothing" in available:
        bench.post(bench.body(), headers=bench.headers(key=None))
    if "model" in available:
        bench.post(bench.body(without=LIMIT_NAMES[COMPLETE]))
        for version in bench.versions:
            bench.post_long(version, stream=True)
    if "messages" in available:
        bench.post_long(path=MESSAGES)
        bench.post_long(path=MESSAGES, stream=True)
        unlimited = bench.body(MESSAGES, without=LIMIT_NAMES[MESSAGES])
        bench.post(unlimited, path=MESSAGES)


def _obstacle_at_the_end(wire: Wire) -> str | None:
    """Why the last clauses could not be judged, although the run began well."""
    if wire.budget.spent is not None:
        return wire.budget.spent
    fault = wire.journal[-1].fault
    is_lost = fault is not None and fault.kind == "unreachable"
    return "the server could no longer be reached" if is_lost else None


def _report(judge: Judge, obstacle: str | None, start: float) -> Report:
    for clause in judge.clauses:
        if clause.id not in judge.results:
            judge.skip(clause, obstacle or "not reached")
    bench = judge.bench
    return Report(
        url=bench.wire.url,
        model=bench.settings.model,
        results=tuple(judge.results[clause.id] for clause in judge.clauses),
        obstacle=obstacle and judge.evidence.safe(obstacle),
        requests=bench.wire.budget.requests,
        seconds=time.monotonic() - start,
        strict=bench.settings.strict,
        coverage=schema_coverage(
            bench.contract, judge.capabilities.paths, bench.wire.journal
        ),
    )
