"""The mock takes as long as a model would, by a clock that a test can replace."""

from __future__ import annotations

import asyncio
import math
import re
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from text_completions_cli import main
from text_completions_server import (
    Backend,
    Control,
    Finish,
    Latency,
    MockBackend,
    MockServer,
    Ping,
    create_app,
)
from text_completions_server.backends.latency import PacedBackend
from text_completions_server.backends.prompts import count_tokens
from text_completions_server.control.replies import ScriptedBackend

BODY = {
    "model": "claude-2.1",
    "prompt": "\n\nHuman: Hello\n\nAssistant:",
    "max_tokens_to_sample": 500,
}
PACE = Latency(ttft=2, tokens_per_second=4)


class Time:
    """A clock that only a sleep moves, and when it was asked to sleep."""

    def __init__(self) -> None:
        self.now = 100.0
        self.sleeps: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


class Saying(Backend):
    """Says fixed pieces, each after the seconds that its own work takes."""

    def __init__(self, time: Time, *pieces, work: float = 0) -> None:
        self._time, self._pieces, self._work = time, pieces, work

    async def generate(self, *_):
        for piece in self._pieces:
            self._time.now += self._work
            yield piece


def arrivals(latency, *pieces, work=0, requests=1, seed=0):
    """Return when each piece comes, in seconds after its request."""
    time = Time()
    saying = Saying(time, *pieces, work=work)
    paced = PacedBackend(saying, latency, seed, now=lambda: time.now, sleep=time.sleep)

    async def run():
        times = []
        for _ in range(requests):
            start = time.now
            times.append([time.now - start async for _ in paced.generate(None, None)])
        return times

    times = asyncio.run(run())
    return times if requests > 1 else times[0]


def test_each_token_comes_at_its_time():
    finish = Finish("end_turn", text=" d")
    assert arrivals(PACE, " a", " b c", finish) == [2, 2.5, 2.75]


def test_a_whole_text_comes_when_its_last_token_would():
    assert arrivals(PACE, Finish("end_turn", text=" a b c d")) == [2.75]


def test_a_response_without_text_takes_as_long_as_its_first_token():
    assert arrivals(PACE, Finish("max_tokens")) == [2]


def test_a_ping_and_the_end_of_a_text_do_not_wait():
    assert arrivals(PACE, Ping(), " a", Finish("end_turn")) == [0, 2, 2]


def test_the_work_of_the_backend_counts():
    slow = arrivals(PACE, " a", " b", " c", Finish("end_turn"), work=1)
    assert slow == [2, 3, 4, 5]


def test_without_a_pace_only_the_first_token_waits():
    assert arrivals(Latency(ttft=1), " a", Finish("end_turn", text=" b")) == [1, 1]
    only_pace = Latency(tokens_per_second=2)
    assert arrivals(only_pace, " a", Finish("end_turn", text=" b")) == [0, 0.5]


@settings(max_examples=50, deadline=None)
@given(
    ttft=st.floats(0.01, 60),
    pace=st.floats(0.1, 1000),
    jitter=st.floats(0, 1),
    texts=st.lists(st.sampled_from([" a", " a b", "\n", " a\n\nb "]), max_size=9),
    seed=st.integers(),
)
def test_every_token_is_as_late_as_the_jitter_allows(ttft, pace, jitter, texts, seed):
    latency = Latency(ttft=ttft, tokens_per_second=pace, jitter=jitter)
    pieces = (*texts, Finish("end_turn"))
    first, second = arrivals(latency, *pieces, requests=2, seed=seed)
    assert [first, second] == arrivals(latency, *pieces, requests=2, seed=seed)
    for times in (first, second):
        tokens = 0
        for text, time in zip((*texts, ""), times, strict=True):
            tokens += count_tokens(text)
            usual = ttft + max(tokens - 1, 0) / pace
            assert usual * (1 - jitter) - 1e-9 <= time <= usual * (1 + jitter) + 1e-9
    if jitter > 0.01:
        assert first != second


def paced_door(open_door, replies=None):
    time, control = Time(), Control()
    if replies:
        control.reply(replies)
    backend = ScriptedBackend(control.reply_rules, MockBackend())
    paced = PacedBackend(backend, PACE, now=lambda: time.now, sleep=time.sleep)
    return open_door(backend=paced), time


