"""docs/mock.md does what it says: every block is executed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import yaml

from text_completions_cli._main import build_parser
from text_completions_server import FAULTS, Control, MockServer

pytest_plugins = ["pytester"]

PAGE = (Path(__file__).parents[2] / "docs" / "mock.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    return [code for name, code in BLOCKS if name == kind]


PROGRAMS = [code for code in blocks("python") if "pytest_plugins" not in code]
(TEST,) = [code for code in blocks("python") if "pytest_plugins" in code]
(CURLS,) = [code for code in blocks("sh") if "curl" in code]


def test_every_kind_of_block_is_executed_below():
    kinds = {name for name, _ in BLOCKS}
    assert kinds == {"python", "sh", "text", "yaml"}
    assert (len(PROGRAMS), len(blocks("sh")), len(blocks("yaml"))) == (5, 3, 1)


@pytest.mark.parametrize("code", PROGRAMS)
def test_each_program_runs_and_prints(code, capsys):
    exec(compile(code, "mock.md", "exec"), {"__name__": "page"})
    assert capsys.readouterr().out.strip()


def test_the_shown_output_is_what_is_printed(capsys):
    (shown,) = blocks("text")
    (code,) = [code for code in PROGRAMS if "Still Paris" in code]
    exec(compile(code, "mock.md", "exec"), {})
    assert capsys.readouterr().out == shown


def test_the_shown_test_passes(pytester):
    httpx.Client().close()  # loads httpcore: pytester unloads what a run loads
    pytester.makeconftest("")
    pytester.makepyfile(TEST)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_the_shown_file_of_replies_is_read(tmp_path):
    (text,) = blocks("yaml")
    file = tmp_path / "replies.yaml"
    file.write_text(text)
    assert len(Control(replies=file).reply_rules.listed()) == len(yaml.safe_load(text))


@pytest.mark.parametrize("line", CURLS.splitlines())
def test_each_curl_line_works(line):
    if shutil.which("curl") is None:
        pytest.skip("curl is not there")
    with MockServer() as server:
        done = subprocess.run(
            ["sh", "-c", line],
            env={**os.environ, "MOCK": server.url},
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    assert done.stdout
    assert '"error"' not in done.stdout.partition("components")[0]


def test_the_shown_command_is_understood():
    (line,) = [code for code in blocks("sh") if code.startswith("text-completions ")]
    assert build_parser().parse_args(line.split()[1:]).port == 8765


def test_the_table_of_faults_is_that_of_the_code():
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|$", PAGE, re.MULTILINE)
    assert dict(rows) == {name: kind.what for name, kind in FAULTS.items()}


def test_the_table_of_options_is_that_of_the_program():
    commands: Callable[..., object] = (
        build_parser()._subparsers._group_actions[0].choices
    )
    known = set(commands["mock"]._option_string_actions) - {"-h", "--help"}
    assert set(re.findall(r"`(--[a-z-]+)`", PAGE)) == known
