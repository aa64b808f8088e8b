"""The alarm rings: each clause is turned red by a server, and none by an honest one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from calling import failed
from deviations import DEVIATIONS
from honest_server import Answerer, Server

from text_completions_contract import (
    Settings,
    Verdict,
    all_clauses,
    run,
)
from text_completions_contract._registry import INVARIANTS

# One for each clause; `make mutation` runs them all, each against all sections.
FIRST = {clause: (name, answer) for name, clause, answer in reversed(DEVIATIONS)}

ALWAYS = {clause.id for clause in all_clauses() if clause in INVARIANTS}


@pytest.mark.parametrize(
    ("clause", "answer"),
    [pytest.param(clause, answer, id=name) for clause, (name, answer) in FIRST.items()],
)
def test_a_deviation_turns_its_clause_red(
    server: Server, clause: str, answer: Answerer
) -> None:
    server.answer = answer
    settings = Settings(only=(clause,), timeout=2, strict=True)
    report = run(server.url, settings)
    if clause in ALWAYS and clause not in failed(report):
        # An invariant is judged by what other clauses send.
        section = clause.partition("/")[0]
        report = run(server.url, replace(settings, only=(section, "request")))
    assert clause in failed(report)
    assert report.exit_code == 1


def test_every_clause_has_a_deviation_that_turns_it_red() -> None:
    own = {clause.id for clause in all_clauses() if clause.section != "schema"}
    assert own == {clause for _, clause, _ in DEVIATIONS}


def test_the_honest_server_conforms_in_every_clause(server: Server) -> None:
    report = run(server.url, Settings(strict=True))
    assert failed(report) == {}
    assert report.exit_code == 0
    unjudged = [result.clause.id for result in report.of(Verdict.NOT_JUDGED)]
    # This server takes any key, answers at once, and compresses nothing.
    assert unjudged == ["auth/6", "framing/11", "framing/14"]
    assert report.requests < 400
    # A whole run violates nearly every keyword of requests.
    unbroken = report.coverage.unbroken
    assert len({place.rpartition("/properties/")[2] for place in unbroken}) < 6
    assert len(report.coverage.requests) > 60
