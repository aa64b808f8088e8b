"""`text-completions contract`, as a shell sees it."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from calling import call, ids_of, refuse_with_422, without_form
from honest_server import MESSAGES, OLD, Ask, Reply, Server, as_json, honest

from text_completions_cli._command import CommandError
from text_completions_contract import Settings, all_clauses, explain
from text_completions_document import read_document


def test_a_server_that_conforms_is_0(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(server.url, "--only", "auth", "--only", "versions") == 0
    out, err = capsys.readouterr()
    assert "Authentication" in out
    assert "✔ auth/1" in out
    count = len(ids_of("auth") + ids_of("versions"))
    assert f"{count - 1} passed, 0 failed, 1 not judged" in out
    assert "conforms" in out.splitlines()[-1]
    assert "\x1b" not in out + err


def test_early_hints_are_neither_a_response_nor_a_body(server: Server) -> None:
    server.hints = True
    assert call(server.url, "--only", "methods", "--only", "auth") == 0


def test_white_space_around_the_url_and_the_key_is_left_out(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-test\n")
    assert call(f" {server.url}\n", "--only", "auth") == 0
    assert f"\n{server.url} with" in capsys.readouterr().out


def test_a_server_that_deviates_is_1_and_shown_why(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answer = lambda _: as_json(200, {"completion": "\x1b[31mred"})
    assert call(server.url, "--only", "auth") == 1
    out, err = capsys.readouterr()
    assert "✘ auth/1" in out
    assert "answered 200, not 401" in out
    assert f"curl -sS -i {server.url}/v1/complete" in out
    assert "source: #/components/securitySchemes/ApiKey" in out
    assert "✘ auth/1" in err
    assert "\x1b" not in out + err


def test_a_failed_should_counts_only_when_strict(server: Server) -> None:
    server.answer = without_form
    assert call(server.url, "--only", "headers") == 0
    assert call(server.url, "--only", "headers", "--strict") == 1


def test_a_server_that_is_not_there_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("http://127.0.0.1:9") == 2
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < 5  # not the same reason for each section
    assert any("1 request in " in line for line in lines)
    assert any("no clause was judged: the server cannot be" in line for line in lines)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["localhost:8000"], "is not the URL of a server"),
        ([], "give the URL of a server"),
        (["http://127.0.0.1:9", "--only", "nowhere"], "there is no section 'nowhere'"),
        (["https://api.example.com"], "set the variable ANTHROPIC_API_KEY"),
        (["https://a.example", "--api-key-env", "MINE"], "set the variable MINE"),
    ],
)
def test_what_cannot_begin_is_2_with_a_line(words: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message) as caught:
        call(*words)
    assert caught.value.exit_code == 2


def test_the_key_comes_from_the_variable_named(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MINE", "invalid-mine")
    assert call(server.url, "--api-key-env", "MINE") == 2
    out = capsys.readouterr().out
    assert "the key was refused: 401" in out
    assert "set ANTHROPIC_API_KEY" in out
    assert "invalid-mine" not in out


def test_a_response_is_given_up_after_the_timeout(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    over = threading.Event()
    server.answer = lambda ask: (over.wait(30), honest(ask))[1]
    try:
        assert call(server.url, "--only", "auth", "--timeout", "0.2") == 2
    finally:
        over.set()
    assert "no response within 0.2 s" in capsys.readouterr().out


@pytest.mark.parametrize("seconds", ["-1", "inf", "nan", "soon"])
def test_a_timeout_is_a_number_of_seconds(
    seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        call("http://127.0.0.1:9", f"--timeout={seconds}")
    assert "--timeout" in capsys.readouterr().err


def test_the_clauses_are_listed_without_a_server(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert call("--list", "--only", "stop") == 0
    out = capsys.readouterr().out
    assert "Stop sequences (stop)" in out
    assert "stop/1  MUST  The text ends" in out
    assert "auth/1" not in out


def test_the_help_says_what_it_does_with_an_example(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as caught:
        call("--help")
    assert caught.value.code == 0
    out = capsys.readouterr().out
    assert "Judge whether the server at URL honours the contract" in out
    assert "text-completions contract http://127.0.0.1:8000" in out


def test_headers_prefix_and_version_go_with_every_request(server: Server) -> None:
    server.answer = lambda ask: honest(
        replace(ask, path=ask.path.removeprefix("/gateway"))
    )
    words = ["--header", "X-Tenant: blue: 5", "--path-prefix", "/gateway"]
    assert call(server.url, *words, "--version", OLD, "--only", "stop") == 0
    assert {ask.headers.get("x-tenant") for ask in server.asked} == {"blue: 5"}
    assert {ask.headers["anthropic-version"] for ask in server.asked} == {OLD}


def test_a_header_without_a_colon_is_refused_and_not_repeated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        call("http://127.0.0.1:9", "--header", "swordfish")
    error = capsys.readouterr().err
    assert "--header: a header has the form 'NAME: VALUE'" in error
    assert "swordfish" not in error


def test_a_spent_budget_ends_with_2_and_a_report(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--profile", "paid", "--max-requests", "30", "--max-tokens", "1000"]
    assert call(server.url, *words, "--rate", "1000/s") == 2
    out = capsys.readouterr().out
    assert "30 requests in" in out
    assert "not all clauses were judged: the budget of 30 requests is spent" in out
    assert "✔ auth/1" in out


def test_a_budget_of_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="max_requests must be greater than 0"):
        call("http://127.0.0.1:9", "--max-requests", "0")
    with pytest.raises(CommandError, match="timeout must be greater than 0"):
        call("http://127.0.0.1:9", "--timeout", "0")
    with pytest.raises(SystemExit):
        call("http://127.0.0.1:9", "--timeout", "x")
    assert "--timeout: 'x' is not a number of seconds" in capsys.readouterr().err


def test_clauses_that_fail_to_be_judged_for_one_reason_take_one_line(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(ask: Ask) -> Reply:
        if ask.path == MESSAGES:
            return as_json(404, {"detail": "Not Found"})
        return honest(ask)

    server.answer = answer
    assert call(server.url, "--only", "auth", "--only", "messages") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if "the server has no /v1/messages" in line] == [
        f"  \N{EN DASH} {ids[0]} … {ids[-1]} {len(ids)} clauses not judged: "
        "the server has no /v1/messages"
        for ids in [ids_of("messages")]
    ]


def test_clauses_that_fail_for_one_cause_show_one_exchange(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answer = refuse_with_422
    assert call(server.url, "--only", "request") == 1
    out = capsys.readouterr().out
    assert out.count("came back: HTTP 422") == 1
    assert "follows: request/1, which has the same cause" in out
    assert "clauses failed for one cause, answered 422, not 400: request/1, " in out


def test_failures_are_written_as_a_list_that_is_read_again(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answer = refuse_with_422
    known = tmp_path / "known.yaml"
    words = (server.url, "--only", "versions")
    assert call(*words, "--write-expected-failures", str(known)) == 1
    assert "no version: answered 422, not 400" in known.read_text("utf-8")
    assert call(*words, "--expected-failures", str(known)) == 0
    assert "failed, as expected" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("clause", "parts"),
    [
        ("auth/1", ["HTTP 401", "x-api-key header is required"]),
        ("auth/3", ["<https://www.rfc-editor.org/rfc/rfc9110#section-5.1>", "X-API"]),
        ("stream/2023-01-01/2", ["anthropic-version: 2023-01-01", "event-stream"]),
        ("messages/2", ["/v1/messages", '"type": "message"']),
        ("headers/1", ["request-id: req_"]),
        ("headers/4", ["HTTP 401", "x-should-retry: false"]),
        ("errors/1", ["HTTP 401", "x-api-key header is required"]),
        ("methods/1", ["-X GET", "HTTP 405", "allow: POST"]),
        ("methods/8", ["--head", "HTTP 405", "allow: POST"]),
        ("request/19", ["text/plain", "HTTP 400"]),
        ("schema/complete/body", ["HTTP 200", "curl "]),
    ],
)
def test_a_clause_is_explained_without_a_server(
    clause: str, parts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("--explain", clause) == 0
    out = capsys.readouterr().out
    assert all(part in out for part in [clause, "source: ", *parts]), out


def test_clauses_of_all_sections_have_an_example() -> None:
    sample = [clause.id for clause in all_clauses()[::7]]
    # These send requests in turn, at the same time, and without an HTTP library.
    for identity in {*sample, "errors/12", "answer/13", "methods/8"}:
        explanation = explain(identity, Settings())
        assert explanation.sent.startswith(("curl ", "printf ")), identity
        assert explanation.received.startswith("HTTP "), identity


def test_no_response_is_shown_where_the_document_does_not_say_which() -> None:
    # It is refused, by a status that depends on its size.
    assert explain("errors/11", Settings()).received == ""
    assert '{"type"' not in explain("methods/8", Settings()).received


def test_a_clause_that_sends_nothing_has_no_example(tmp_path: Path) -> None:
    root: Any = json.loads(json.dumps(read_document().root))
    del root["components"]["parameters"]["AnthropicBeta"]["example"]
    file = tmp_path / "edited.json"
    file.write_text(json.dumps(root))
    assert explain("headers/7", Settings(document=file)).sent == ""


def test_an_unknown_clause_cannot_be_explained() -> None:
    with pytest.raises(CommandError, match="there is no clause 'auth/99'"):
        call("--explain", "auth/99")
