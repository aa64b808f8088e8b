"""Ctrl-C ends a run with what it knows."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from honest_server import Ask, Reply, Server, honest

from text_completions_contract import Interrupted, Result, Verdict, run


def test_an_interrupted_run_reports_what_it_judged(
    server: Server, tmp_path: Path
) -> None:
    asked, going_on = threading.Event(), threading.Event()

    def answer(ask: Ask) -> Reply:
        if ask.get("temperature") == -0.0001:
            asked.set()
            going_on.wait(30)
        return honest(ask)

    server.answer = answer
    file = tmp_path / "report.json"
    command = [sys.executable, "-m", "text_completions_cli", "contract", server.url]
    with subprocess.Popen(
        [*command, "--report", f"json={file}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert asked.wait(30)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=30)
        going_on.set()
    assert program.returncode == 130
    assert "Traceback" not in err
    assert "interrupted" in out
    assert "✔ auth/1 " in out
    outcomes = {item["outcome"] for item in json.loads(file.read_text())["clauses"]}
    assert "not judged" in outcomes


def test_in_python_the_interrupt_carries_the_report(server: Server) -> None:
    def interrupt(_: Result, done: int, __: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        run(server.url, observer=interrupt)
    report = caught.value.report
    assert len(report.of(Verdict.PASSED)) == 3
    assert report.obstacle == "interrupted"
    assert report.of(Verdict.NOT_JUDGED)
    assert report.exit_code == 2
