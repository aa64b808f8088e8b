"""The fixtures, as a project that uses them would: pytest within pytest."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

from text_completions_server import MockServer

pytest_plugins = ["pytester"]

PLUGIN = 'pytest_plugins = ["text_completions_server.fixtures"]\n'
ASK = """
import os, threading
import httpx, pytest

def ask(**options):
    headers = {"x-api-key": os.environ["ANTHROPIC_API_KEY"],
               "anthropic-version": "2023-06-01"}
    body = {"model": "claude-2", "max_tokens_to_sample": 5,
            "prompt": "\\n\\nHuman: Hello\\n\\nAssistant:"}
    return httpx.post(os.environ["ANTHROPIC_BASE_URL"] + "/v1/complete",
                      json=body, headers=headers, **options)
"""


@pytest.fixture
def run(pytester, monkeypatch):
    """Runs tests in a project and a process of their own."""
    for name in [each for each in os.environ if each.startswith("ANTHROPIC_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "outside")

    def run_tests(tests, conftest=PLUGIN, autoload=False):
        if not autoload:  # the plugins that are installed take seconds to load
            monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        pytester.makeconftest(conftest)
        pytester.makepyfile(ASK + textwrap.dedent(tests))
        return pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider", "-Werror")

    return run_tests


def test_each_test_has_a_server_as_good_as_new(run):
    done = run(
        """
        ids, urls = [], []

        @pytest.mark.parametrize("number", [1, 2, 3])
        def test_one(mock_server, number):
            assert len(mock_server.requests) == 0
            assert "ANTHROPIC_AUTH_TOKEN" not in os.environ
            answer = ask()
            assert answer.status_code == 200
            assert answer.json()["completion"] != " scripted"
            ids.append(answer.json()["id"])
            urls.append(mock_server.url)
            assert len(set(ids)) == len(set(urls)) == 1
            assert ask(timeout=9).status_code == 200
            assert len(mock_server.requests) == 2
            mock_server.reply(" scripted")
            mock_server.fail("hang", times=5)
            with pytest.raises(httpx.ReadTimeout):
                ask(timeout=0.05)

        def test_nothing_is_left_of_it():
            assert "ANTHROPIC_BASE_URL" not in os.environ
            assert os.environ["ANTHROPIC_AUTH_TOKEN"] == "outside"
        """
    )
    done.assert_outcomes(passed=4)


def test_what_a_test_leaves_under_way_does_not_reach_the_next(run):
    done = run(
        """
        failures = []

        def give_up():
            try:
                ask(timeout=60)
            except httpx.HTTPError as error:
                failures.append(error)

        def test_one(mock_server):
            mock_server.fail("hang")
            global thread
            thread = threading.Thread(target=give_up)
            thread.start()
            while not mock_server.requests:
                pass

        def test_two(mock_server):
            thread.join(10)
            assert len(failures) == 1
            assert len(mock_server.requests) == 0
        """
    )
    done.assert_outcomes(passed=2)


def test_the_settings_of_the_server_can_be_changed(run):
    done = run(
        """
        def test_one(mock_server):
            assert ask().status_code == 401
        """,
        PLUGIN
        + textwrap.dedent(
            """
            import pytest

            @pytest.fixture(scope="session")
            def mock_server_settings():
                return {"api_keys": ["my_api_key"]}
            """
        ),
    )
    done.assert_outcomes(passed=1)


def test_nothing_is_loaded_unasked(run):
    done = run("def test_one(mock_server): ...", conftest="", autoload=True)
    done.stdout.fnmatch_lines(["*fixture 'mock_server' not found*"])


def test_only_the_fixtures_import_pytest():
    program = "import sys, text_completions_server; print('pytest' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_a_server_prints_its_address():
    with MockServer() as server:
        assert repr(server) == f"<MockServer {server.url}>"
    assert repr(server) == "<MockServer that does not run>"
