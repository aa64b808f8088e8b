"""A run keeps to its limits of requests, tokens and pace."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import pytest
from honest_server import Ask, Reply, Server, as_json, honest
from hypothesis import given
from hypothesis import strategies as st

from text_completions_contract import Settings, SetupError, Verdict, run
from text_completions_contract.requests.budget import (
    Budget,
    BudgetExceeded,
    Pace,
    interval_of,
)
from text_completions_contract.requests.exchange import Exchange, Request

PAID = Settings(profile="paid")


def asking(limit: int) -> Request:
    body = json.dumps({"max_tokens_to_sample": limit}).encode()
    return Request(method="POST", path="/v1/complete", body=body)


@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from([200, 400]))))
def test_answers_never_have_more_tokens_than_the_budget(
    asked: list[tuple[int, int]],
) -> None:
    budget, made = Budget(max_tokens=100), 0
    for limit, status in asked:
        try:
            cost = budget.reserve(asking(limit))
        except BudgetExceeded:
            break
        made += limit if status == 200 else 0
        budget.settle(cost, Exchange(request=asking(limit), status=status))
    assert made <= 100
    assert budget.tokens == made


def test_a_run_stops_at_its_number_of_requests(server: Server) -> None:
    report = run(server.url, replace(PAID, max_requests=40))
    assert len(server.asked) == report.requests == 40
    assert report.exit_code == 2
    assert report.obstacle == "the budget of 40 requests is spent"
    assert report.of(Verdict.PASSED)
    assert report.obstacle in {item.note for item in report.of(Verdict.NOT_JUDGED)}


def test_a_run_stops_before_it_costs_too_many_tokens(server: Server) -> None:
    made = 0

    def answer(ask: Ask) -> Reply:
        nonlocal made
        reply = honest(ask)
        if reply.status == 200:
            made += int(ask.get("max_tokens_to_sample") or ask.get("max_tokens"))
        return reply

    server.answer = answer
    report = run(server.url, replace(PAID, max_tokens=200))
    assert 100 < made <= 200
    assert report.exit_code == 2
    assert "200 tokens" in (report.obstacle or "")


def test_a_failure_within_the_budget_counts(server: Server) -> None:
    server.answer = lambda _: as_json(200, {})
    assert run(server.url, replace(PAID, max_requests=10)).exit_code == 1


def test_a_paid_run_asks_for_little_and_sends_little(server: Server) -> None:
    report = run(server.url, PAID)
    assert report.exit_code == 0
    assert max(len(ask.body) for ask in server.asked) < 50_000
    limits = [
        ask.get("max_tokens_to_sample") or 0 for ask in server.asked if is_good(ask)
    ]
    assert max(limits) <= 32
    passed = {item.clause.section for item in report.of(Verdict.PASSED)}
    assert "schema" in passed


def is_good(ask: Ask) -> bool:
    return honest(ask).status == 200


@dataclass
class Time:
    now: float = 0.0
    pauses: list[float] = field(default_factory=list[float])

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def test_requests_are_as_far_apart_as_the_rate_says() -> None:
    time = Time()
    pace = Pace(interval_of("30/m"), time.clock, time.sleep)
    starts: list[float] = []
    for _ in range(4):
        pace.wait()
        starts.append(time.now)
        time.now += 0.5
    assert starts == [0.0, 2.0, 4.0, 6.0]


def test_every_request_of_a_run_waits_for_its_turn(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[Pace] = []

    def wait(pace: Pace) -> None:
        waits.append(pace)

    monkeypatch.setattr(Pace, "wait", wait)
    # One sends requests in turn, one reads a response past its end.
    only = ("errors/12", "methods/8", "limits/3")
    report = run(server.url, Settings(only=only, rate="30/m"))
    assert report.exit_code == 0
    assert len(waits) == report.requests == len(server.asked)


@pytest.mark.parametrize(("rate", "seconds"), [("2/s", 0.5), ("30/m", 2), ("4/h", 900)])
def test_a_rate_is_per_second_minute_or_hour(rate: str, seconds: float) -> None:
    assert interval_of(rate) == seconds


@pytest.mark.parametrize("rate", ["30", "0/m", "m", "-1/m", "30/d"])
def test_an_invalid_rate_is_refused(rate: str) -> None:
    with pytest.raises(SetupError, match="is not a rate; use N/s, N/m or N/h"):
        run("http://127.0.0.1:9", Settings(rate=rate))


def busy(after: str | None, status: int = 429) -> Exchange:
    headers = (("Retry-After", after),) if after is not None else ()
    return Exchange(request=asking(1), status=status, headers=headers)


@pytest.mark.parametrize(
    ("after", "pause"), [("7", 7.0), ("0.25", 0.25), (None, 0.5), ("soon", 0.5)]
)
def test_a_busy_server_is_left_alone_as_long_as_it_asks(
    after: str | None, pause: float
) -> None:
    time = Time()
    pace = Pace(0, time.clock, time.sleep)
    assert pace.should_repeat(busy(after), 0)
    assert time.pauses == [pause]


def test_a_server_that_stays_busy_is_not_waited_for_any_longer() -> None:
    time = Time()
    pace = Pace(0, time.clock, time.sleep)
    for _ in range(5):
        repeats = 0
        while pace.should_repeat(busy("1"), repeats):
            repeats += 1
    assert len(time.pauses) == 4


def test_nobody_waits_for_an_hour_or_for_what_was_refused() -> None:
    pace = Pace(0, lambda: 0.0, lambda _: pytest.fail("it waited"))
    assert not pace.should_repeat(busy("3600"), 0)
    assert not pace.should_repeat(busy("5", status=400), 0)


def test_a_request_that_met_a_limit_is_sent_again(server: Server) -> None:
    refusals = iter([1, 1])

    def answer(ask: Ask) -> Reply:
        if next(refusals, None) is None:
            return honest(ask)
        error = {"type": "rate_limit_error", "message": "Too many"}
        reply = as_json(429, {"type": "error", "error": error})
        reply.headers |= {"retry-after": "0.01", "request-id": f"req_{id(reply)}"}
        return reply

    server.answer = answer
    report = run(server.url, Settings(only=("answer", "headers")))
    assert report.exit_code == 0
    assert next(refusals, None) is None
