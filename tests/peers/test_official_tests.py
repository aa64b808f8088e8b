"""Run the official SDK's own tests of text completions against the mock."""

from __future__ import annotations

import re

import pytest
from sdk_sources import COUNT, KEY, VENV, DownloadFailed, run_sdk_tests, sdk_sources

from text_completions_server import MockServer

pytestmark = pytest.mark.skipif(
    not (VENV / "stamp").exists(),
    reason="the official SDK is not installed: `make peers` does it",
)


@pytest.fixture(autouse=True)
def _sources() -> None:
    try:
        sdk_sources()
    except DownloadFailed as error:
        pytest.skip(str(error))


def test_the_official_sdk_passes_its_own_tests_against_the_mock() -> None:
    with MockServer(api_keys=[KEY]) as server:
        status, output = run_sdk_tests(server.url)
        requests = server.requests.total
    assert status == 0, output
    assert re.findall(r"(\d+) (\w+) in ", output) == [(str(COUNT), "passed")]
    assert requests == COUNT


def test_these_tests_fail_where_the_server_does() -> None:
    with MockServer(api_keys=["another"]) as server:
        status, output = run_sdk_tests(server.url)
    assert status == 1
    assert re.findall(r"(\d+) (\w+) in ", output) == [(str(COUNT), "failed")]
