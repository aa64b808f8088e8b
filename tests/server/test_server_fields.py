"""The body against the document's schema: what is said about which field."""

from __future__ import annotations

import pytest

COMPLETE = {
    "type": ({"prompt": 5}, "prompt: Input should be a valid string"),
    "true for a number": (
        {"max_tokens_to_sample": True},
        "max_tokens_to_sample: Input should be a valid integer",
    ),
    "a fraction": (
        {"max_tokens_to_sample": 1.5},
        "max_tokens_to_sample: Input should be a valid integer",
    ),
    "null": ({"temperature": None}, "temperature: Input should be a valid number"),
    "number for a flag": ({"stream": 1}, "stream: Input should be a valid boolean"),
    "minimum": (
        {"max_tokens_to_sample": 0},
        "max_tokens_to_sample: Input should be greater than or equal to 1",
    ),
    "huge and negative": (
        {"top_k": -(10**30)},
        "top_k: Input should be greater than or equal to -1",
    ),
    "maximum": (
        {"temperature": 1.1},
        "temperature: Input should be less than or equal to 1",
    ),
    "below the -1 that switches it off": (
        {"top_p": -2},
        "top_p: Input should be greater than or equal to 0",
    ),
    "empty": ({"prompt": ""}, "prompt: String should have at least 1 character"),
    "too long": (
        {"metadata": {"user_id": "x" * 513}},
        "metadata.user_id: String should have at most 512 characters",
    ),
    "nested type": (
        {"metadata": {"user_id": 5}},
        "metadata.user_id: Input should be a valid string or null",
    ),
    "nested unknown": (
        {"metadata": {"user": "x"}},
        "metadata.user: Extra inputs are not permitted",
    ),
    "unknown": (
        {"no_such_member": 2},
        "no_such_member: Extra inputs are not permitted",
    ),
    "item": (
        {"stop_sequences": ["a", 5]},
        "stop_sequences.1: Input should be a valid string",
    ),
    "not a list": (
        {"stop_sequences": "###"},
        "stop_sequences: Input should be a valid list",
    ),
    "far down a list": (
        {"stop_sequences": ["a"] * 5000 + [5]},
        "body: Input does not match the expected shape.",
    ),
    "very many": (
        {"stop_sequences": [5] * 300_000},
        "stop_sequences.0: Input should be a valid string",
    ),
}
MESSAGES = {
    "connector's content": (
        [{"role": "user", "content": {"string": "Hello"}}],
        "messages.0.content: Input should be a valid list or string",
    ),
    "block": (
        [{"role": "user", "content": [{"type": "text"}]}],
        "messages.0.content.0.text: Field required",
    ),
    "block type": (
        [{"role": "user", "content": [{"type": "image", "text": "x"}]}],
        "messages.0.content.0.type: Input should be 'text'",
    ),
    "role": (
        [{"role": "system", "content": "Hello"}],
        "messages.0.role: Input should be 'user' or 'assistant'",
    ),
    "item": (["Hello"], "messages.0: Input should be a valid dictionary"),
    "empty": ([], "messages: List should have at least 1 item"),
}


def refusal(answer):
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
    return answer.json()["error"]["message"]


@pytest.mark.parametrize(("changes", "message"), COMPLETE.values(), ids=COMPLETE)
def test_a_completion_is_refused_for_its_field(door, changes, message):
    assert refusal(door.complete(**changes)) == message


@pytest.mark.parametrize(("messages", "message"), MESSAGES.values(), ids=MESSAGES)
def test_a_message_is_refused_for_its_field(door, messages, message):
    assert refusal(door.message(messages=messages)) == message


@pytest.mark.parametrize("name", ["model", "prompt", "max_tokens_to_sample"])
def test_a_missing_field_is_named(door, name):
    body = {
        "model": b'"claude-2"',
        "prompt": rb'"\n\nHuman: Hi\n\nAssistant:"',
        "max_tokens_to_sample": b"5",
    }
    rest = b",".join(
        b'"%s":%s' % (key.encode(), body[key]) for key in body if key != name
    )
    assert refusal(door.post(b"{%s}" % rest)) == f"{name}: Field required"


def test_a_missing_field_is_reported_before_an_unknown_one(door):
    told = refusal(
        door.post(b'{"model":"a","prompt":"b","temperature":2,"max_tokens":1}')
    )
    assert told == "max_tokens_to_sample: Field required"


@pytest.mark.parametrize("body", [b"[]", b"null", b"5", b'"text"'])
def test_a_body_that_is_not_an_object_is_refused(door, body):
    assert refusal(door.post(body)) == "body: Input should be a valid dictionary"


@pytest.mark.parametrize(
    "changes",
    [
        {"max_tokens_to_sample": 1.0},
        {"max_tokens_to_sample": 1e20},
        {"max_tokens_to_sample": 10**400},
        {"temperature": 0, "top_p": 1, "top_k": 0},
        {"temperature": 1.0, "top_p": 0.0, "top_k": 3.0},
        {"top_p": -1, "top_k": -1},
        {"metadata": {}},
        {"metadata": {"user_id": None}},
        {"metadata": {"user_id": "ü" * 512}},
        {"stop_sequences": []},
        {"stop_sequences": [""]},
        {"stream": False},
    ],
)
def test_a_value_at_its_bound_is_accepted(door, changes):
    assert door.complete(**changes).status_code == 200
