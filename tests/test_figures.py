"""The statistics of the benchmarks, and the table that shows them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from figures import OURS, Measure, Target, amount, missed, ratio, reached, table

SLOW_ROUND = {OURS: [1.0, 10.0, 1.0], "httpx": [2.0, 20.0, 2.0]}


def test_a_slow_round_does_not_change_the_ratio() -> None:
    assert ratio([1.0, 10.0, 1.0], [2.0, 20.0, 2.0]) == 0.5


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (Target(0.5, "httpx"), (0.5, True)),
        (Target(0.49, "httpx"), (0.5, False)),
        (Target(1.0), (1.0, True)),
        (Target(0.9), (1.0, False)),
    ],
    ids=["ratio met", "ratio missed", "amount met", "amount missed"],
)
def test_a_target_is_met_up_to_its_bound(
    target: Target, expected: tuple[float, bool]
) -> None:
    assert reached(SLOW_ROUND, target) == expected


def test_one_missed_target_names_the_measure() -> None:
    good = Measure("good", SLOW_ROUND, [Target(2.0)])
    bad = Measure("bad", SLOW_ROUND, [Target(2.0), Target(0.1, "httpx")])
    assert missed([good, bad]) == ["bad"]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.4178e-6, "s", "0.418 µs"),
        (27.04e-6, "s", "27 µs"),
        (0.0123, "s", "12.3 ms"),
        (1.5, "s", "1.5 s"),
        (2048, "bytes", "2 KiB"),
        (2, "times", "2.00 x"),
    ],
)
def test_an_amount_has_a_unit_of_its_size(
    value: float, unit: str, expected: str
) -> None:
    assert amount(value, unit) == expected


def test_the_table_shows_medians_ratios_and_what_is_missed() -> None:
    measures = [
        Measure("a call", SLOW_ROUND, [Target(0.6, "httpx")]),
        Measure("a stream", SLOW_ROUND, [Target(0.4, "httpx")]),
    ]
    head, _, call, stream = table(measures).splitlines()

    assert "official SDK" in head
    assert [cell.strip() for cell in call.split("|")[1:-1]] == [
        "a call",
        "1 s",
        "2 s",
        "",
        "",
        "0.50 x httpx",
        "0.60 x httpx",
        "ok",
    ]
    assert "MISSED" in stream
    assert len({len(line) for line in table(measures).splitlines()}) == 1
