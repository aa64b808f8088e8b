"""Prints a report and the progress of a run for people."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from .._comparison import Comparison
from .._explain import Explanation
from .._registry import Clause, Level
from .._report import OUTCOME_NAMES, Outcome, Report, Result, Verdict
from .._selection import SECTIONS, by_section
from .sources import parts_of

MARKS: Final = {
    Outcome.PASSED: ("✔", "green"),
    Outcome.FAILED: ("✘", "red"),
    Outcome.STALE: ("✘", "red"),
    Outcome.ADVICE: ("✘", "yellow"),
    Outcome.EXPECTED: ("✘", "yellow"),
    Outcome.NOT_JUDGED: ("\N{EN DASH}", "dim"),
}
ALWAYS_COUNTED: Final = {Outcome.PASSED, Outcome.FAILED, Outcome.NOT_JUDGED}
REMARKS: Final = {
    Outcome.STALE: "passed, but is listed as an expected failure",
    Outcome.ADVICE: "only advised",
    Outcome.EXPECTED: "failed, as expected",
}


def print_report(report: Report) -> None:
    """Print a report to stdout: its sections, then the summary.

    Where no clause was judged the summary says why, and the sections would repeat it.
    """
    console = _stdout()
    for section, results in report.sections() if _is_judged(report) else ():
        _line(console, f"\n{SECTIONS[section]}", "bold")
        for group in _grouped(results):
            if len(group) > 1:
                _print_unjudged(console, group)
            else:
                _print_result(console, report, group[0])
    _line(console)
    _print_summary(console, report)


def print_comparison(comparison: Comparison) -> None:
    """Print what changed between two reports, what got worse first."""
    console = _stdout()
    for title, outcome, changes in comparison.groups():
        _line(console, f"\n{title}", "bold")
        for change in changes:
            line = _clause_line(outcome, change.clause)
            _line(console, line.append(f"  {change.verdicts}", "dim"))
            if outcome is Outcome.FAILED:
                first = comparison.first_with_cause(change)
                _print_evidence(console, change.result, first)
    for title, causes in comparison.cause_groups():
        _line(console, f"\n{title}", "bold")
        for cause, results in causes.items():
            _line(console, f"  {cause}: {_ids(results)}")
    _line(console)
    for fact in comparison.facts:
        _line(console, fact)
    style = "bold red" if comparison.exit_code else "bold green"
    _line(console, comparison.conclusion, style)


def print_clauses(clauses: Iterable[Clause]) -> None:
    """Print clauses: id, level, sentence and source."""
    console = _stdout()
    for section, members in by_section(clauses):
        _line(console, f"\n{SECTIONS[section]} ({section})", "bold")
        for clause in members:
            line = Text.assemble(
                (f"  {clause.id}", "cyan"), f"  {clause.level.value}  ", clause.sentence
            )
            _line(console, line)
            _line(console, f"      {clause.source}", "dim")


def print_explanation(explanation: Explanation) -> None:
    """Print what there is to know about a clause."""
    console = _stdout()
    clause = explanation.clause
    _line(console, Text.assemble((f"{clause.id} ", "cyan"), clause.sentence))
    parts = {
        "level": clause.level.value,
        "versions": ", ".join(clause.versions),
        "source": _linked(clause.source),
        "for example": explanation.sent,
        "comes back": explanation.received,
    }
    _print_parts(console, parts)


class Narrator:
    """Shows progress: a bar on a terminal, and a line per failure.

    Args:
        console: Where to print. Default: stderr, which keeps the report apart.
        expected: Ids of clauses that are known to fail, which get no line.
    """

    def __init__(
        self, console: Console | None = None, expected: Collection[str] = ()
    ) -> None:
        self._expected = expected
        console = self._console = console or _console(stderr=True)
        self._progress = Progress(
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            console=console,
            transient=True,
            disable=not _is_interactive(console),
        )
        self._task = self._progress.add_task("probing the server", total=None)

    def __enter__(self) -> Narrator:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, result: Result, done: int, total: int, /) -> None:
        """Show one more verdict."""
        clause = result.clause
        self._progress.update(
            self._task,
            completed=done,
            total=total,
            description=SECTIONS[clause.section],
        )
        if result.verdict is Verdict.FAILED and clause.id not in self._expected:
            _line(self._console, f"✘ {clause.id} {clause.sentence}", "red")


def _is_interactive(console: Console) -> bool:
    """Whether a bar may move. Colours may be forced on a log, movement may not."""
    capable = console.is_terminal and not console.is_dumb_terminal
    return capable and console.file.isatty() and not os.environ.get("CI")


def _is_judged(report: Report) -> bool:
    return any(result.verdict is not Verdict.NOT_JUDGED for result in report.results)


def _grouped(results: Iterable[Result]) -> Iterable[list[Result]]:
    """Put neighbours together that were not judged for the same reason."""
    for (verdict, _), members in groupby(results, lambda one: (one.verdict, one.note)):
        group = list(members)
        is_one_line = verdict is Verdict.NOT_JUDGED
        yield from [group] if is_one_line else [[result] for result in group]


def _print_unjudged(console: Console, results: list[Result]) -> None:
    mark, style = MARKS[Outcome.NOT_JUDGED]
    ids = f"{results[0].clause.id} … {results[-1].clause.id} "
    line = Text.assemble((f"  {mark} ", style), (ids, "cyan"))
    line.append(f"{len(results)} clauses not judged: {results[0].note}", "dim")
    _line(console, line)


def _print_result(console: Console, report: Report, result: Result) -> None:
    outcome = report.outcome(result)
    line = _clause_line(outcome, result.clause)
    if result.clause.level is Level.SHOULD:
        line.append(" (SHOULD)", "dim")
    if outcome is Outcome.NOT_JUDGED:
        line.append(f"  not judged: {result.note}", "dim")
    elif outcome in REMARKS:
        reason = report.expected.get(result.clause.id)
        remark = REMARKS[outcome] + (f": {reason}" if reason else "")
        line.append(f"  {remark}", "yellow")
    _line(console, line)
    if result.verdict is Verdict.FAILED:
        _print_evidence(console, result, report.first_with_cause(result))


def _clause_line(outcome: Outcome, clause: Clause) -> Text:
    mark, style = MARKS[outcome]
    return Text.assemble(
        (f"  {mark} ", style), (f"{clause.id} ", "cyan"), clause.sentence
    )


def _print_evidence(console: Console, result: Result, first: Result | None) -> None:
    parts = {"found": result.note, "source": _linked(result.clause.source)}
    if first is None:
        parts |= {"sent": result.sent, "came back": result.received}
    else:
        parts["follows"] = f"{first.clause.id}, which has the same cause"
    _print_parts(console, parts)


def _print_parts(console: Console, parts: Mapping[str, str]) -> None:
    """Print texts with titles, indented; a text may have several lines."""
    for title, value in parts.items():
        if value:
            first, *more = value.splitlines()
            _line(console, Text.assemble((f"      {title}: ", "bold"), first))
            for line in more:
                _line(console, f"          {line}")


def _linked(source: str) -> str:
    """The source, with the link of each part that has one."""
    return "; ".join(
        part.text if part.url in {None, part.text} else f"{part.text} <{part.url}>"
        for part in parts_of(source)
    )


def _ids(results: Iterable[Result]) -> str:
    return ", ".join(result.clause.id for result in results)


def _print_summary(console: Console, report: Report) -> None:
    for cause, results in report.causes().items():
        failed = f"{len(results)} clauses failed for one cause"
        _line(console, f"{failed}, {cause}: {_ids(results)}")
    counts = [
        f"{len(results)} {name}"
        for outcome, name in {Outcome.PASSED: "passed", **OUTCOME_NAMES}.items()
        if (results := report.with_outcome(outcome)) or outcome in ALWAYS_COUNTED
    ]
    _line(console, f"{', '.join(counts)}; {report.effort}")
    if coverage := report.coverage.summary():
        _line(console, coverage, "dim")
    if report.obstacle is not None:
        share = "not all clauses were" if _is_judged(report) else "no clause was"
        _line(console, f"{share} judged: {report.obstacle}", "yellow")
    for result in report.with_outcome(Outcome.STALE):
        advice = "passes: take it off the expected failures"
        _line(console, f"{result.clause.id} {advice}", "red")
    style = {0: "green", 1: "red", 2: "yellow"}[report.exit_code]
    target = f"{report.url} with {report.model}: "
    _line(console, Text.assemble(target, (report.conclusion, f"bold {style}")))


def _stdout() -> Console:
    # A terminal without check marks must not end the run.
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    return _console()


def _console(*, stderr: bool = False) -> Console:
    # With the variable COLUMNS=0, which some containers set, nothing would be printed.
    console = Console(stderr=stderr)
    return console if console.width else Console(stderr=stderr, width=80)


def _line(console: Console, text: str | Text = "", style: str = "") -> None:
    line = Text(text, style) if isinstance(text, str) else text
    # Never wrapped: a curl command must survive being copied.
    console.print(line, soft_wrap=True, highlight=False)
