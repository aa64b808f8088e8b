"""Which names are answered to, and what the answer calls them."""

from __future__ import annotations

import pytest

ALIASES = {
    "claude-2": "claude-2.1",
    "claude-2.0": "claude-2.0",
    "claude-instant-1": "claude-instant-1.2",
    "claude-v1": "claude-v1.3",
    "claude-1-100k": "claude-1.3-100k",
}
MESSAGES_ONLY = [
    "claude-3-opus-20240229",
    "claude-3-5-sonnet-latest",
    "claude-3-7-sonnet-20250219",
    "claude-sonnet-4-20250514",
    "claude-opus-4-1-20250805",
    "claude-haiku-4-5",
    "claude-haiku-4-5-20251001",
    "claude-opus-5",
    "claude-opus-10",
]
UNKNOWN = [
    "claude-haiku-4-5-latest",
    "claude-2.2",
    "claude-instant-3",
    "gpt-4",
    "CLAUDE-2",
    "claude-30",
    "claude-opus-5\n",
    "",
]


@pytest.mark.parametrize(("name", "model"), ALIASES.items())
@pytest.mark.parametrize("operation", ["complete", "message"])
def test_an_alias_is_resolved_in_the_answer(door, operation, name, model):
    assert getattr(door, operation)(model=name).json()["model"] == model


@pytest.mark.parametrize("name", MESSAGES_ONLY)
def test_a_model_of_the_other_api_is_refused_with_advice(door, name):
    answer = door.complete(model=name)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == (
        f'"{name}" is not supported on this API. Please use the Messages API instead.'
    )


@pytest.mark.parametrize("name", MESSAGES_ONLY)
def test_a_model_of_the_messages_api_is_answered_there(door, name):
    assert door.message(model=name).json()["model"] == name


@pytest.mark.parametrize("operation", ["complete", "message"])
def test_a_model_that_is_added_is_answered(open_door, operation):
    door = open_door(models=["mine", "claude-opus-5", "claude-2"])
    for name in ("mine", "claude-opus-5"):
        assert getattr(door, operation)(model=name).json()["model"] == name
    assert getattr(door, operation)(model="claude-2").json()["model"] == "claude-2.1"
    assert getattr(door, operation)(model="other").status_code == 404


@pytest.mark.parametrize("operation", ["complete", "message"])
@pytest.mark.parametrize("name", [*MESSAGES_ONLY, *UNKNOWN])
def test_every_model_can_be_let_in(open_door, operation, name):
    door = open_door(any_model=True)
    assert getattr(door, operation)(model=name).json()["model"] == name
    assert getattr(door, operation)(model="claude-2").json()["model"] == "claude-2.1"


@pytest.mark.parametrize("name", UNKNOWN)
@pytest.mark.parametrize("operation", ["complete", "message"])
def test_an_unknown_model_is_not_found(door, operation, name):
    answer = getattr(door, operation)(model=name)
    assert answer.status_code == 404
    assert answer.json()["error"] == {
        "type": "not_found_error",
        "message": f"model: {name}",
    }
