"""A rate limit that is kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest


class Clock:
    def __init__(self):
        self.now = datetime(2024, 6, 4, 18, 39, 10, 500_000, UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def door(open_door, clock, control):
    return open_door(rate_limit="2/m", clock=clock, control=control)


def test_a_request_over_the_limit_gets_the_time_to_wait(door):
    assert [door.complete().status_code for _ in range(3)] == [200, 200, 429]
    answer = door.complete()
    assert answer.headers["retry-after"] == "50"
    assert answer.json()["error"]["type"] == "rate_limit_error"
    assert answer.headers["x-should-retry"] == "true"


def test_the_limit_begins_anew_with_each_window(door, clock):
    assert [door.complete().status_code for _ in range(3)] == [200, 200, 429]
    clock.now = clock.now.replace(minute=40, second=0, microsecond=0)
    assert [door.complete().status_code for _ in range(3)] == [200, 200, 429]
    assert door.complete().headers["retry-after"] == "60"


def test_each_key_has_a_limit_of_its_own(door):
    for key in ("sk-a", "sk-b"):
        answers = [door.post(b"{}", x_api_key=key).status_code for _ in range(3)]
        assert answers == [400, 400, 429]
    assert door.post(b"{}", x_api_key="wrong").status_code == 401


def test_messages_tell_what_is_left(door):
    first, second = door.message(), door.message()
    named = "anthropic-ratelimit-requests"
    assert first.headers[f"{named}-limit"] == "2"
    assert first.headers[f"{named}-remaining"] == "1"
    assert second.headers[f"{named}-remaining"] == "0"
    assert second.headers[f"{named}-reset"] == "2024-06-04T18:40:00Z"
    assert not [name for name in door.complete().headers if "ratelimit" in name]


def test_a_reset_counts_from_zero(door, control):
    assert [door.complete().status_code for _ in range(3)] == [200, 200, 429]
    control.reset()
    assert door.complete().status_code == 200


@pytest.mark.parametrize(("limit", "wait"), [("1/s", "1"), ("1/h", "1250")])
def test_a_window_has_other_lengths_too(open_door, clock, limit, wait):
    door = open_door(rate_limit=limit, clock=clock)
    assert door.complete().status_code == 200
    assert door.complete().headers["retry-after"] == wait


@pytest.mark.parametrize("limit", ["50", "0/m", "-1/m", "1/d", "50/m ", "1.5/s", "x/m"])
def test_an_invalid_limit_is_refused(open_door, limit):
    with pytest.raises(ValueError, match="is not a rate limit; use N/s, N/m or N/h"):
        open_door(rate_limit=limit)