@pytest.mark.parametrize("operation", ["complete", "message"])
def test_both_operations_take_as_long_streamed_and_whole(open_door, operation):
    door, time = paced_door(open_door, " one two three four five")
    assert getattr(door, operation)().status_code == 200
    assert sum(time.sleeps) == 2 + 4 / 4
    time.sleeps.clear()
    assert getattr(door, operation)(stream=True).status_code == 200
    assert time.sleeps == [2, 0.25, 0.25, 0.25, 0.25]


def test_a_refused_request_does_not_wait(open_door):
    door, time = paced_door(open_door)
    assert door.complete(prompt="no turns").status_code == 400
    assert time.sleeps == []


def test_the_text_is_the_same_at_any_pace(open_door, door):
    fast = open_door(latency=Latency(ttft=1e-6, tokens_per_second=1e9, jitter=0.5))
    for stream in (False, True):
        there, here = (each.complete(stream=stream).text for each in (fast, door))
        assert re.sub('compl_[^"]*', "", there) == re.sub('compl_[^"]*', "", here)


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_leaves_a_waiting_mock_is_let_go_at_once(
    connect, wait_until, stream
):
    with MockServer(latency=Latency(ttft=3600)) as server:
        with connect(server, BODY | {"stream": stream}):
            wait_until(lambda: server.requests)
        wait_until(lambda: server.requests[0].status == 499)


def test_a_client_that_leaves_between_two_tokens_is_let_go_at_once(connect, wait_until):
    with MockServer(latency=Latency(tokens_per_second=1 / 3600)) as server:
        with connect(server, BODY | {"stream": True}) as connection:
            wait_until(lambda: server.requests and server.requests[0].event_count)
            connection.recv(1)
        wait_until(lambda: server.requests[0].milliseconds is not None)


def test_a_reset_lets_the_waits_vary_as_from_the_start():
    control = Control()
    with patch.object(PacedBackend, "reset", autospec=True) as reset:
        create_app(control=control, latency=Latency(ttft=1, jitter=1))
        assert reset.call_count == 1
        control.reset()
    assert reset.call_count == 2


def test_the_waits_vary_from_request_to_request_and_alike_after_a_reset():
    time = Time()
    saying = Saying(time, Finish("end_turn"))
    latency = Latency(ttft=1, jitter=1)
    paced = PacedBackend(saying, latency, now=lambda: time.now, sleep=time.sleep)

    async def wait():
        return [time.now async for _ in paced.generate(None, None)]

    for _ in range(2):
        asyncio.run(wait())
        asyncio.run(wait())
        paced.reset()
    assert time.sleeps[:2] == pytest.approx(time.sleeps[2:])
    assert time.sleeps[0] != time.sleeps[1]


@pytest.mark.parametrize(
    ("options", "latency"),
    [
        ([], None),
        (["--ttft", "0.5"], Latency(ttft=0.5)),
        (
            ["--tokens-per-second=40", "--jitter=0.2"],
            Latency(tokens_per_second=40, jitter=0.2),
        ),
    ],
)
def test_the_options_of_the_program_are_those_of_the_application(
    monkeypatch, options, latency
):
    made = []
    monkeypatch.setattr(
        "text_completions_server.create_app", lambda **settings: made.append(settings)
    )
    monkeypatch.setattr("text_completions_server.serve", lambda *_, **__: None)
    assert main(["mock", *options]) == 0
    assert made[0]["latency"] == latency


@pytest.mark.parametrize(
    ("values", "error", "reason"),
    [
        ({"ttft": -1}, ValueError, "ttft must be at least 0 seconds, not -1"),
        ({"ttft": math.nan}, ValueError, "ttft must be at least 0 seconds, not nan"),
        ({"ttft": math.inf}, ValueError, "ttft must be at least 0 seconds, not inf"),
        ({"ttft": "1"}, TypeError, "ttft must be a number, such as ttft=2, not '1'"),
        ({"tokens_per_second": 0}, ValueError, "must be more than 0, not 0"),
        ({"tokens_per_second": True}, TypeError, "must be a number"),
        ({"ttft": 1, "jitter": 1.5}, ValueError, "jitter must be 0 to 1, not 1.5"),
        ({"jitter": 0.5}, ValueError, "give ttft or tokens_per_second as well"),
    ],
)
def test_a_wrong_latency_is_refused_with_its_bounds(values, error, reason):
    with pytest.raises(error, match=reason):
        Latency(**values)
