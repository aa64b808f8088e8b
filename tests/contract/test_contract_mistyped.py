"""Wrong JSON types: every one, at every place, one at a time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text_completions_contract._contract import COMPLETE, load_contract
from text_completions_contract._parameters import mistyped

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(0.1, 0.9) | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


def differences(one: Any, other: Any) -> int:
    """How many values of one thing are others in the other."""
    if type(one) is not type(other):
        return 1
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        return sum(differences(one[key], other[key]) for key in one)
    if isinstance(one, list):
        assert len(one) == len(other)
        return sum(differences(*pair) for pair in zip(one, other, strict=True))
    assert one == other
    return 0


@given(VALUES, VALUES)
def test_each_body_has_one_wrong_value(value: Any, other: Any) -> None:
    body = {"value": value, "other": other}
    bodies = [changed for changed, _ in mistyped(body, "value", lambda _: False)]
    assert {differences(body, changed) for changed in bodies} == {1}


@given(VALUES)
def test_what_the_document_allows_is_left_out(value: Any) -> None:
    assert list(mistyped({"value": value}, "value", lambda _: True)) == []


@pytest.mark.parametrize(
    ("name", "good", "wrong"),
    [
        ("temperature", 0.5, [None, True, "0.5", [0.5]]),
        ("top_k", 5, [None, True, 1.5, "5", [5]]),
        ("stream", True, [None, 1, "true", [True]]),
        ("model", "a", [None, 5, ["a"], {"value": "a"}]),
    ],
)
def test_every_type_that_a_server_may_take_for_its_own_is_tried(
    name: str, good: Any, wrong: list[Any]
) -> None:
    contract = load_contract(None)
    pointer, _ = contract.request_schema(COMPLETE)
    body = {"model": "a", "prompt": "b", "max_tokens_to_sample": 1, name: good}

    def is_good(body: object) -> bool:
        return contract.problem(pointer, body) is None

    found = [changed[name] for changed, _ in mistyped(body, name, is_good)]
    assert list(map(repr, found)) == list(map(repr, wrong))


def test_the_last_element_of_a_list_is_wrong_and_the_first_is_good() -> None:
    def is_good(body: Any) -> bool:
        return isinstance(body["list"], list) and isinstance(body["list"][1], str)

    found = mistyped({"list": ["a", "b"]}, "list", is_good)
    assert {"list": ["a", 5]} in [changed for changed, _ in found]


def test_a_place_is_written_as_a_path() -> None:
    body = {"a": [{"b": "c"}]}
    ((_, what),) = mistyped(body, "a", lambda b: b["a"] != [{"b": None}])
    assert what == "a[0][b]: null"
