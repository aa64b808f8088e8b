"""The suite as pytest tests: one per clause, all judged in one run.

Clauses share requests, so the run is made once, when the first test is due. It covers
the clauses that are left after `-k`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, cast

import pytest

from ._expected_failures import read_expected
from ._registry import Clause
from ._report import Outcome, Report, Result
from ._runner import run
from ._selection import SECTIONS, chosen_clauses
from ._settings import Settings, SetupError, check_settings, checked_url

HERE: Final = Path(__file__).parent
RUN: Final = pytest.StashKey["_Run"]()
# Makes settings of pytest's options. Whoever adds the options puts it there.
SETTINGS: Final = pytest.StashKey[Callable[[pytest.Config], Settings]]()
EXAMPLE: Final = "pytest --pyargs text_completions_contract --base-url URL"


def pytest_configure(config: pytest.Config) -> None:
    """Read the options, and keep xdist from starting workers for the one run."""
    config.option.dist = "no"
    try:
        config.stash[RUN] = _Run(config.stash[SETTINGS](config))
        if not config.getoption("collectonly") and not config.getoption("help"):
            config.stash[RUN].prepare(config)
    except SetupError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> Any:
    """Collect a test per clause in place of the package's files."""
    if path != HERE:
        return None
    # Named, because the path of an installation differs from machine to machine.
    return cast("Any", _Suite).from_parent(parent, path=path, nodeid=HERE.name)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say why the server could not be judged."""
    obstacle = config.stash[RUN].obstacle
    if obstacle is not None:
        terminalreporter.section("contract", yellow=True)
        terminalreporter.write_line(f"the server could not be judged: {obstacle}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Make the session fail where the server could not be judged."""
    obstacle = session.config.stash[RUN].obstacle
    if obstacle is not None and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.INTERRUPTED


class ClauseFailed(Exception):
    """The server does not do what the clause says; the message is the evidence."""


class ClauseItem(pytest.Item):
    """The test of a clause."""

    clause: Clause

    def runtest(self) -> None:
        """Pass, fail, skip or fail as expected, as the clause did."""
        result, report = self.config.stash[RUN].judged(self.session, self.clause)
        outcome = report.outcome(result)
        if outcome is Outcome.NOT_JUDGED:
            pytest.skip(f"not judged: {result.note}")
        if outcome is Outcome.EXPECTED:
            pytest.xfail(report.expected[self.clause.id] or "an expected failure")
        if outcome is Outcome.ADVICE:
            pytest.xfail(f"only advised: {result.note}")
        if outcome is Outcome.STALE:
            raise ClauseFailed("passed, but is listed as an expected failure")
        if outcome is Outcome.FAILED:
            raise ClauseFailed(result.as_text())

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], *_: Any, **__: Any
    ) -> Any:
        """Show the evidence in place of a traceback."""
        if isinstance(excinfo.value, ClauseFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return the heading of a failure: the clause's id and sentence."""
        return self.path, None, f"{self.clause.id} {self.clause.sentence}"


class _Suite(pytest.Directory):
    def collect(self) -> Iterator[ClauseItem]:
        for clause in self.config.stash[RUN].clauses:
            # pytest leaves the types of its own constructors open.
            item: ClauseItem = cast("Any", ClauseItem).from_parent(self, name=clause.id)
            item.clause = clause
            yield item


@dataclass
class _Run:
    """The one run of a session."""

    settings: Settings
    url: str = ""
    expected: dict[str, str] = field(default_factory=dict[str, str])
    report: Report | None = None

    def __post_init__(self) -> None:
        # All sections are named, because a quick run omits those that are not.
        self.clauses = chosen_clauses(replace(self.settings, only=tuple(SECTIONS)))

    @property
    def obstacle(self) -> str | None:
        """Why the server could not be judged, or None."""
        if self.report is None or self.report.exit_code != 2:
            return None
        return self.report.obstacle or "no clause could be judged"

    def prepare(self, config: pytest.Config) -> None:
        """Read the URL and the expected failures; raises `SetupError`."""
        url = config.getoption("base_url")
        if not url:
            raise SetupError(f"which server? {EXAMPLE}")
        self.url = checked_url(url)
        check_settings(self.url, self.settings)
        listed = config.getoption("expected_failures")
        document = self.settings.document
        self.expected = read_expected(Path(listed), document) if listed else {}

    def judged(self, session: pytest.Session, clause: Clause) -> tuple[Result, Report]:
        """The result of a clause, and the report that it is in."""
        if self.report is None:
            self.report = self._run(session)
        results = self.report.results
        return next(one for one in results if one.clause.id == clause.id), self.report

    def _run(self, session: pytest.Session) -> Report:
        items = [item for item in session.items if isinstance(item, ClauseItem)]
        wanted = sorted({item.clause.id for item in items})
        report = run(self.url, replace(self.settings, only=tuple(wanted)))
        return replace(report, expected=self.expected)
