"""What a run is told to send, where to, and which clauses it judges."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from calling import ids_of
from honest_server import NEW, OLD, Ask, Reply, Server, as_json, honest

from text_completions_contract import (
    Settings,
    SetupError,
    Verdict,
    all_clauses,
    chosen_clauses,
    run,
)
from text_completions_document import read_document


def test_headers_are_added_to_every_request(server: Server) -> None:
    headers = (("X-Tenant", "blue"), ("Accept", "text/event-stream"))
    run(server.url, Settings(headers=headers, only=("auth", "stream", "methods")))
    assert {ask.headers["x-tenant"] for ask in server.asked} == {"blue"}
    assert {ask.headers["accept"] for ask in server.asked} == {"text/event-stream"}


def test_the_value_of_an_added_header_is_in_no_report(server: Server) -> None:
    secret = "Bearer swordfish"
    server.answer = lambda ask: as_json(200, {"error": ask.headers["authorization"]})
    headers = (("Authorization", secret),)
    report = run(server.url, Settings(headers=headers, only=("auth", "answer")))
    assert report.exit_code == 1
    assert secret not in repr(report) + repr(report.results)
    assert '-H "Authorization: $AUTHORIZATION"' in report.of(Verdict.FAILED)[0].sent


@pytest.mark.parametrize("name", ["x-api-key", "Anthropic-Version", "content-type"])
def test_a_header_that_clauses_are_about_cannot_be_added(name: str) -> None:
    with pytest.raises(SetupError, match="is set by the suite itself"):
        run("http://127.0.0.1:9", Settings(headers=((name, "x"),)))


@pytest.mark.parametrize("header", [("a b", "x"), ("", "x"), ("x-a", "ü"), ("a", "\n")])
def test_a_header_that_cannot_be_sent_is_refused(header: tuple[str, str]) -> None:
    with pytest.raises(SetupError, match="has characters that no header may carry"):
        run("http://127.0.0.1:9", Settings(headers=(header,)))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"profile": "x"}, "profile must be quick or full or paid, not 'x'"),
        ({"auth": "basic"}, "auth must be x-api-key or bearer, not 'basic'"),
        ({"only": "auth"}, r"only must be a tuple, such as \('auth',\)"),
        ({"timeout": -1}, "timeout must be greater than 0, not -1"),
        ({"max_requests": 0}, "max_requests must be greater than 0, not 0"),
    ],
)
def test_a_value_that_no_run_can_use_is_refused(settings: Any, message: str) -> None:
    with pytest.raises(SetupError, match=message):
        run("http://127.0.0.1:9", Settings(**settings))


@pytest.mark.parametrize("prefix", ["/gateway/anthropic", "gateway/anthropic/"])
def test_a_prefix_stands_before_every_path(server: Server, prefix: str) -> None:
    server.answer = lambda ask: honest(
        replace(ask, path=ask.path.removeprefix("/gateway/anthropic"))
    )
    settings = Settings(path_prefix=prefix, only=("auth", "errors/4", "messages"))
    assert run(server.url, settings).exit_code == 0
    assert server.asked
    paths = {ask.path for ask in server.asked}
    assert all(path.startswith("/gateway/anthropic/v1/") for path in paths)


@pytest.mark.parametrize("prefix", ["/a b", "/a?b", "http://a"])
def test_a_prefix_that_is_not_a_path_is_refused(prefix: str) -> None:
    with pytest.raises(SetupError, match="is not a path"):
        run("http://127.0.0.1:9", Settings(path_prefix=prefix))


@pytest.mark.parametrize("version", [NEW, OLD])
def test_a_server_of_one_version_is_judged_by_that_one(
    server: Server, version: str
) -> None:
    def answer(ask: Ask) -> Reply:
        other = {NEW: OLD, OLD: NEW}[version]
        if ask.headers.get("anthropic-version") == other:
            headers = {**ask.headers, "anthropic-version": "none"}
            return honest(replace(ask, headers=headers))
        return honest(ask)

    server.answer = answer
    skip = ("errors", "methods", "messages", "prompts")
    report = run(server.url, Settings(version=version, skip=skip))
    assert [item.clause.id for item in report.deviations] == []
    assert report.exit_code == 0
    asked = {ask.headers.get("anthropic-version") for ask in server.asked}
    assert {NEW, OLD} & asked == {version}


def test_a_version_leaves_the_clauses_of_the_other_out() -> None:
    named = {clause.id for clause in chosen_clauses(Settings(version=OLD))}
    assert "stream/2023-01-01/1" in named
    assert "stream/2023-06-01/1" not in named
    assert "auth/1" in named


def test_a_version_that_never_was_is_refused() -> None:
    with pytest.raises(
        SetupError, match="unknown version '2024-01-01'; the versions are "
    ):
        chosen_clauses(Settings(version="2024-01-01"))


def test_sections_and_clauses_can_be_named_and_left_out() -> None:
    settings = Settings(only=("auth", "stop/1"), skip=("auth/2",))
    chosen = [clause.id for clause in chosen_clauses(settings)]
    kept = [one for one in ids_of("auth") if one != "auth/2"]
    assert chosen == [*kept, "stop/1"]
    left = chosen_clauses(Settings(skip=("messages", "auth/1"), profile="full"))
    assert {clause.section for clause in all_clauses()} - {
        clause.section for clause in left
    } == {"messages"}


def test_generated_requests_are_sent_by_the_full_profile_or_by_name() -> None:
    def sections(settings: Settings) -> set[str]:
        return {clause.section for clause in chosen_clauses(settings)}

    assert "schema" not in sections(Settings())
    assert "schema" in sections(Settings(profile="full"))
    assert "schema" in sections(Settings(only=("schema",)))


def test_what_the_document_calls_an_alias_may_be_resolved(server: Server) -> None:
    def answer(ask: Ask) -> Reply:
        reply = honest(ask)
        text = reply.body.replace(b'"model": "claude-2"', b'"model": "claude-2.1"')
        return Reply(reply.status, reply.headers, [text])

    server.answer = answer
    only = ("answer", "framing", "stream", "stop", "limits", "messages")
    assert run(server.url, Settings(model="claude-2", only=only)).exit_code == 0


@pytest.mark.parametrize(
    ("keywords", "place"),
    [
        ({"type": "nonsense"}, "odd/type"),
        ({"anyOf": {}}, "odd/anyOf"),
        ({"$ref": 5}, "odd/$ref"),
    ],
    ids=["a type", "branches", "a reference"],
)
def test_a_document_with_a_broken_schema_is_refused_before_anything_is_sent(
    server: Server, tmp_path: Path, keywords: dict[str, object], place: str
) -> None:
    root: Any = json.loads(json.dumps(read_document().root))
    properties = root["components"]["schemas"]["CompletionCreateParams"]["properties"]
    file = tmp_path / "edited.json"
    properties["odd"] = keywords
    file.write_text(json.dumps(root))
    with pytest.raises(SetupError, match=re.escape(f"properties/{place}: ")):
        run(server.url, Settings(document=file))
