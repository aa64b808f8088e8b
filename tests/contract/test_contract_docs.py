"""docs/contract.md names what the code has, and the example for CI does its work.

tests/docs runs the blocks of the page.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from text_completions_cli._main import build_parser
from text_completions_contract import Outcome, read_expected
from text_completions_contract.reports.terminal import MARKS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "contract.md").read_text("utf-8")
WORKFLOW: Any = yaml.safe_load((ROOT / "examples" / "contract.yml").read_text("utf-8"))
STEPS = WORKFLOW["jobs"]["contract"]["steps"]


(KNOWN,) = re.findall(
    r'^```yaml title="known.yaml"\n(.*?)^```$', PAGE, re.MULTILINE | re.DOTALL
)


def in_shell(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {key: os.environ[key] for key in os.environ if "PYTEST" not in key}
    with (folder / "out").open("w") as out:  # not a pipe: a server may stay behind
        done = subprocess.run(
            ["bash", "-e", "-c", line],
            cwd=folder,
            env={**kept, "PATH": programs},
            stdout=out,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
    text = (folder / "out").read_text("utf-8")
    return subprocess.CompletedProcess(line, done.returncode, text)


def test_the_shown_list_of_failures_is_read(tmp_path: Path) -> None:
    place = tmp_path / "known.yaml"
    place.write_text(KNOWN)
    assert list(read_expected(place)) == [
        line.split()[-1].rstrip(":")
        if line.startswith("- id")
        else line.split()[1].rstrip(":")
        for line in KNOWN.splitlines()
        if line.startswith("- ")
    ]


def test_the_table_of_options_is_that_of_the_program() -> None:
    commands: Any = build_parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    known = set(commands["contract"]._option_string_actions) - {"-h", "--help"}
    table = PAGE.partition("## Options")[2].partition("\n## ")[0]
    assert set(re.findall(r"`(--[a-z-]+)`", table)) == known


def test_the_tables_name_all_marks_and_outcomes() -> None:
    outcomes = re.findall(r"^\| `([a-z ]+)` \| .* \| (yes|no) \|$", PAGE, re.MULTILINE)
    assert [name for name, _ in outcomes] == [outcome.value for outcome in Outcome]
    marks = re.findall(r"^\| (\W) \|", PAGE, re.MULTILINE)
    assert set(marks) == {mark for mark, _ in MARKS.values()}
    assert re.findall(r"^\| (\d) \|", PAGE, re.MULTILINE) == ["0", "1", "2"]


def test_the_workflow_installs_what_there_is() -> None:
    (install,) = [step["run"] for step in STEPS if step.get("name") == "Install"]
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    found = re.fullmatch(r"pip install 'text-completions\[([\w,]+)\]'", install)
    assert found is not None
    for extra in found[1].split(","):
        assert f"\n{extra} = [" in project


def test_the_workflow_judges_and_keeps_its_reports(
    unused_port: int, tmp_path: Path
) -> None:
    steps = [step["run"] for step in STEPS if "run" in step]
    scripts = [step for step in steps if not step.startswith("pip ")]
    start, judge = (script.replace("8000", str(unused_port)) for script in scripts)
    pid = tmp_path / "pid"
    try:
        started = in_shell(start.replace(" &\n", f" & echo $! > {pid}\n"), tmp_path)
        assert started.returncode == 0, started.stdout
        judged = in_shell(judge, tmp_path)
        assert judged.returncode == 0, judged.stdout
        (upload,) = [step for step in STEPS if "upload" in step.get("uses", "")]
        assert upload["if"] == "always()"
        for name in upload["with"]["path"].split():
            assert (tmp_path / name).is_file()
    finally:
        os.kill(int(pid.read_text()), 15)
