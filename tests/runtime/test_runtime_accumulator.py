"""The events of a stream add up to the answer that JSON would have been."""

from __future__ import annotations

import copy
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text_completions_runtime import Accumulation, FieldPath
from text_completions_runtime import AccumulationStep as Adding
from text_completions_runtime._streaming.accumulator import StreamAccumulator

from .contracts import Thing

TOTAL = Accumulation(
    Thing,
    (
        Adding("start", (), (), "merge"),
        Adding("open", ("one",), ("parts", "{at}"), "put"),
        Adding("grow", ("text",), ("parts", "{at}", "text"), "append"),
        Adding("stop", ("delta",), (), "merge"),
        Adding("stop", ("count",), ("count",), "merge"),
    ),
)
WHOLE = Accumulation(
    Thing,
    (
        Adding("thing", (), (), "merge"),
        Adding("thing", ("name",), ("name",), "append"),
    ),
)
TEXT = FieldPath("thing", ("name",))

texts = st.lists(st.text(max_size=5), min_size=1, max_size=8)


def add(adding: StreamAccumulator, event: str, payload: Any) -> None:
    for step in adding.steps.get(event, ()):
        step(payload)


def added_up(
    final: Accumulation, *events: tuple[str, Any], cumulative: FieldPath | None = None
) -> Any:
    adding = StreamAccumulator(final, cumulative)
    for name, payload in events:
        add(adding, name, payload)
    answer = adding.result()
    return None if answer is None else answer.to_dict()


def block(at: Any, one: Any) -> tuple[str, Any]:
    return "open", {"at": at, "one": one}


def grown(at: Any, text: Any) -> tuple[str, Any]:
    return "grow", {"at": at, "text": text}


START = ("start", {"name": "n", "parts": [], "count": {"in": 3, "out": 0}})


@given(texts)
def test_increments_join_to_the_whole_text(pieces: list[str]) -> None:
    events = [("thing", {"name": piece, "type": "t"}) for piece in pieces]

    assert added_up(WHOLE, *events) == {"name": "".join(pieces), "type": "t"}


@given(texts)
def test_cumulative_text_is_its_last_state(pieces: list[str]) -> None:
    states = ["".join(pieces[: size + 1]) for size in range(len(pieces))]
    events = [("thing", {"name": state, "type": "t"}) for state in states]

    whole = added_up(WHOLE, *events, cumulative=TEXT)
    assert whole == {"name": "".join(pieces), "type": "t"}


@given(st.lists(texts, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_blocks_grow_each_by_its_own_increments(
    blocks: list[list[str]], random: Any
) -> None:
    opened = [block(at, {"text": "", "kind": at}) for at in range(len(blocks))]
    pieces = [
        grown(at, piece) for at, several in enumerate(blocks) for piece in several
    ]
    turns = sorted(pieces, key=lambda _: random.random())
    expected = [
        "".join(event["text"] for _, event in turns if event["at"] == at)
        for at in range(len(blocks))
    ]

    whole = added_up(TOTAL, START, *opened, *turns)
    assert [part["text"] for part in whole["parts"]] == expected
    assert [part["kind"] for part in whole["parts"]] == list(range(len(blocks)))


@given(texts)
def test_adding_up_changes_no_event(pieces: list[str]) -> None:
    events = [START, block(0, {"text": ""})]
    events += [grown(0, piece) for piece in pieces]
    events.append(("stop", {"delta": {"type": "t"}, "count": {"out": 4}}))
    before = copy.deepcopy(events)

    added_up(TOTAL, *events)
    assert events == before


def test_a_text_goes_on_from_where_its_block_began() -> None:
    whole = added_up(TOTAL, START, block(0, {"text": "a"}), grown(0, "b"))

    assert whole["parts"] == [{"text": "ab"}]


def test_later_members_replace_earlier_ones_and_others_stay() -> None:
    stop = ("stop", {"delta": {"type": "t", "name": "m"}, "count": {"out": 4}})
    whole = added_up(TOTAL, START, stop)

    assert whole == {
        "name": "m",
        "type": "t",
        "parts": [],
        "count": {"in": 3, "out": 4},
    }


def test_null_in_a_part_replaces_no_value() -> None:
    count = {"in": None, "out": 4, "new": None}
    stop = ("stop", {"delta": {"name": None, "type": None}, "count": count})
    whole = added_up(TOTAL, START, stop)

    assert whole["name"] == "n"
    assert whole["type"] is None
    assert whole["count"] == {"in": 3, "out": 4, "new": None}


@pytest.mark.parametrize(
    "event",
    [
        ("later", {"at": 0}),
        ("grow", {}),
        grown(0, None),
        grown(0, 7),
        grown(9, "x"),
        grown(None, "x"),
        grown("²", "x"),
        grown(-1, "x"),
        block(0, None),
        block(None, {"text": "x"}),
        block("²", {"text": "x"}),
        ("stop", {}),
        ("stop", {"delta": None, "count": 3}),
        ("stop", {"delta": [], "count": []}),
    ],
    ids=str,
)
def test_what_does_not_fit_changes_nothing(event: tuple[str, Any]) -> None:
    good = [START, block(0, {"text": "a"})]

    assert added_up(TOTAL, *good, event) == added_up(TOTAL, *good)


@pytest.mark.parametrize("parts", [None, 3, "text", {}, {"0": {"text": "a"}}], ids=str)
def test_an_answer_of_another_shape_is_kept_as_it_is(parts: Any) -> None:
    start = ("start", {"name": "n", "others": parts})

    assert added_up(TOTAL, start, grown(0, "x")) == {"name": "n", "others": parts}


def test_before_the_first_event_there_is_nothing() -> None:
    assert added_up(TOTAL) is None
    assert added_up(TOTAL, ("later", {"a": 1})) is None


def test_what_arrived_can_be_asked_for_at_any_time() -> None:
    adding = StreamAccumulator(WHOLE)
    seen = []
    for piece in ("a", "b", "c"):
        add(adding, "thing", {"name": piece})
        seen.append(adding.result())

    assert [one.name for one in seen if isinstance(one, Thing)] == ["a", "ab", "abc"]


def test_a_text_of_very_many_pieces_takes_little_more_room() -> None:
    adding = StreamAccumulator(WHOLE)
    tracemalloc.start()
    for number in range(20_500):
        add(adding, "thing", {"name": f"{number:09d}"})
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    answer = adding.result()

    assert isinstance(answer, Thing)
    assert answer.name == "".join(f"{number:09d}" for number in range(20_500))
    assert held < 2 * len(answer.name), "a piece alone takes six times its length"


def test_halves_of_a_character_are_joined() -> None:
    events = [("thing", {"name": half}) for half in ("a\ud83d", "\ude00", "\ud83d")]

    assert added_up(WHOLE, *events) == {"name": "a😀\ud83d"}


def test_cumulative_text_may_be_taken_back() -> None:
    events = [("thing", {"name": state}) for state in ("abc", "ab")]

    assert added_up(WHOLE, *events, cumulative=TEXT) == {"name": "ab"}
