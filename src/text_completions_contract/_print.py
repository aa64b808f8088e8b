"""Reports for people: sections, sentences, marks, evidence, and a line at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby
from types import TracebackType
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from ._clause import Clause, Level
from ._report import Report, Result, Verdict
from ._sections import SECTIONS

MARKS: Final = {
    Verdict.PASSED: ("✔", "green"),
    Verdict.FAILED: ("✘", "red"),
    Verdict.NOT_JUDGED: ("\N{EN DASH}", "dim"),
}


def print_report(report: Report, console: Console | None = None) -> None:
    """Print a report, to stdout by default: its sections, and the summary last."""
    console = console or _stdout()
    for section, results in report.sections():
        _line(console, Text(f"\n{SECTIONS[section]}", "bold"))
        for result in results:
            _print_result(console, result)
    _line(console, Text(""))
    for line in _summary(report):
        _line(console, line)


def print_clauses(clauses: Iterable[Clause], console: Console | None = None) -> None:
    """Print what would be judged: id, level, sentence, source."""
    console = console or _stdout()
    for section, members in groupby(clauses, key=lambda clause: clause.section):
        title = f"\n{SECTIONS[section]} ({section})"
        _line(console, Text(title, "bold"))
        for clause in members:
            line = Text.assemble(
                (f"  {clause.id}", "cyan"), f"  {clause.level.value}  ", clause.sentence
            )
            _line(console, line)
            _line(console, Text(f"      {clause.source}", "dim"))


class Narrator:
    """Tells of a run while it goes on: a bar on a terminal, else a line per failure.

    Args:
        console: Where to; by default stderr, which keeps the report apart.
    """

    def __init__(self, console: Console | None = None) -> None:
        console = self._console = console or Console(stderr=True)
        self._progress = Progress(
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("looking at the server", total=None)

    def __enter__(self) -> Narrator:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def __call__(self, result: Result, done: int, total: int, /) -> None:
        """Tell of one more verdict."""
        clause = result.clause
        self._progress.update(
            self._task,
            completed=done,
            total=total,
            description=SECTIONS[clause.section],
        )
        if result.verdict is Verdict.FAILED:
            _line(self._console, Text(f"✘ {clause.id} {clause.sentence}", "red"))


def _print_result(console: Console, result: Result) -> None:
    mark, style = MARKS[result.verdict]
    advice = " (SHOULD)" if result.clause.level is Level.SHOULD else ""
    line = Text.assemble(
        (f"  {mark} ", style),
        (f"{result.clause.id} ", "cyan"),
        result.clause.sentence,
        (advice, "dim"),
    )
    if result.verdict is Verdict.NOT_JUDGED:
        line.append(f"  not judged: {result.note}", "dim")
    _line(console, line)
    if result.verdict is Verdict.FAILED:
        _print_evidence(console, result)


def _print_evidence(console: Console, result: Result) -> None:
    parts = {
        "found": result.note,
        "source": result.clause.source,
        "sent": result.sent,
        "came back": result.received,
    }
    for title, value in parts.items():
        if value:
            lines = value.splitlines()
            _line(console, Text.assemble((f"      {title}: ", "bold"), lines[0]))
            for more in lines[1:]:
                _line(console, Text(f"          {more}"))


def _summary(report: Report) -> Iterable[Text]:
    passed, failed = report.of(Verdict.PASSED), report.of(Verdict.FAILED)
    counts = (
        f"{len(passed)} passed, {len(failed)} failed, "
        f"{len(report.of(Verdict.NOT_JUDGED))} not judged; "
        f"{report.requests} requests in {report.seconds:.1f} s"
    )
    yield Text(counts)
    if report.obstacle is not None:
        yield Text(f"could not be judged as a whole: {report.obstacle}", "yellow")
    word, style = {
        0: ("conforms", "green"),
        1: ("deviates", "red"),
        2: ("could not be judged", "yellow"),
    }[report.exit_code]
    yield Text.assemble(f"{report.url} with {report.model}: ", (word, f"bold {style}"))


def _stdout() -> Console:
    # A terminal that knows no check marks must not end the run.
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    return Console()


def _line(console: Console, text: Text) -> None:
    # Never wrapped: a curl command must survive being copied.
    console.print(text, soft_wrap=True, highlight=False)
