"""Run the official SDK's own tests of text completions with our client instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sdk_sources import (
    COUNT,
    KEY,
    ROOT,
    VENV,
    DownloadFailed,
    run_sdk_tests,
    sdk_sources,
)

from text_completions_server import MockServer

OURS = [ROOT / "src", ROOT / "generated"]
SHIM = [Path(__file__).parent / "shim", *OURS]

pytestmark = pytest.mark.skipif(
    not (VENV / "stamp").exists(),
    reason="the official SDK is not installed: `make peers` does it",
)


@pytest.fixture
def server() -> Iterator[MockServer]:
    try:
        sdk_sources()
    except DownloadFailed as error:
        pytest.skip(str(error))
    with MockServer(api_keys=[KEY]) as server:
        yield server


def test_our_client_passes_the_tests_of_the_official_sdk(server: MockServer) -> None:
    status, output = run_sdk_tests(server.url, SHIM)

    assert status == 0, output
    assert re.findall(r"(\d+) (\w+) in ", output) == [(str(COUNT), "passed")]
    assert server.requests.total == COUNT
    agents = {one.headers["user-agent"].partition("/")[0] for one in server.requests}
    assert agents == {"text-completions"}


def test_these_tests_fail_where_our_client_is_wrong(
    server: MockServer, tmp_path: Path
) -> None:
    wrong = "from text_completions.types import Message as Completion\n"
    shim = tmp_path / "anthropic"
    shim.mkdir()
    for file in (SHIM[0] / "anthropic").glob("*.py"):
        text = wrong if file.name == "types.py" else file.read_text("utf-8")
        (shim / file.name).write_text(text, encoding="utf-8")
    status, output = run_sdk_tests(server.url, [tmp_path, *OURS])

    assert status == 1
    # A stream that is only closed is not parsed, so it cannot have a wrong type.
    failed = re.search(r"(\d+) failed, (\d+) passed", output)
    assert failed is not None, output
    assert int(failed[1]) == COUNT // 2
