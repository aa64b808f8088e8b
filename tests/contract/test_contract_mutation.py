"""`make mutation` says what survived."""

from __future__ import annotations

import mutation
import pytest
from mutation import Run, deviating, summary

KILLED = Run("no key is welcome", "auth/1", ("auth/1", "auth/5"))
SURVIVED = Run("any key is welcome", "auth/2", ("auth/4",))


def test_each_line_names_the_clause_and_what_else_went_red() -> None:
    assert [str(item).split() for item in (KILLED, SURVIVED)] == [
        ["✔", "auth/1", "no", "key", "is", "welcome", "auth/5"],
        ["✘", "auth/2", "any", "key", "is", "welcome", "auth/4"],
    ]


def test_survivors_are_named() -> None:
    assert summary([KILLED, SURVIVED]) == [
        "survived: any key is welcome (auth/2)",
        "1 of 2 deviations turned their clause red",
    ]


def test_a_deviation_is_judged_by_whole_sections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mutation, "OWN", ("auth",))
    first = deviating(0)
    assert (first.name, first.is_killed) == ("no key is welcome", True)
    assert "auth/4" in first.red
