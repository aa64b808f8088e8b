"""A run says which keywords of the document its requests and responses exercised."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from calling import call
from honest_server import COMPLETE, Ask, Reply, Server, honest

from text_completions_contract import Settings, run

PARAMS = "#/components/schemas/CompletionCreateParams"
TEMPERATURE = f"{PARAMS}/properties/temperature"
ANSWER = "#/components/schemas/Completion"


def test_a_keyword_is_violated_by_the_clause_that_sends_a_wrong_value(
    server: Server,
) -> None:
    few = run(server.url, Settings(only=("limits/3",))).coverage
    more = run(server.url, Settings(only=("limits/3", "request/4"))).coverage
    assert f"{TEMPERATURE}/maximum" in few.requests
    assert f"{TEMPERATURE}/maximum" not in few.unmet
    assert f"{TEMPERATURE}/maximum" in few.unbroken
    assert f"{TEMPERATURE}/maximum" not in more.unbroken
    assert f"{PARAMS}/required" not in more.unmet


def test_a_keyword_of_a_response_is_checked_where_a_response_has_it(
    server: Server,
) -> None:
    coverage = run(server.url, Settings(only=("answer/2", "framing/6"))).coverage
    assert f"{ANSWER}/required" in coverage.responses
    assert f"{ANSWER}/required" not in coverage.unseen
    assert any(
        place.startswith("#/components/schemas/Ping") for place in coverage.responses
    )
    assert not any("/schemas/Ping" in place for place in coverage.unseen)


def test_keywords_of_an_operation_that_the_server_lacks_do_not_count(
    server: Server,
) -> None:
    def answer(ask: Ask) -> Reply:
        if ask.path != COMPLETE:
            ask.path = "/gone"
        return honest(ask)

    server.answer = answer
    coverage = run(server.url, Settings(only=("request/4",))).coverage
    assert coverage.requests
    assert not any("Message" in place for place in coverage.requests)


def test_coverage_is_printed_and_in_the_reports(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {kind: tmp_path / kind for kind in ("json", "html")}
    reports = [f"--report={kind}={place}" for kind, place in places.items()]
    call(server.url, "--only", "request/4", *reports)
    printed = next(
        line for line in capsys.readouterr().out.splitlines() if "coverage" in line
    )
    assert printed.startswith("Schema coverage: of ")
    assert printed in places["html"].read_text("utf-8")
    written = json.loads(places["json"].read_text("utf-8"))["coverage"]
    assert f"{TEMPERATURE}/maximum" in written["requests"]
    assert f"{TEMPERATURE}/maximum" not in written["unbroken"]
