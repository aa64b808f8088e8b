"""Stop sequences are cut from a text that arrives in pieces, as from the whole."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from text_completions_server.backends.stops import StopCutter

LETTERS = "ab\n]^-\\"
letters = st.text(LETTERS, max_size=12)
stops = st.lists(st.text(LETTERS, min_size=1, max_size=4), max_size=4)


def cut_whole(text, stops):
    """Cut the obvious way: the match that is complete first, the longest of those."""
    ends = [
        (end, start, text[start:end])
        for end in range(len(text) + 1)
        for start in range(end)
        if text[start:end] in stops
    ]
    return (text[: min(ends)[1]], min(ends)[2]) if ends else (text, None)


@given(st.lists(letters), stops)
@example(["a", "a", "b"], ["aab"])
@example(["aa", "b"], ["ab", "aab"])
def test_pieces_are_cut_like_the_whole_text(pieces, stops):
    cutter = StopCutter(stops)
    passed = [cutter.feed(piece) for piece in pieces]
    text = "".join([*passed, cutter.flush()])
    assert (text, cutter.stop) == cut_whole("".join(pieces), stops)


@given(st.lists(letters), stops)
def test_nothing_that_could_begin_a_stop_sequence_leaves(pieces, stops):
    cutter = StopCutter(stops)
    arrived = passed = ""
    for piece in pieces:
        arrived += piece
        passed += cutter.feed(piece)
        if cutter.stop is None:
            held = arrived.removeprefix(passed)
            assert not held or any(stop.startswith(held) for stop in stops)


@given(st.lists(letters))
def test_a_text_without_stop_sequences_leaves_at_once(pieces):
    cutter = StopCutter(["c"])
    assert [cutter.feed(piece) for piece in pieces] == pieces
    assert cutter.flush() == ""


def test_an_empty_stop_sequence_stops_nothing():
    cutter = StopCutter([""])
    assert (cutter.feed("a"), cutter.stop) == ("a", None)
