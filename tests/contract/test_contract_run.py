"""A run ends with the right verdict, whatever the server does to it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from calling import failed, ids_of
from honest_server import Ask, Reply, Server, as_json, as_stream, frame, honest

from text_completions_contract import (
    SECTIONS,
    Report,
    Result,
    Settings,
    SetupError,
    Verdict,
    all_clauses,
    run,
)

OWN = Settings(only=tuple(section for section in SECTIONS if section != "schema"))
# For servers that hang; an honest one may take longer where the machine is busy.
HASTY = replace(OWN, timeout=0.5)


def test_a_server_that_is_not_there_cannot_be_judged() -> None:
    report = run("http://127.0.0.1:9", HASTY)
    assert report.exit_code == 2
    assert "cannot be reached" in (report.obstacle or "")
    assert len(report.of(Verdict.NOT_JUDGED)) == len(report.results)


def test_a_server_without_tls_cannot_be_judged_by_https(server: Server) -> None:
    report = run(server.url.replace("http", "https"), HASTY)
    assert report.exit_code == 2
    assert "TLS failed" in (report.obstacle or "")


def test_a_refused_key_leaves_judged_what_needs_none(server: Server) -> None:
    report = run(server.url, replace(OWN, api_key="invalid"))
    assert report.exit_code == 2
    assert "key was refused" in (report.obstacle or "")
    assert "auth/1" in {result.clause.id for result in report.of(Verdict.PASSED)}


def test_a_model_that_does_not_answer_leaves_the_server_unjudged(
    server: Server,
) -> None:
    report = run(server.url, replace(OWN, model="gpt"))
    assert report.exit_code == 2
    assert "'gpt'" in (report.obstacle or "")


def test_a_failed_clause_counts_although_others_were_not_reached(
    server: Server,
) -> None:
    def answer(ask: Ask) -> Reply:
        if ask.method == "GET":
            return as_json(200, {})
        return honest(ask)

    server.answer = answer
    assert run(server.url, replace(OWN, model="gpt")).exit_code == 1


def test_a_stream_without_end_is_given_up(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("text_completions_contract.requests.wire.MAX_EVENTS", 200)

    def answer(ask: Ask) -> Reply:
        reply = honest(ask)
        ping = frame("ping", {"type": "ping"})
        return as_stream(itertools.repeat(ping)) if reply.is_stream else reply

    server.answer = answer
    report = run(server.url, replace(OWN, only=("framing",)))
    assert "framing/8" in failed(report)
    assert report.exit_code == 1


def test_a_gigabyte_is_not_read_to_its_end(server: Server) -> None:
    sent = 0

    def gigabyte() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(2**14):
            sent += 2**16
            yield b" " * 2**16

    def answer(ask: Ask) -> Reply:
        reply = honest(ask)
        if reply.status == 200 and reply.is_stream:
            return as_stream(gigabyte())
        return reply

    server.answer = answer
    report = run(server.url, replace(OWN, only=("framing",)))
    assert "framing/8" in failed(report)
    assert sent < 2**28


def test_a_non_deterministic_server_is_not_blamed_for_it(server: Server) -> None:
    numbers = itertools.count()

    def answer(ask: Ask) -> Reply:
        changed = ask.body.replace(b"a walk", b"walk %d" % next(numbers))
        return honest(replace(ask, body=changed))

    server.answer = answer
    only = ("answer", "stream", "stop", "limits", "text", "messages")
    report = run(server.url, Settings(only=only))
    assert failed(report) == {}
    notes = {result.clause.id: result.note for result in report.results}
    assert notes["stream/2023-06-01/9"] == "the server is non-deterministic"
    assert notes["limits/3"] == "the server is non-deterministic"


def test_a_short_text_leaves_relations_unjudged_and_nothing_failed(
    server: Server,
) -> None:
    def answer(ask: Ask) -> Reply:
        members = ask.json
        if isinstance(members, dict) and ask.get("max_tokens_to_sample") == 64:
            members["max_tokens_to_sample"] = 1
        is_long = isinstance(members, dict) and ask.get("max_tokens") == 64
        if is_long:
            members["max_tokens"] = 1
        body = json.dumps(members).encode() if isinstance(members, dict) else ask.body
        reply = honest(replace(ask, body=body))
        if is_long:  # it ended by itself
            reply.chunks = [reply.body.replace(b'"max_tokens"', b'"end_turn"')]
        return reply

    server.answer = answer
    only = ("stop", "stream", "answer", "messages")
    report = run(server.url, replace(OWN, only=only))
    assert failed(report) == {}
    unjudged = {result.clause.id for result in report.of(Verdict.NOT_JUDGED)}
    assert {"stop/1", "stop/2", "stop/3", "stream/2023-06-01/6"} <= unjudged


def test_each_verdict_is_printed_at_once(server: Server) -> None:
    told: list[tuple[str, int, int]] = []
    run(
        server.url,
        Settings(only=("auth",)),
        lambda result, done, total: told.append((result.clause.id, done, total)),
    )
    ids = ids_of("auth")
    assert told == [(one, number, len(ids)) for number, one in enumerate(ids, 1)]


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8000",
        "ftp://a",
        "http://",
        "",
        "http://[::1",
        "http://a/?b",
        "http://a:b",
    ],
)
def test_a_bad_url_is_refused(url: str) -> None:
    with pytest.raises(SetupError, match="is not the URL of a server"):
        run(url)


def test_a_refused_url_shows_no_secret() -> None:
    with pytest.raises(SetupError, match="//…@a") as caught:
        run("https://me:swordfish@a?key=swordfish")
    assert "swordfish" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (Settings(only=("nowhere",)), "no section 'nowhere'; known: auth"),
        (Settings(skip=("auth/99",)), "no clause 'auth/99'"),
        (Settings(document=Path("absent.yaml")), "absent.yaml: cannot be read"),
        (Settings(api_key="sk-\u00fc"), "characters that no header may carry"),
    ],
)
def test_a_run_that_cannot_begin_says_why(settings: Settings, message: str) -> None:
    with pytest.raises(SetupError, match=message):
        run("http://127.0.0.1:9", settings)


def test_a_foreign_server_needs_a_key() -> None:
    with pytest.raises(SetupError, match="set the variable OTHER_KEY"):
        run("https://api.example.com", Settings(key_name="OTHER_KEY"))


def test_a_document_that_is_not_a_contract_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "other.yaml"
    place.write_text("openapi: 3.1.0\npaths: {}\n")
    with pytest.raises(SetupError, match="does not describe POST /v1/complete"):
        run("http://127.0.0.1:9", Settings(document=place))


def test_ids_are_unique_and_every_clause_says_what_and_where() -> None:
    clauses = all_clauses()
    assert len({clause.id for clause in clauses}) == len(clauses)
    for clause in clauses:
        assert clause.section in SECTIONS
        assert clause.sentence.endswith(".")
        assert clause.source


def test_a_report_prints_as_one_line() -> None:
    passed, failing, *_ = all_clauses()
    report = Report(
        url="http://127.0.0.1:8000",
        model="claude-2.1",
        results=(
            Result(clause=passed, verdict=Verdict.PASSED),
            Result(clause=failing, verdict=Verdict.FAILED, note="wrong"),
        ),
        obstacle=None,
        requests=2,
        seconds=0.1,
    )
    assert repr(report) == (
        "<Report http://127.0.0.1:8000: deviates; 1 passed, 1 failed, 0 not judged>"
    )
