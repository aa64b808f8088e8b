"""`pytest --pyargs text_completions_contract --base-url URL`, from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from calling import SUITE, ids_of, run_pytest, without_form
from honest_server import Ask, Reply, Server, as_json, honest

from text_completions_contract import all_clauses

ROOT = Path(__file__).parents[2]
IDS = [f"text_completions_contract::{clause.id}" for clause in all_clauses()]


def in_a_process(
    folder: Path, *words: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    quick = ("-p", "no:cacheprovider", "-p", "no:schemathesis")
    kept = {key: os.environ[key] for key in os.environ if "PYTEST" not in key}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *quick, *words],
        cwd=folder,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_there_is_a_test_for_each_clause(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, *SUITE, "--collect-only", "-q")
    listed = [line for line in done.stdout.splitlines() if "::" in line]
    assert listed == IDS
    assert done.returncode == 0


def test_the_tests_share_one_run(server: Server, tmp_path: Path) -> None:
    words = (*SUITE, "--base-url", server.url, "-k", "not schema")
    done = run_pytest(tmp_path, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    # Each clause by itself would take three times as many requests.
    assert len(server.asked) < 400


def test_xdist_starts_no_workers_for_the_one_run(
    server: Server, tmp_path: Path
) -> None:
    words = ("--base-url", server.url, "-k", "auth", "-n", "2", "--model", "gpt")
    done = in_a_process(tmp_path, *SUITE, *words)
    assert done.returncode == 2, done.stdout + done.stderr
    assert (
        f"{len(ids_of('auth')) - 2} passed, 2 skipped" in done.stdout.splitlines()[-1]
    )
    assert "the server could not be judged: no completion from 'gpt'" in done.stdout
    assert len(server.asked) < 12


def test_chosen_tests_send_what_they_need(server: Server, tmp_path: Path) -> None:
    words = (*SUITE, "--base-url", server.url, "-v", "-k", "auth/1 or auth/2")
    done = run_pytest(tmp_path, *words)
    assert "text_completions_contract::auth/2 PASSED" in done.stdout
    assert "2 passed" in done.last_line
    assert len(server.asked) < 6


def test_a_failure_shows_the_evidence_and_no_traceback(
    server: Server, tmp_path: Path
) -> None:
    def answer(ask: Ask) -> Reply:
        return as_json(200, {}) if "x-api-key" not in ask.headers else honest(ask)

    server.answer = answer
    words = (*SUITE, "--base-url", server.url, "-k", "auth")
    done = run_pytest(tmp_path, *words, ANTHROPIC_API_KEY="sk-secret-of-mine")
    assert done.returncode == 1
    assert "FAILED text_completions_contract::auth/1" in done.stdout
    assert "found: no key: answered 200, not 401" in done.stdout
    assert f"curl -sS -i {server.url}/v1/complete" in done.stdout
    assert "Traceback" not in done.stdout
    assert "sk-secret" not in done.stdout + done.stderr


def test_without_a_url_a_line_says_how_to_give_one(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, *SUITE)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert done.stderr.strip() == (
        "ERROR: which server? pytest --pyargs text_completions_contract --base-url URL"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--base-url", "here"), "'here' is not the URL of a server"),
        (("--base-url", "https://a.example"), "set the variable ANTHROPIC_API_KEY"),
        (
            ("--base-url", "http://127.0.0.1:9", "--expected-failures", "absent"),
            "the expected failures absent cannot be read",
        ),
        (
            ("--base-url", "http://127.0.0.1:9", "--contract-version", "2022-01-01"),
            "unknown version '2022-01-01'; the versions are ",
        ),
        (("--contract-header", "secret"), "a header has the form 'NAME: VALUE'"),
        (("--contract-profile", "quicker"), "invalid choice: 'quicker'"),
    ],
)
def test_a_run_that_cannot_begin_says_why_in_a_line(
    tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    done = run_pytest(tmp_path, *SUITE, *words)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_server_that_is_not_there_is_not_a_success(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, *SUITE, "--base-url", "http://127.0.0.1:9")
    assert done.returncode == 2
    assert f"{len(IDS)} skipped" in done.last_line
    assert "the server could not be judged: the server cannot be" in done.stdout


def test_known_failures_are_expected_and_stale_ones_fail(
    server: Server, tmp_path: Path
) -> None:
    def answer(ask: Ask) -> Reply:
        reply = honest(ask)
        del reply.headers["request-id"]
        return reply

    server.answer = answer
    known = tmp_path / "known.yaml"
    known.write_text("- headers/1: the proxy drops it\n- auth/1\n")
    options = ("--base-url", server.url, "--expected-failures", str(known), "-rxf")
    done = run_pytest(tmp_path, *SUITE, *options, "-k", "headers/1 or auth/1")
    assert "auth/1 - passed, but is listed" in done.stdout
    assert "headers/1 - the proxy drops it" in done.stdout
    assert "1 failed, " in done.last_line
    assert "1 xfailed" in done.last_line


@pytest.mark.parametrize(
    "strict", [(), ("--contract-strict",)], ids=["usual", "strict"]
)
def test_a_failed_should_fails_only_a_strict_run(
    server: Server, tmp_path: Path, strict: tuple[str, ...]
) -> None:
    server.answer = without_form
    words = (*SUITE, "--base-url", server.url, "-rx", "-k", "headers/2", *strict)
    done = run_pytest(tmp_path, *words)
    assert done.returncode == bool(strict)
    assert ("headers/2 - only advised: " in done.stdout) == (not strict)


def test_the_model_and_the_variable_of_the_key_can_be_named(
    server: Server, tmp_path: Path
) -> None:
    options = ("--base-url", server.url, "--model", "claude-x", "--api-key-env", "MINE")
    words = (*SUITE, *options, "-k", "auth/3")
    assert run_pytest(tmp_path, *words, MINE="sk-mine").returncode == 0
    assert {ask.headers.get("x-api-key") for ask in server.asked} == {"sk-mine"}
    assert {ask.get("model") for ask in server.asked} == {"claude-x"}


def test_clauses_can_be_skipped_and_versions_chosen(tmp_path: Path) -> None:
    words = ("--contract-version", "2023-06-01", "--contract-skip", "auth/1")
    done = run_pytest(tmp_path, *SUITE, "--collect-only", "-q", *words)
    listed = [line.split("::")[1] for line in done.stdout.splitlines() if "::" in line]
    assert "auth/2" in listed
    assert "auth/1" not in listed
    assert "stream/2023-06-01/1" in listed
    assert not any("2023-01-01" in name for name in listed)


PLUGIN = """
def pytest_addoption(parser):
    parser.addoption("--base-url", default=None, help="a plugin's own")
