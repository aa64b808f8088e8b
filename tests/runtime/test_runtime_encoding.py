"""From Python values to JSON, and what has no form in it."""

from __future__ import annotations

import copy
import datetime
import enum
import json
import uuid
from collections import OrderedDict, UserList, deque
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from text_completions_runtime import omit
from text_completions_runtime._encoding import EncodingError, content_of, encode

from .contracts import Part, Thing


def written(value: Any) -> bytes:
    content = content_of(value, "application/json")
    assert content is not None
    return content


class Owner(pydantic.BaseModel):
    user_id: str = pydantic.Field(alias="userId")
    team: str | None = None


class Colour(enum.Enum):
    RED = "red"
    ONE = 1
    MANY = ("red", "green")


class Word(enum.StrEnum):
    A = "a"


class Count(enum.IntEnum):
    TWO = 2


ID = uuid.UUID("12345678-1234-5678-1234-567812345678")
NOON = datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.UTC)

ENCODED: list[tuple[str, Any, Any]] = [
    ("null", None, None),
    ("true", True, True),
    ("integer", 10**300, 10**300),
    ("float", 0.5, 0.5),
    ("text", "é😀\0\n", "é😀\0\n"),
    ("tuple", (1, "a"), [1, "a"]),
    ("range", range(3), [0, 1, 2]),
    ("deque", deque([1]), [1]),
    ("user list", UserList([1]), [1]),
    ("mapping proxy", MappingProxyType({"a": 1}), {"a": 1}),
    ("ordered dict", OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
    ("date and time", NOON, "2024-02-29T12:00:00+00:00"),
    ("date", NOON.date(), "2024-02-29"),
    ("uuid", ID, str(ID)),
    ("model of pydantic", Owner(userId="u"), {"userId": "u"}),
    ("enumeration of text", Colour.RED, "red"),
    ("enumeration of numbers", Colour.ONE, 1),
    ("enumeration of tuples", Colour.MANY, ["red", "green"]),
    ("text that is an enumeration", Word.A, "a"),
    ("number that is an enumeration", Count.TWO, 2),
    (
        "model",
        Thing(name="n", part=Part(text="t")),
        {"name": "n", "part": {"text": "t"}},
    ),
    ("members not given", {"a": omit, "b": None}, {"b": None}),
    ("key that is an enumeration", {Word.A: 1}, {"a": 1}),
]


@pytest.mark.parametrize(
    ("value", "expected"),
    [one[1:] for one in ENCODED],
    ids=[one[0] for one in ENCODED],
)
def test_a_value_takes_its_form_in_json(value: Any, expected: Any) -> None:
    encoded = encode([value])[0]

    assert encoded == expected
    assert json.loads(written(encoded)) == expected
    assert type(encoded) is type(expected)


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError


REFUSED: list[tuple[str, Any, str]] = [
    ("not a number", float("nan"), "is not a finite number"),
    ("infinity", float("-inf"), "is not a finite number"),
    ("half a character", "a\ud800", "is not valid Unicode text"),
    ("bytes", b"a", "is of type bytes, which is not JSON"),
    ("bytearray", bytearray(b"a"), "is of type bytearray, which is not JSON"),
    ("memoryview", memoryview(b"a"), "is of type memoryview, which is not JSON"),
    ("set", {1}, "is of type set, which is not JSON"),
    ("generator", iter(()), "is of type tuple_iterator, which is not JSON"),
    ("decimal", Decimal(1), "is of type Decimal, which is not JSON"),
    ("a thing", Unprintable(), "is of type Unprintable, which is not JSON"),
    ("the sentinel", omit, "is of type Omit, which is not JSON"),
    ("key that is a number", {1: "a"}, "has the key 1, which is not a string"),
    ("key that is half a character", {"\ud800": 1}, "is not valid Unicode text"),
    ("number of many digits", 10**5000, "has too many digits"),
    ("model of such", Thing(name="\ud800"), "is not valid Unicode text"),
]


@pytest.mark.parametrize(
    ("value", "reason"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED]
)
def test_a_value_without_a_form_in_json_is_refused_with_its_place(
    value: Any, reason: str
) -> None:
    with pytest.raises(EncodingError) as caught:
        encode({"a": [0, value]})

    assert caught.value.reason == reason
    assert caught.value.path[:2] == ("a", 1)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_plain_data_comes_back_from_json_and_is_not_shared(value: Any) -> None:
    before = copy.deepcopy(value)

    encoded = encode(value)

    assert json.loads(written(encoded)) == value
    _spoil(encoded)
    assert value == before


def _spoil(encoded: Any) -> None:
    if isinstance(encoded, dict):
        for member in encoded.values():
            _spoil(member)
        encoded["spoilt"] = True
    elif isinstance(encoded, list):
        for item in encoded:
            _spoil(item)
        encoded.append("spoilt")


def test_json_is_compact_utf_8() -> None:
    assert written({"a": [1, "é"]}) == '{"a":[1,"é"]}'.encode()
