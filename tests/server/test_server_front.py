"""What a backend asks of the server in front of it: models, operations, prompts."""

from __future__ import annotations

import json
import re

import pytest
from starlette.responses import PlainTextResponse

from text_completions_server import ApiError, Backend, Finish, FrontSettings


class Bounded(Backend):
    """Ends at once, behind a front with these settings."""

    def __init__(self, **settings):
        self.front = FrontSettings(**settings)
        self.requests = []

    async def generate(self, request, _, /):
        self.requests.append(request)
        yield Finish("end_turn", text=" a")


def data(answer):
    lines = answer.text.splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith("data: {")]


@pytest.mark.parametrize("settings", [{}, {"echo_model": True}])
def test_responses_have_the_name_of_the_caller_if_the_backend_asks(open_door, settings):
    backend = Bounded(**settings)
    door = open_door(backend=backend)
    expected = "claude-2" if settings else "claude-2.1"
    for operation in (door.complete, door.message):
        assert operation(model="claude-2").json()["model"] == expected
    streamed = door.complete(model="claude-2", stream=True)
    assert {each["model"] for each in data(streamed)} == {expected}
    start = data(door.message(model="claude-2", stream=True))[0]
    assert start["message"]["model"] == expected
    names = {(each.requested_model, each.model) for each in backend.requests}
    assert names == {("claude-2", "claude-2.1")}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("claude-instant-1", 200),
        ("claude-3-of-mine", 200),
        ("mine", 200),
        ("claude-3-haiku-20240307", 400),
        ("other", 404),
    ],
)
def test_models_of_the_backend_and_of_the_document_are_known(open_door, name, status):
    door = open_door(backend=Bounded(models=frozenset({"mine", "claude-3-of-mine"})))
    assert door.complete(model=name).status_code == status


def test_a_backend_can_take_every_model(open_door):
    door = open_door(backend=Bounded(any_model=True))
    for name in ("other", "claude-3-haiku-20240307"):
        assert door.complete(model=name).status_code == 200


def test_an_operation_can_be_left_out(open_door):
    door = open_door(backend=Bounded(operations={"messages_create": None}))
    answer = door.message()
    assert (answer.status_code, answer.json()["error"]["type"]) == (
        404,
        "not_found_error",
    )
    assert door.send("GET", "/v1/messages").status_code == 404
    assert door.complete().status_code == 200


def test_a_backend_can_answer_an_operation_itself(open_door):
    passed = []

    async def pass_through(body, caller):
        passed.append((body, caller.key))
        if body == b"refused":
            raise ApiError(400, "refused")
        return PlainTextResponse("as it came", status_code=202)

    door = open_door(backend=Bounded(operations={"messages_create": pass_through}))
    answer = door.post(b"no JSON", "/v1/messages", anthropic_version=None)
    assert (answer.status_code, answer.text) == (202, "as it came")
    assert passed == [(b"no JSON", "sk-test")]
    refused = door.post(b"refused", "/v1/messages")
    assert (refused.status_code, refused.json()["error"]["message"]) == (400, "refused")
    assert door.post(b"{}", "/v1/messages", x_api_key=None).status_code == 401
    assert door.send("GET", "/v1/messages").status_code == 405
    assert len(passed) == 2


def test_an_operation_that_is_not_in_the_document_cannot_be_answered(open_door):
    async def pass_through(*_):
        return PlainTextResponse("")

    backend = Bounded(operations={"models_list": pass_through, "models_get": None})
    with pytest.raises(ValueError, match="the backend answers the operation models_li"):
        open_door(backend=backend)


def test_a_prompt_can_be_repaired_before_it_is_checked(open_door):
    def mend(prompt):
        if "printed" in prompt:
            raise ApiError(400, "prompt was printed")
        return prompt.replace("\n\nHuman: \n\nHuman:", "\n\nHuman:")

    backend = Bounded(prepare_prompt=mend)
    door = open_door(backend=backend)
    twice = "\n\nHuman: \n\nHuman: Hi\n\nAssistant:"
    assert door.complete(prompt=twice).status_code == 200
    assert backend.requests[0].prompt == "\n\nHuman: Hi\n\nAssistant:"
    refused = door.complete(prompt="printed")
    assert refused.json()["error"]["message"] == "prompt was printed"


def test_ids_can_be_random(open_door):
    def ids(**settings):
        answer = open_door(backend=Bounded(**settings)).complete()
        return {answer.headers["request-id"], answer.json()["id"]}

    assert ids() == ids()
    first, second = ids(random_ids=True), ids(random_ids=True)
    assert len(first | second) == 4
    for each in first | second:
        assert re.fullmatch(r"(req|compl)_01[1-9A-HJ-NP-Za-km-z]{22}", each)
