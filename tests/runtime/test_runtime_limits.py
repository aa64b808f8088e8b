"""The parts that keep a limit: the clock of a stream, the watchdog, the worker."""

from __future__ import annotations

import contextlib
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from text_completions_runtime import APITimeoutError
from text_completions_runtime import _limits as limits
from text_completions_runtime._exchange import Call, exchange
from text_completions_runtime._limits import Deadline, Expired, Wait
from text_completions_runtime._watchdog import Watchdog
from text_completions_runtime._workers import TooLate, done_within

from .contracts import FAILURES, KEY, request, response

PATIENCE = 5.0


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(limits, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def reader(*, complete: bool = False) -> Any:
    return SimpleNamespace(handed=0, complete=complete, answer="so far")


def test_a_deadline_runs_out(clock: Clock) -> None:
    deadline = Deadline.after(5)
    assert deadline is not None
    assert Deadline.after(None) is None

    assert deadline.left() == 5
    clock.now += 4
    assert deadline.refusal(0.5) is None
    assert "to wait 1 s" in str(deadline.refusal(1))
    clock.now += 4
    assert deadline.left() == 0


def test_events_begin_a_wait_and_pings_do_not(clock: Clock) -> None:
    read = reader()
    wait = Wait(None, 5, request(), FAILURES, read)

    assert wait.left() == 5
    clock.now += 3  # a ping came
    assert wait.left() == 2
    clock.now += 1
    read.handed = 2
    clock.now += 60  # the caller's own time
    assert wait.left() == 5
    clock.now += 6
    assert wait.left() == 0


def test_the_first_limit_ends_a_wait_and_is_named(clock: Clock) -> None:
    wait = Wait(Deadline.after(6), 5, request(), FAILURES, read := reader())

    assert wait.left() == 5
    with pytest.raises(APITimeoutError, match="idle timeout of 5 s") as caught:
        wait.over()
    assert caught.value.partial == "so far"
    assert KEY not in str(caught.value.request.headers.raw)
    clock.now += 2
    read.handed += 1
    assert wait.left() == 4
    with pytest.raises(APITimeoutError, match=r"deadline of 6 s .* the stream"):
        wait.over()


def test_bytes_have_a_deadline_alone() -> None:
    wait = Wait(Deadline.after(6), None, request(), FAILURES)

    with pytest.raises(APITimeoutError, match="while reading the body") as caught:
        wait.over()
    assert caught.value.partial is None


def test_a_wait_for_what_is_whole_is_never_over() -> None:
    Wait(Deadline.after(0), 0, request(), FAILURES, reader(complete=True)).over()


def test_a_deadline_that_passes_is_the_end_of_the_call() -> None:
    deadline = Deadline.after(3)
    call = Call(request(), False, 5, True, errors=FAILURES, deadline=deadline)
    steps = exchange(call)
    next(steps)

    with pytest.raises(APITimeoutError, match="of 3 s passed while sleeping, in att"):
        steps.throw(Expired("sleeping"))


def test_a_failure_that_is_final_is_not_about_time() -> None:
    call = Call(request(), False, 5, True, errors=FAILURES, deadline=Deadline.after(0))
    steps = exchange(call)
    next(steps)

    with pytest.raises(FAILURES.api_spec.errors.of_status(404)):
        steps.send(response(404))


def test_a_watchdog_bites_once_when_a_wait_is_too_long() -> None:
    bites: list[float] = []
    bitten = threading.Event()
    watchdog = Watchdog(lambda: (bites.append(0), bitten.set()))
    for _ in range(100):
        watchdog.start(60)
        watchdog.stop()
    watchdog.start(0.01)

    assert bitten.wait(PATIENCE)
    watchdog.close()
    assert bites == [0]
    assert watchdog.bitten


def test_a_watchdog_bites_nobody_who_does_not_wait() -> None:
    before = set(threading.enumerate())
    with contextlib.closing(Watchdog(lambda: pytest.fail("bitten"))) as watchdog:
        watchdog.start(0.05)
        watchdog.stop()
        time.sleep(0.2)
        watchdog.start(60)

    assert not watchdog.bitten
    assert set(threading.enumerate()) == before


def test_a_watchdog_that_never_watched_has_no_thread() -> None:
    Watchdog(lambda: pytest.fail("bitten")).close()


def test_work_in_time_returns_and_raises_as_it_would() -> None:
    def fail() -> None:
        raise LookupError("of the work")

    never: dict[str, Any] = {"end": pytest.fail, "late": pytest.fail}
    assert done_within(60, lambda: 3, **never) == 3
    with pytest.raises(LookupError, match="of the work"):
        done_within(60, fail, **never)


@pytest.mark.parametrize("ends", [True, False])
def test_late_work_is_given_up_and_its_result_thrown_away(ends: bool) -> None:
    go_on, thrown = threading.Event(), threading.Event()
    results: list[str] = []

    def end() -> bool:
        if ends:
            go_on.set()
        return ends

    def late(result: str) -> None:
        results.append(result)
        thrown.set()
        raise OSError("nobody hears this")

    def work() -> str:
        go_on.wait()
        return "late"

    with pytest.raises(TooLate):
        done_within(0.01, work, end=end, late=late)
    go_on.set()
    assert thrown.wait(PATIENCE)
    assert results == ["late"]
