"""The retry policy: when, and after how long."""

from __future__ import annotations

import math
import time
from email.utils import formatdate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from text_completions_runtime._retry import retry_delay, should_retry

NOW = 1_700_000_000.0


def delay(retries: int = 0, uniform: float = 0.0, **headers: str) -> float:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return retry_delay(retries, named, uniform=lambda: uniform, now=lambda: NOW)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *[(status, True) for status in (408, 409, 429, 500, 502, 503, 504, 529, 599)],
        *[(status, False) for status in (200, 301, 400, 401, 403, 404, 413, 422)],
    ],
)
def test_a_status_is_worth_a_retry_or_not(status: int, expected: bool) -> None:
    assert should_retry(status, {}) is expected


@pytest.mark.parametrize("status", [200, 400, 404, 429, 500, 529])
def test_the_server_has_the_last_word(status: int) -> None:
    assert should_retry(status, {"x-should-retry": "true"})
    assert not should_retry(status, {"x-should-retry": "false"})


def test_other_values_of_x_should_retry_are_ignored() -> None:
    assert should_retry(429, {"x-should-retry": "maybe"})
    assert not should_retry(400, {"x-should-retry": "maybe"})


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"retry_after": "3"}, 3.0, id="seconds"),
        pytest.param({"retry_after": "0.25"}, 0.25, id="a fraction"),
        pytest.param({"retry_after": "60"}, 60.0, id="the longest"),
        pytest.param({"retry_after_ms": "1500"}, 1.5, id="milliseconds"),
        pytest.param({"retry_after_ms": "20", "retry_after": "9"}, 0.02, id="ms first"),
        pytest.param({"retry_after_ms": "soon", "retry_after": "9"}, 9.0, id="no ms"),
        pytest.param(
            {"retry_after": formatdate(NOW + 7, usegmt=True)}, 7.0, id="a date"
        ),
        pytest.param(
            {"retry_after": formatdate(NOW + 7).replace(" -0000", "")},
            7.0,
            id="a date without zone",
        ),
        pytest.param({"retry_after": formatdate(NOW + 7)}, 7.0, id="a date at -0000"),
    ],
)
def test_a_delay_that_the_server_names_is_kept_exactly(
    headers: dict[str, str], expected: float
) -> None:
    assert delay(uniform=1.0, **headers) == expected


def test_a_date_is_in_gmt_wherever_we_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XYZ+5")
    time.tzset()
    try:
        assert delay(retry_after=formatdate(NOW + 7).replace(" -0000", "")) == 7.0
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "value",
    [
        *["0", "-1", "60.001", "1e9", "inf", "nan", "", "soon"],
        "Mon, 32 Foo 2023 99:99:99 GMT",
        formatdate(NOW - 5, usegmt=True),
        formatdate(NOW + 61, usegmt=True),
        "Mon, 20 Nov 1995 19:12:08 +" + "9" * 30,
        "Mon, 01 Jan 0001 00:00:00",
    ],
)
def test_a_delay_out_of_bounds_is_passed_over(value: str) -> None:
    assert delay(retry_after=value) == 0.5


@given(st.text())
@example("Mon, 20 Nov 1995 19:12:08 +99999999999999999999")
@example("Mon, 01 Jan 0001 00:00:00 +2359")
def test_nothing_that_a_server_says_breaks_the_policy(value: str) -> None:
    assert 0 < delay(retry_after=value, retry_after_ms=value) <= 60


@pytest.mark.parametrize(
    ("retries", "longest"),
    list(enumerate([0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0])),
)
def test_the_delay_doubles_up_to_eight_seconds_less_up_to_a_quarter(
    retries: int, longest: float
) -> None:
    assert delay(retries) == longest
    assert delay(retries, uniform=1.0) == longest * 0.75


@given(st.integers(min_value=0))
def test_no_number_of_retries_overflows(retries: int) -> None:
    assert 0.375 <= retry_delay(retries) <= 8.0


def test_huge_counts_and_absent_headers_are_fine() -> None:
    assert math.isclose(retry_delay(10**1000, None, uniform=lambda: 0.0), 8.0)


def test_jitter_is_drawn_anew() -> None:
    assert len({retry_delay(0) for _ in range(20)}) > 1