"""


def test_a_plugin_with_the_same_option_does_no_harm(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other_plugin.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(tmp_path)
    words = (*SUITE, "-p", "other_plugin", "--base-url", server.url, "-k", "auth/1")
    done = run_pytest(tmp_path, *words)
    assert "1 passed" in done.last_line, done.stdout + done.stderr


ELSEWHERE = """
import sys

def test_nothing_is_loaded(pytestconfig):
    assert not [name for name in sys.modules if name == "text_completions_contract"]
    assert pytestconfig.getoption("base_url", "absent") == "absent"
"""


def test_other_runs_of_pytest_know_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "test_elsewhere.py").write_text(ELSEWHERE)
    done = in_a_process(tmp_path)
    assert "1 passed" in done.stdout.splitlines()[-1], done.stdout
    refused = run_pytest(tmp_path, "--base-url", "http://127.0.0.1:9")
    assert "unrecognized arguments: --base-url" in refused.stderr


def test_a_missing_extra_is_named(tmp_path: Path) -> None:
    missing = "raise ModuleNotFoundError('gone', name='rich')"
    (tmp_path / "rich.py").write_text(missing)
    words = (*SUITE, "--base-url", "http://127.0.0.1:9")
    done = in_a_process(tmp_path, *words, PYTHONPATH=str(tmp_path))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "pip install " in done.stderr
    assert "[contract]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_works_from_an_installed_wheel(server: Server, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    installed, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    elsewhere.mkdir()
    (elsewhere / "conftest.py").write_text(
        "import text_completions_contract as suite\n"
        f"assert suite.__file__.startswith({str(installed)!r})\n"
    )
    words = (*SUITE, "--base-url", server.url, "-v", "-k", "auth", "--rootdir", ".")
    done = in_a_process(elsewhere, *words, PYTHONPATH=str(installed))
    assert "text_completions_contract::auth/5 PASSED" in done.stdout, done.stderr
    assert f"{len(ids_of('auth')) - 1} passed" in done.stdout.splitlines()[-1]
