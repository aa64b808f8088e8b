"""Models, and decoding into them: lenient, lossless, and good Python values."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
import uuid
from typing import Any

import pytest

from text_completions_runtime import (
    Model,
    NotGiven,
    Omit,
    decode_date,
    decode_datetime,
    decode_fitting,
    decode_list,
    decode_map,
    decode_uuid,
    decode_variant,
    not_given,
    omit,
)

from .contracts import Part, Thing

SOURCE: dict[str, Any] = {
    "name": "n",
    "type": None,
    "part": {"text": "t", "size": 1},
    "parts": [{"text": "u"}, 5],
    "later": {"deep": [1]},
}


def thing() -> Thing:
    return Thing.from_dict(SOURCE)


def test_members_are_attributes_by_their_python_names() -> None:
    assert thing().name == "n"
    assert thing().kind is None
    assert thing().part == Part.from_dict({"text": "t", "size": 1})


def test_unknown_members_are_readable_and_survive() -> None:
    one: Any = thing()

    assert one.later == {"deep": [1]}
    assert one.part.size == 1
    assert one.model_extra == {"later": {"deep": [1]}}
    assert one.to_dict() == SOURCE


def test_a_missing_member_reads_as_none_and_stays_missing() -> None:
    one = Thing.from_dict({"name": "n"})

    assert one.kind is None
    assert one.parts is None
    assert one.to_dict() == {"name": "n"}
    assert one.model_fields_set == {"name"}


def test_a_missing_required_member_reads_as_none() -> None:
    assert Thing.from_dict({}).name is None
    assert Thing.from_dict({}).to_dict() == {}


def test_null_is_not_the_same_as_missing() -> None:
    null, missing = Thing.from_dict({"name": "n", "type": None}), Thing(name="n")

    assert null.kind is missing.kind is None
    assert null != missing
    assert null.to_dict() == {"name": "n", "type": None}


def test_a_value_of_another_type_is_kept() -> None:
    source = {"name": 5, "part": "text", "parts": [None]}

    one = Thing.from_dict(source)

    assert one.name == 5  # type: ignore[comparison-overlap]
    assert one.to_dict() == source


def test_a_member_that_nobody_has_is_an_error() -> None:
    one: Any = thing()

    with pytest.raises(AttributeError, match="'Thing' object has no attribute 'nmae'"):
        _ = one.nmae
    with pytest.raises(AttributeError):
        _ = one.__deepcopy__
    with pytest.raises(AttributeError):
        one.nmae = 1


def test_a_model_is_built_by_keywords() -> None:
    one = Thing(name="n", parts=[Part(text="t")])

    assert one.to_dict() == {"name": "n", "parts": [{"text": "t"}]}
    with pytest.raises(TypeError):
        Thing("n")  # type: ignore[call-arg]


COPIES = [
    pytest.param(lambda one: pickle.loads(pickle.dumps(one, 2)), id="pickle 2"),
    pytest.param(lambda one: pickle.loads(pickle.dumps(one)), id="pickle"),
    pytest.param(copy.copy, id="copy"),
    pytest.param(copy.deepcopy, id="deepcopy"),
    pytest.param(lambda one: one.model_copy(), id="model_copy"),
    pytest.param(lambda one: one.model_copy(deep=True), id="model_copy deep"),
    pytest.param(lambda one: one.copy(), id="the method copy"),
]


@pytest.mark.parametrize("copied", COPIES)
def test_a_copy_is_equal_and_another(copied: Any) -> None:
    one = thing()
    one._request_id = "req_1"

    other = copied(one)

    assert other == one
    assert other is not one
    assert other.to_dict() == SOURCE
    assert other._request_id == "req_1"
    assert other.parts[0] == Part(text="u")
    other.name = "other"
    other.model_extra["more"] = 1
    assert one.to_dict() == SOURCE


def test_a_deep_copy_shares_nothing_and_a_shallow_one_what_is_inside() -> None:
    one = thing()

    assert copy.copy(one).part is one.part
    assert copy.deepcopy(one).part is not one.part


@pytest.mark.parametrize("copied", COPIES)
def test_what_is_missing_stays_missing_in_a_copy(copied: Any) -> None:
    assert copied(Thing(name="n")).to_dict() == {"name": "n"}


def test_equality_is_of_all_members_and_of_the_class() -> None:
    one = thing()

    assert one == thing()
    assert one != Thing(name="n")
    assert Thing(name="n") != Thing.from_dict({"name": "n", "more": 1})
    assert Part(text="t") != SOURCE["part"]
    assert Thing.from_dict({"text": "t"}) != Part(text="t")


def test_the_request_id_is_not_a_member() -> None:
    one = thing()
    assert one._request_id is None

    one._request_id = "req_1"

    assert one._request_id == "req_1"
    assert one == thing()
    assert "req_1" not in repr(one)
    assert one.to_dict() == SOURCE


def test_a_model_can_be_changed_and_cannot_be_hashed() -> None:
    one = thing()
    one.kind = "k"

    assert one.to_dict()["type"] == "k"
    with pytest.raises(TypeError):
        hash(one)


def test_a_changed_copy_leaves_the_first_as_it_was() -> None:
    one = thing()

    other: Any = one.model_copy(update={"kind": "k", "fresh": 1})

    assert (other.kind, other.fresh) == ("k", 1)
    assert one.to_dict() == SOURCE


def test_model_dump_returns_what_was_sent_by_attribute_name() -> None:
    assert Thing(name="n").model_dump() == {"name": "n"}
    assert thing().model_dump() == {
        "name": "n",
        "kind": None,
        "part": {"text": "t", "size": 1},
        "parts": [{"text": "u"}, 5],
        "later": {"deep": [1]},
    }


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"include": ["name", "later"]}, {"name": "n", "later": {"deep": [1]}}),
        ({"exclude": ["part", "parts", "later"]}, {"name": "n", "kind": None}),
        ({"include": ["name", "kind"], "exclude_none": True}, {"name": "n"}),
        ({"include": {"type"}, "by_alias": True}, {"type": None}),
        ({"exclude_unset": True, "include": {"name"}}, {"name": "n"}),
    ],
    ids=str,
)
def test_model_dump_takes_the_options_of_pydantic(
    options: Any, expected: dict[str, Any]
) -> None:
    one = thing()

    assert one.model_dump(**options) == expected
    assert one.dict(**options) == expected
    assert json.loads(one.model_dump_json(**options)) == expected
    assert json.loads(one.json(**options)) == expected


def test_model_dump_can_show_what_was_not_sent() -> None:
    nothing = {"name": "n", "kind": None, "part": None, "parts": None}

    assert Thing(name="n").model_dump(exclude_unset=False) == nothing
    assert Thing(name="n").model_dump(exclude_unset=False, exclude_none=True) == {
        "name": "n"
    }


def test_model_dump_keeps_dates_unless_the_mode_is_json() -> None:
    one: Any = Thing(name="n")
    one.kind = datetime.date(2024, 2, 29)

    assert one.model_dump()["kind"] == datetime.date(2024, 2, 29)
    assert one.model_dump(mode="json")["kind"] == "2024-02-29"


def test_model_dump_refuses_an_option_that_it_does_not_know() -> None:
    with pytest.raises(TypeError, match="has no option context"):
        thing().model_dump(context={})  # type: ignore[call-arg]


def test_dumping_takes_the_options_of_the_official_sdk() -> None:
    options: Any = {"exclude_defaults": True, "warnings": False, "exclude_unset": False}
    one = Thing(name="n")
    one.kind = None

    assert one.model_dump(**options) == {"name": "n", "kind": None}
    assert one.to_dict(exclude_none=True, **options) == {"name": "n"}
    assert one.to_json(indent=None, exclude_none=True) == '{"name": "n"}'
    assert one.model_dump_json(exclude_none=True, round_trip=True) == '{"name":"n"}'


@pytest.mark.parametrize("names", ["name", {"extra": {"a"}}])
@pytest.mark.parametrize("option", ["include", "exclude"])
def test_model_dump_refuses_names_that_are_not_a_set(
    option: str, names: object
) -> None:
    options: dict[str, Any] = {option: names}
    with pytest.raises(TypeError, match="includes and excludes a set of names"):
        thing().model_dump(**options)


def test_a_model_becomes_a_dict_of_its_values() -> None:
    one = thing()

    assert dict(one)["part"] is one.part
    assert dict(one) | {"part": None, "parts": None} == {
        "name": "n",
        "kind": None,
        "part": None,
        "parts": None,
        "later": {"deep": [1]},
    }


def test_a_model_is_built_as_pydantic_builds_one() -> None:
    one = thing()

    assert Thing.model_validate(SOURCE) == one
    assert Thing.model_validate(one) is one
    assert Thing.model_construct(name="n", later=1).to_dict() == {
        "name": "n",
        "later": 1,
    }
    assert list(Thing.model_fields) == ["name", "kind", "part", "parts"]
    assert Thing.model_fields["name"].type == "str"
    assert Model.model_fields == {}  # tools that inspect classes read it
    with pytest.raises(ValueError, match="Thing is built from a mapping, not from a"):
        Thing.model_validate("n")


def test_json_text_is_of_the_dictionary() -> None:
    one = Thing(name="é")

    assert json.loads(one.to_json()) == {"name": "é"}
    assert one.to_json() == '{\n  "name": "é"\n}'
    assert one.to_json(indent=None) == '{"name": "é"}'
    assert one.model_dump_json() == '{"name":"é"}'
    assert json.loads(one.model_dump_json(indent=1)) == one.model_dump()


def test_a_repr_shows_what_was_sent() -> None:
    assert repr(thing()) == (
        "Thing(name='n', kind=None, part=Part(text='t', size=1), "
        "parts=[Part(text='u'), 5], later={'deep': [1]})"
    )


def test_dates_and_names_turn_back_into_text() -> None:
    noon = datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.UTC)
    one: Any = Thing(name="n")
    one.kind, one.part = noon, uuid.UUID(int=1)

    assert one.to_dict()["type"] == "2024-02-29T12:00:00+00:00"
    assert one.to_dict()["part"] == "00000000-0000-0000-0000-000000000001"


def test_a_list_decodes_item_by_item() -> None:
    assert decode_list([{"text": "a"}, 1], Part.decode) == [Part(text="a"), 1]
    assert decode_list({"a": 1}, Part.decode) == {"a": 1}


def test_a_map_decodes_member_by_member() -> None:
    assert decode_map({"x": {"text": "a"}}, Part.decode) == {"x": Part(text="a")}
    assert decode_map([1], Part.decode) == [1]


@pytest.mark.parametrize(
    ("decode", "text", "expected"),
    [
        (
            decode_datetime,
            "2024-02-29T12:00:00Z",
            datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.UTC),
        ),
        (decode_date, "2024-02-29", datetime.date(2024, 2, 29)),
        (decode_uuid, str(uuid.UUID(int=1)), uuid.UUID(int=1)),
    ],
)
def test_text_of_a_format_decodes_and_other_text_is_kept(
    decode: Any, text: str, expected: Any
) -> None:
    assert decode(text) == expected
    assert decode("soon") == "soon"
    assert decode(5) == 5
    assert decode(None) is None


@pytest.mark.parametrize(
    "text", ["20240229", "2024-W09", "2024-02-29 12:00:00", "2024-02-30T12:00:00Z"]
)
def test_a_time_that_is_not_of_rfc_3339_stays_text(text: str) -> None:
    assert decode_datetime(text) == text
    assert decode_date(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29T12:00:00Z",
        "2024-02-29t12:00:00.123456789z",
        "2024-02-29T12:00:00-00:00",
    ],
)
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda one: one])
def test_a_time_keeps_the_text_that_came(text: str, copied: Any) -> None:
    one: Any = Thing(name="n")
    one.kind = decode_datetime(text)

    assert isinstance(one.kind, datetime.datetime)
    assert copied(one).to_dict()["type"] == text
    assert pickle.loads(pickle.dumps(one)).to_dict()["type"] == text
    assert repr(one.kind).startswith("datetime.datetime(2024, 2, 29, 12, 0")


def test_a_tag_tells_the_variant() -> None:
    variants: dict[str, type[Model]] = {"part": Part}
    part = {"type": "part", "text": "a"}

    assert isinstance(decode_variant(part, "type", variants), Part)
    for unknown in ({"type": "new"}, {}, {"type": 5}, {"type": ["a"]}):
        assert decode_variant(unknown, "type", variants) is unknown
        assert isinstance(decode_variant(unknown, "type", variants, Thing), Thing)
    assert decode_variant("a", "type", variants, Thing) == "a"


def test_required_members_tell_the_variant() -> None:
    models = [Thing, Part]

    assert isinstance(decode_fitting({"name": "n"}, models), Thing)
    assert isinstance(decode_fitting({"text": "t"}, models), Part)
    assert decode_fitting({"other": 1}, models) == {"other": 1}
    assert decode_fitting(7, models) == 7


@pytest.mark.parametrize("sentinel", [omit, not_given])
def test_a_sentinel_is_itself_after_pickling_and_false(
    sentinel: Omit | NotGiven,
) -> None:
    assert pickle.loads(pickle.dumps(sentinel)) is sentinel
    assert copy.deepcopy(sentinel) is sentinel
    assert not sentinel
    assert repr(sentinel) in {"omit", "NOT_GIVEN"}
