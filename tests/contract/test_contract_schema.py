"""Generated requests turn clauses of the section `schema` red, and rightly only."""

from __future__ import annotations

import json

import pytest
from honest_server import COMPLETE, MESSAGES, Answerer, Ask, Reply, as_json, honest
from honest_server import Server as Honest
from twisting import error, header, instead, said, strict, welcome

from text_completions_contract import Settings, Verdict, run

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
    ("there is no id", "schema/complete/body", said(lambda members: members.pop("id"))),
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
        said(lambda members: members.pop("role"), MESSAGES),
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


def test_the_full_profile_sends_more_and_finds_the_honest_server_honest(
    server: Honest,
) -> None:
    quick = run(server.url, SCHEMA)
    full = run(server.url, Settings(only=("schema",), profile="full"))
    assert full.requests > 3 * quick.requests
    assert full.exit_code == 0
    assert full.of(Verdict.NOT_JUDGED) == []


def test_a_server_without_messages_is_judged_on_completions_alone(
    server: Honest,
) -> None:
    def answer(ask: Ask) -> Reply:
        ask.path = "/gone" if ask.path == MESSAGES else ask.path
        return honest(ask)

    server.answer = answer
    report = run(server.url)
    assert report.exit_code == 0
    unjudged = {result.clause.id for result in report.of(Verdict.NOT_JUDGED)}
    about_messages = {
        result.clause.id
        for result in report.results
        if result.clause.needs == "messages"
    }
    assert unjudged == about_messages | {"headers/5", "framing/11"}


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


def test_the_requests_sent_are_ones_a_strict_server_takes(server: Honest) -> None:
    asked: list[Ask] = []

    def answer(ask: Ask) -> Reply:
        asked.append(ask)
        return honest(ask)

    server.answer = answer
    run(server.url, SCHEMA)
    models = {
        json.dumps(ask.get("model"))
        for ask in asked
        if isinstance(ask.get("model"), str)
    }
    assert models == {'"claude-2.1"'}
    assert any(ask.get("stream") is True for ask in asked)
    assert not any("anthropic-beta" in ask.headers for ask in asked)
