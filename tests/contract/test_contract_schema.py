"""Generated requests turn clauses of the section `schema` red, and rightly only."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from honest_server import COMPLETE, MESSAGES, Answerer, Ask, Reply, as_json, honest
from honest_server import Server as Honest
from twisting import altered, error, header, instead, strict, welcome

from text_completions_contract import Settings, Verdict, run
from text_completions_contract.fuzzing.engine import EFFORTS

ROOT = Path(__file__).parents[2]
SCHEMA = Settings(only=("schema",))


def lenient(ask: Ask) -> bool:
    """Whether a request breaks the document beyond its headers."""
    return honest(ask).status == 400


def crash_at_top_k(ask: Ask) -> bool:
    return isinstance(ask.get("top_k"), int) and ask.path == COMPLETE


def teapot(ask: Ask) -> bool:
    return ask.path == COMPLETE and honest(ask).status == 400


DEVIATIONS = [
    (
        "metadata is refused",
        "schema/complete/accepts",
        strict("metadata", lambda _: True),
    ),
    ("anything is welcome", "schema/complete/refuses", welcome(lenient)),
    ("top_k crashes it", "schema/complete/no-crash", instead(500, crash_at_top_k)),
    ("a refusal is a 418", "schema/complete/status", instead(418, teapot)),
    (
        "a completion is HTML",
        "schema/complete/content-type",
        header("content-type", "text/html", lambda reply: reply.status == 200),
    ),
    (
        "there is no request-id",
        "schema/complete/headers",
        header("request-id", None, lambda _: True),
    ),
    (
        "there is no id",
        "schema/complete/body",
        altered(lambda members: members.pop("id")),
    ),
    (
        "errors have no type",
        "schema/complete/body",
        error(lambda _, members: members.pop("type")),
    ),
    (
        "system is refused",
        "schema/messages/accepts",
        strict("system", lambda _: True, MESSAGES),
    ),
    (
        "messages have no role",
        "schema/messages/body",
        altered(lambda members: members.pop("role"), MESSAGES),
    ),
]


@pytest.mark.parametrize(
    ("clause", "answer"),
    [pytest.param(clause, answer, id=name) for name, clause, answer in DEVIATIONS],
)
def test_a_deviation_is_found_by_generated_requests(
    server: Honest, clause: str, answer: Answerer
) -> None:
    server.answer = answer
    report = run(server.url, SCHEMA)
    failed = {result.clause.id: result for result in report.of(Verdict.FAILED)}
    assert clause in failed
    assert failed[clause].sent.startswith("curl ")
    assert report.exit_code == 1


def test_the_full_profile_adds_bounds_and_seeds_and_blames_no_honest_server(
    server: Honest, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A whole run takes half a minute.
    short = replace(EFFORTS["full"], seeds=2, examples=4)
    monkeypatch.setitem(EFFORTS, "full", short)
    report = run(server.url, Settings(only=("schema",), profile="full"))
    assert report.requests > 250
    assert report.exit_code == 0
    assert report.of(Verdict.NOT_JUDGED) == []


def test_the_full_profile_generates_most() -> None:
    quick, full, paid = (EFFORTS[name] for name in ("quick", "full", "paid"))
    assert full.seeds * full.examples > 10 * quick.seeds * quick.examples
    assert paid.examples == 0


def test_a_busy_server_is_not_blamed_for_its_load(server: Honest) -> None:
    def answer(ask: Ask) -> Reply:
        if ask.get("metadata") is None:
            return honest(ask)
        kind = {"type": "overloaded_error", "message": "Overloaded"}
        reply = as_json(529, {"type": "error", "error": kind})
        reply.headers["request-id"] = "req_1"
        return reply

    server.answer = answer
    report = run(server.url, SCHEMA)
    assert report.of(Verdict.FAILED) == []


def test_generated_requests_are_ones_that_a_strict_server_takes(server: Honest) -> None:
    report = run(server.url, Settings(only=("schema",), seed=4711, strict=True))
    assert report.exit_code == 0
    assert report.of(Verdict.NOT_JUDGED) == []
    models = {
        json.dumps(ask.get("model"))
        for ask in server.asked
        if isinstance(ask.get("model"), str)
    }
    assert models == {'"claude-2.1"'}
    assert any(ask.get("stream") is True for ask in server.asked)
    assert not any("anthropic-beta" in ask.headers for ask in server.asked)


def test_a_new_operation_of_the_document_gets_its_clauses(
    server: Honest, tmp_path: Path
) -> None:
    text = (ROOT / "openapi.yaml").read_text("utf-8")
    operation = """\
paths:
  /v1/echo:
    post:
      operationId: echo
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [text], properties: {text: {type: string}}}
      responses:
        '200':
          description: The text.
          content:
            application/json:
              schema: {type: object, required: [text]}
"""
    place = tmp_path / "openapi.yaml"
    place.write_text(text.replace("\npaths:\n", f"\n{operation}", 1))

    def answer(ask: Ask) -> Reply:
        return as_json(200, {"echo": 1}) if ask.path == "/v1/echo" else honest(ask)

    server.answer = answer
    report = run(server.url, Settings(only=("schema",), document=place))
    failed = {result.clause.id for result in report.of(Verdict.FAILED)}
    assert failed == {"schema/echo/body"}
