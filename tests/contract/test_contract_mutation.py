"""`make mutation` says what survived, and fails for it."""

from __future__ import annotations

import mutation
import pytest
from deviations import DEVIATIONS
from mutation import Run, exit_code, main, matrix, totals, verdict

KILLED = Run("no key is welcome", "auth/1", ("auth/1", "auth/5"), 0.25)
SURVIVED = Run("any key is welcome", "auth/2", ("auth/4",), 0.5)
QUIET = Run("seed 0", "", (), 0.0)
ALARM = Run("seed 1", "", ("stop/1",), 0.1)


def test_each_line_names_the_clause_and_what_else_went_red() -> None:
    assert [line.split() for line in matrix([KILLED, SURVIVED])] == [
        ["✔", "auth/1", "no", "key", "is", "welcome", "auth/5"],
        ["✘", "auth/2", "any", "key", "is", "welcome", "auth/4"],
    ]


def test_totals_are_counted_by_section() -> None:
    assert [line.split() for line in totals([KILLED, SURVIVED])] == [
        ["auth", "1", "of", "2,", "of", "2", "clauses"]
    ]


def test_survivors_and_false_alarms_are_named() -> None:
    assert list(verdict([KILLED, SURVIVED], [QUIET, ALARM])) == [
        "survived: any key is welcome (auth/2)",
        "blamed without reason, seed 1: stop/1",
        "1 of 2 deviations turned their clause red",
        "0.25 s to the first failure, in the median",
        "1 of 2 seeds of the honest server turned nothing red",
    ]


@pytest.mark.parametrize(
    ("runs", "alarms", "code"),
    [
        ([KILLED], [QUIET], 0),
        ([KILLED, SURVIVED], [QUIET], 1),
        ([KILLED], [QUIET, ALARM], 1),
        ([], [QUIET], 1),
    ],
)
def test_a_survivor_or_a_false_alarm_fails(
    runs: list[Run], alarms: list[Run], code: int
) -> None:
    assert exit_code(runs, alarms) == code


def test_a_section_can_be_shown_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sections = [clause.partition("/")[0] for _, clause, _ in DEVIATIONS]
    # All before, and one of this section: the processes count from the first.
    few = DEVIATIONS[: sections.index("headers") + 1]
    monkeypatch.setattr(mutation, "DEVIATIONS", few)
    assert main(["--only", "headers", "--seeds", "1", "--jobs", "1"]) == 0
    out = capsys.readouterr().out
    assert "✔ headers/1 " in out
    assert "auth/1 " not in [line[2:9] for line in out.splitlines()]
    assert out.splitlines()[-1].endswith(" s with 1 processes")
