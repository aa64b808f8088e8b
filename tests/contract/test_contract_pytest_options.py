"""What the program can be told, pytest can be told as well."""

from __future__ import annotations

from pathlib import Path

import pytest
from honest_server import Ask, Reply, Server, honest
from test_contract_pytest import SUITE, Counting, last_line, pytest_run


def test_headers_and_a_prefix_are_sent(server: Server, tmp_path: Path) -> None:
    counting = Counting(server)
    server.answer = lambda ask: counting.answer(
        Ask(ask.method, ask.path.removeprefix("/gateway"), ask.headers, ask.body)
    )
    words = ("--contract-header", "X-Tenant: a", "--contract-path-prefix", "gateway")
    done = pytest_run(tmp_path, *SUITE, "--base-url", server.url, *words, "-k", "auth")
    assert "5 passed" in last_line(done), done.stdout
    assert {ask.headers.get("x-tenant") for ask in counting.asked} == {"a"}


def test_clauses_can_be_skipped_and_versions_chosen(tmp_path: Path) -> None:
    words = ("--contract-version", "2023-06-01", "--contract-skip", "auth/1")
    done = pytest_run(tmp_path, *SUITE, "--collect-only", "-q", *words)
    listed = [line.split("::")[1] for line in done.stdout.splitlines() if "::" in line]
    assert "auth/2" in listed
    assert "auth/1" not in listed
    assert "stream/2023-06-01/1" in listed
    assert not any("2023-01-01" in name for name in listed)


def test_a_strict_run_fails_by_what_is_only_advised(
    server: Server, tmp_path: Path
) -> None:
    def unadvised(ask: Ask) -> Reply:
        reply = honest(ask)
        reply.headers["request-id"] += "-x"
        return reply

    server.answer = unadvised
    words = ("--base-url", server.url, "-k", "headers/2", "--contract-strict")
    done = pytest_run(tmp_path, *SUITE, *words)
    assert (done.returncode, "1 failed" in last_line(done)) == (1, True), done.stdout


def test_what_no_clause_has_is_told_in_a_line(tmp_path: Path) -> None:
    words = ("--base-url", "http://127.0.0.1:9", "--contract-version", "2022-01-01")
    done = pytest_run(tmp_path, *SUITE, *words)
    assert done.returncode == 4
    assert "there is no version '2022-01-01'; known: " in done.stderr + done.stdout
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--contract-header", "secret"], "a colon is missing"),
        (["--contract-profile", "quicker"], "invalid choice: 'quicker'"),
    ],
)
def test_what_cannot_be_understood_is_told_in_a_line(
    tmp_path: Path, words: list[str], said: str
) -> None:
    done = pytest_run(tmp_path, *SUITE, "--base-url", "http://127.0.0.1:9", *words)
    assert done.returncode == 4
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr + done.stdout
