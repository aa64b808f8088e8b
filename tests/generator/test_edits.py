"""Edits that must just work: what the client makes of answers, names and bounds.

A single edit and its effect on the wire is a case of `single_edits.yaml`. Here all of
`edits.yaml` is one document, and the answers are chosen by the test.
"""

from __future__ import annotations

import datetime
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from emitting import Wire, load, run_python

ID = "12345678-1234-5678-1234-567812345678"
FILE = {"id": ID, "created": "2026-01-02T03:04:05Z", "x-y": 1, "1st": True}
COMPLETION = {
    "type": "completion",
    "id": "compl_1",
    "completion": " Hi",
    "stop_reason": "stop_sequence",
    "model": "claude-9",
}
PROMPT = {
    "model": "claude-9",
    "prompt": "\n\nHuman: Hi\n\nAssistant:",
    "max_tokens_to_sample": 5,
    "seed_number": 7,
}


@pytest.fixture(scope="module")
def module(edited: Path) -> Iterator[ModuleType]:
    yield load(edited / "text_completions", "edited_client")
    for name in [one for one in sys.modules if one.startswith("edited_client")]:
        del sys.modules[name]


def wire(module: ModuleType, content: Any, status: int = 200) -> Wire:
    return Wire(module, httpx.Response(status, json=content))


# The whole ------------------------------------------------------------------


def test_the_package_imports_without_a_warning(edited: Path) -> None:
    done = run_python("import text_completions.types; print('fine')", edited)
    assert (done.stdout, done.stderr) == ("fine\n", "")


# Parameters -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "parameter", "pointer"),
    [
        ({"seed_number": 6}, "seed_number", "CompletionCreateParams/properties"),
        ({"pick_of": 10}, "pick-of", "CompletionCreateParams/properties/pick-of"),
        ({"x_trace": "123456789"}, "x_trace", "parameters/2/schema"),
    ],
    ids=["required", "body", "header"],
)
def test_a_bound_of_a_new_parameter_is_checked(
    module: ModuleType, arguments: dict[str, Any], parameter: str, pointer: str
) -> None:
    there = wire(module, COMPLETION)
    with pytest.raises(module.RequestValidationError, match=pointer) as caught:
        there.client.completions.create(**{**PROMPT, **arguments})
    assert caught.value.parameter == parameter
    assert there.sent == []


def test_path_and_cookie_parameters_go_where_they_belong(module: ModuleType) -> None:
    there = wire(module, FILE)
    there.client.files.get_part(
        file_id="a b/ä", class_=7, query_class="gold", session="s1"
    )
    path = there.request.url.raw_path
    assert path == b"/v1/files/a%20b%2F%C3%A4/parts/7?class=gold"
    assert there.request.headers["cookie"] == "session=s1"


# Answers --------------------------------------------------------------------


def moment() -> datetime.datetime:
    return datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)


def part(module: ModuleType, more: dict[str, Any]) -> Any:
    there = wire(module, FILE | more)
    return there.client.files.get_part(file_id="a", class_=1)


def test_members_of_reserved_names_become_other_attributes(module: ModuleType) -> None:
    names = ["class", "str", "list", "to_dict", "from", "self", "source", "__init__"]
    more = {name: f"the {name}" for name in names} | {"type": "file", "größe": 3}
    answer = part(module, {**more, "model_extra": 4})
    assert (answer.class_, answer.from_, answer.self_) == (
        "the class",
        "the from",
        "the self",
    )
    assert (answer.str_, answer.list_, answer.to_dict_) == (
        "the str",
        "the list",
        "the to_dict",
    )
    assert (answer.type, answer.größe, answer.model_extra_) == ("file", 3, 4)
    assert (answer.x_y, answer.field_1st) == (1, True)
    assert answer.to_dict() == {**FILE, **more, "model_extra": 4}


def test_constants_and_enumerations_of_numbers_are_read(module: ModuleType) -> None:
    more = {"level": 2, "version": 2, "ready": True, "ratio": 0.5, "anything": [None]}
    answer = part(module, more)
    assert {name: getattr(answer, name) for name in more} == more


def test_maps_are_decoded_by_their_values(module: ModuleType) -> None:
    more = {"free": {"a": 1}, "counts": {"b": 2}, "owners": {"c": {"radius": 3}}}
    answer = part(module, more)
    assert (answer.free, answer.counts) == ({"a": 1}, {"b": 2})
    assert answer.owners["c"].radius == 3


def test_nested_objects_are_models(module: ModuleType) -> None:
    answer = part(module, {"place": {"x": 1, "deep": {"y": 2}}})
    assert (answer.place.x, answer.place.deep.y) == (1, 2)


