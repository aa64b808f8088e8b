"""The command and pytest as functions: a process of its own costs two seconds."""

from __future__ import annotations

import io
import os
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import pytest
from honest_server import Ask, Reply, honest

from text_completions_cli._main import build_parser
from text_completions_contract import Report, Verdict, all_clauses


def ids_of(section: str) -> list[str]:
    """Return the ids of the clauses of a section, whatever their number."""
    return [clause.id for clause in all_clauses() if clause.section == section]


def failed(report: Report) -> dict[str, str]:
    """Return the ids of the clauses that failed, each with what was found."""
    return {result.clause.id: result.note for result in report.of(Verdict.FAILED)}


def without_form(ask: Ask) -> Reply:
    """Fail the SHOULD headers/2 and nothing else."""
    reply = honest(ask)
    reply.headers["request-id"] = reply.headers["request-id"].replace("_", "-")
    return reply


def refuse_with_422(ask: Ask) -> Reply:
    """Refuse as many frameworks do."""
    reply = honest(ask)
    return replace(reply, status=422) if reply.status == 400 else reply


SUITE = ("--pyargs", "text_completions_contract")


class Done(NamedTuple):
    """How a run of pytest ended."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def last_line(self) -> str:
        return self.stdout.splitlines()[-1]


def call(*words: str) -> int:
    """Run `text-completions contract` with these words; returns its exit status."""
    arguments = build_parser().parse_args(["contract", *words])
    return int(arguments.run(arguments))


def run_pytest(folder: Path, *words: str, **variables: str) -> Done:
    """Run pytest in a folder, in this process."""
    kept = {key: os.environ[key] for key in os.environ if "PYTEST" not in key}
    out, err = io.StringIO(), io.StringIO()
    # Plugins that have no part in this: one is slow, and one would spread the tests.
    quick = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:xdist")
    with (
        chdir(folder),
        mock.patch.dict(os.environ, {**kept, **variables}, clear=True),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = pytest.main(["--capture=sys", *quick, *words])
    return Done(int(code), out.getvalue(), err.getvalue())
