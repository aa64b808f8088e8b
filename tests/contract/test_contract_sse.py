"""The reader of server-sent events, against the rules of WHATWG HTML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text_completions_contract.requests.sse import Event, read_events

NAMES = st.none() | st.text("abc_", min_size=1, max_size=8)
# No line ends and no space at first: the rules take one away.
LINES = st.text(
    st.characters(exclude_characters="\r\n\0", exclude_categories=("Cs",)), max_size=30
)
EVENTS = st.lists(
    st.builds(Event, NAMES, st.lists(LINES, min_size=1, max_size=3).map("\n".join)),
    max_size=6,
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def written(events: list[Event], end: str) -> bytes:
    text = ""
    for event in events:
        text += f"event: {event.name}{end}" if event.name else ""
        text += "".join(f"data: {line}{end}" for line in event.data.split("\n"))
        text += end
    return text.encode()


@given(EVENTS, ENDS)
def test_what_is_written_is_read_whatever_the_line_ends(
    events: list[Event], end: str
) -> None:
    found = read_events(written(events, end))
    assert found.events == tuple(events)
    assert not found.unfinished
    assert found.malformed is None


@given(EVENTS, ENDS)
def test_a_byte_order_mark_and_comments_change_nothing(
    events: list[Event], end: str
) -> None:
    text = b"\xef\xbb\xbf" + f": hello{end}".encode() + written(events, end)
    assert read_events(text).events == tuple(events)


@given(st.binary(max_size=200))
def test_any_bytes_are_read(data: bytes) -> None:
    found = read_events(data)
    assert all("\n\n" not in (event.name or "") for event in found.events)


@given(EVENTS, ENDS, st.data())
def test_a_cut_stream_gives_the_events_before_the_cut(
    events: list[Event], end: str, data: st.DataObject
) -> None:
    whole = written(events, end)
    cut = data.draw(st.integers(0, len(whole)))
    found = read_events(whole[:cut]).events
    assert found == tuple(events)[: len(found)]


@pytest.mark.parametrize(
    ("data", "events"),
    [
        pytest.param(b"data\n\n", [Event(None, "")], id="no colon"),
        pytest.param(b"data:a\n\n", [Event(None, "a")], id="no space"),
        pytest.param(b"data:  a\n\n", [Event(None, " a")], id="one space is taken"),
        pytest.param(b"event: ping\n\n", [], id="no data, no event"),
        pytest.param(
            b"id: 1\nretry: 2\nx: y\ndata: a\n\n", [Event(None, "a")], id="other fields"
        ),
        pytest.param(
            b"event: a\n\ndata: b\n\n", [Event(None, "b")], id="names are dropped"
        ),
        pytest.param(
            b"event: a\nevent: b\ndata: c\n\n", [Event("b", "c")], id="last name"
        ),
        pytest.param(
            b"data: a\r\rdata: b\n\n",
            [Event(None, "a"), Event(None, "b")],
            id="mixed ends",
        ),
    ],
)
def test_the_rules_hold(data: bytes, events: list[Event]) -> None:
    assert read_events(data).events == tuple(events)


def test_an_unfinished_event_is_dropped_and_reported() -> None:
    found = read_events(b"data: a\n\ndata: b\n")
    assert found.events == (Event(None, "a"),)
    assert found.unfinished


def test_a_comment_after_the_last_event_is_not_an_unfinished_event() -> None:
    assert not read_events(b"data: a\n\n: bye").unfinished


def test_the_first_byte_that_is_not_utf8_is_reported() -> None:
    assert read_events(b"data: \xe9\n\n").malformed == 6


@pytest.mark.parametrize("end", ["\n", "\r"])
def test_a_long_stream_is_read_in_linear_time(end: str) -> None:
    # Quadratic reading of so many lines would take minutes.
    data = f"data: x{end}{end}".encode() * 200_000
    assert len(read_events(data).events) == 200_000