def test_a_method_and_its_argument_may_be_called_like_a_default(
    module: ModuleType,
) -> None:
    there = Wire(module, httpx.Response(204))
    assert there.client.shapes.omit_() is None
    assert there.request.url.query == b""


# Combinations ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "made"),
    [("round", "Circle"), ('"edgy"', "Square"), ("Circle", "Circle")],
    ids=["mapped", "mapped to a name", "unmapped"],
)
def test_a_discriminator_tells_branches_apart(
    module: ModuleType, kind: str, made: str
) -> None:
    main = {"kind": kind, "radius": 1, "side": 1}
    answer = wire(module, {"main": main}).client.shapes.draw(main={"radius": 1})
    assert type(answer.main).__name__ == made
    assert answer.to_dict() == {"main": main}


def test_without_a_discriminator_the_branch_that_fits_is_taken(
    module: ModuleType,
) -> None:
    named = {"side": 1, "name": "a", "kind": "k", "alias": "ab"}
    content = {"main": {"radius": 1}, "other": named, "named": named}
    answer = wire(module, content).client.shapes.draw(main={"radius": 1})
    assert type(answer.other).__name__ == "NamedSquare"
    assert (answer.named.side, answer.named.alias) == (1, "ab")
    assert answer.named.model_extra == {}


def names(values: Any) -> list[str]:
    return [type(one).__name__ for one in values]


def test_models_of_a_union_are_distinguished_in_lists_and_maps(
    module: ModuleType,
) -> None:
    circle, square = {"kind": "round", "radius": 1}, {"kind": "Square", "side": 2}
    answer = part(module, {"shapes": [circle, circle], "corners": {"a": square}})
    assert names(answer.shapes) == ["Circle", "Circle"]
    assert names(answer.corners.values()) == ["Square"]
    answer = part(module, {"shapes": [square], "corners": circle})
    assert names(answer.shapes) == ["Square"]
    assert names([answer.corners]) == ["Circle"]
    answer = part(module, {"bags": {"a": circle}})
    assert names(answer.bags.values()) == ["Circle"]
    answer = part(module, {"bags": {"a": [square]}})
    assert names(answer.bags["a"]) == ["Square"]


@pytest.mark.parametrize(
    ("arguments", "parameter"),
    [
        ({"style": {"width": 0}}, "style.width"),
        ({"style": {"dashes": [1, 1]}}, "style.dashes"),
        ({"style": {"colour": 1}}, "style.colour"),
        ({"weights": {"a": 2}}, "weights.a"),
        ({"main": {"radius": 0}}, "main.radius"),
        ({"named": {"side": 1, "name": "A", "kind": ""}}, "named.name"),
        ({"named": {"side": 0.7, "name": "a", "kind": ""}}, "named.side"),
        ({"named": {"side": 1, "name": "a"}}, "named.kind"),
        ({"named": {"side": 1, "name": "a", "kind": "", "alias": "x"}}, "named.alias"),
        ({"tree": {"branches": [{"value": "x"}]}}, "tree.branches.0.value"),
        ({"file": FILE | {"place": {"x": 1, "deep": {"y": 4}}}}, "file.place.deep.y"),
        ({"file": FILE | {"version": 3}}, "file.version"),
        ({"file": FILE | {"level": 4}}, "file.level"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bounds_are_checked_however_deep_they_are(
    module: ModuleType, arguments: dict[str, Any], parameter: str
) -> None:
    there = wire(module, {})
    with pytest.raises(module.RequestValidationError) as caught:
        there.client.shapes.draw(**{"main": {"radius": 1}, **arguments})
    assert caught.value.parameter == parameter
    assert there.sent == []


def test_dates_uuids_and_odd_names_are_sent(module: ModuleType) -> None:
    there = wire(module, {"main": {"radius": 1}})
    there.client.shapes.draw(
        main={"radius": 1},
        when=moment(),
        owner=uuid.UUID(ID),
        str="s",
        class_="c",
        x_y=2,
        options={"a": [1]},
    )
    assert there.body == {
        "main": {"radius": 1},
        "when": "2026-01-02T03:04:05+00:00",
        "owner": ID,
        "str": "s",
        "class": "c",
        "x-y": 2,
        "options": {"a": [1]},
    }


# Errors ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (418, "TeapotError"),
        (422, "UnprocessableEntityError"),
        (599, "Status599Error"),
        (451, "RefusedError"),
    ],
)
def test_a_new_error_status_has_an_exception(
    module: ModuleType, status: int, name: str
) -> None:
    there = wire(module, {}, status)
    with pytest.raises(getattr(module, name)) as caught:
        there.client.completions.create(**PROMPT)
    assert caught.value.status_code == status
    assert issubclass(module.TeapotError, module.RefusedError)
    assert issubclass(module.Status599Error, module.InternalServerError)
