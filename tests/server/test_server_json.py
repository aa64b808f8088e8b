"""Bytes that are not a request: a documented error, never a failure of ours."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

PROMPT = rb'"prompt":"\n\nHuman: Hi\n\nAssistant:"'
HEAD = b'{"model":"claude-2",' + PROMPT
NOT_JSON = {
    "empty": b"",
    "blank": b" \n",
    "cut": HEAD,
    "NaN": HEAD + b',"max_tokens_to_sample":5,"temperature":NaN}',
    "Infinity": HEAD + b',"max_tokens_to_sample":-Infinity}',
    "out of range": HEAD + b',"max_tokens_to_sample":1e999}',
    "thousands of digits": HEAD + b',"max_tokens_to_sample":' + b"9" * 5000 + b"}",
    "a name twice": HEAD + b',"max_tokens_to_sample":5,"model":"claude-2"}',
    "not UTF-8": HEAD + b',"max_tokens_to_sample":5,"stop_sequences":["\xff"]}',
    "UTF-16": json.dumps({"model": "claude-2"}).encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "a surrogate in UTF-8": b'"\xed\xa0\x80"',
    "half a pair": HEAD + rb',"max_tokens_to_sample":5,"stop_sequences":["\ud83d"]}',
    "half a pair in a name": HEAD + rb',"max_tokens_to_sample":5,"\udc00":1}',
    "nested": HEAD + b',"metadata":' + b"[" * 101 + b"]" * 101 + b"}",
    "nested beyond the stack": b"[" * 200_000,
    "nested objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "a control character": b'"\n"',
    "two values": b"{} {}",
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_not_json_is_refused(door, body):
    answer = door.post(body)
    assert answer.status_code == 400
    message = answer.json()["error"]["message"]
    assert message.startswith("The request body is not valid JSON: ")


def test_an_empty_body_is_reported_as_such(door):
    message = door.post(b"").json()["error"]["message"]
    assert message == "The request body is not valid JSON: unexpected end of data"


def test_nesting_within_the_limit_is_only_the_schemas_affair(door):
    answer = door.complete(metadata=json.loads("[" * 90 + "]" * 90))
    assert answer.json()["error"]["message"].startswith("metadata:")


def test_many_brackets_are_not_deep_nesting(door):
    answer = door.complete(stop_sequences=["{}"] * 200)
    assert answer.status_code == 200
    answer = door.message(messages=[{"role": "user", "content": "x"}] * 200)
    assert answer.status_code == 200


def test_escapes_of_whole_characters_are_text(door):
    body = HEAD + rb',"max_tokens_to_sample":5,"stop_sequences":["\ud83d\ude42"]}'
    assert door.post(body).status_code == 200


def is_documented(answer):
    if answer.status_code == 200:
        return True
    body = answer.json()
    return answer.status_code in (400, 401, 404) and body["type"] == "error"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    [
        "model",
        "prompt",
        "max_tokens_to_sample",
        "max_tokens",
        "messages",
        "system",
        "metadata",
        "stop_sequences",
        "stream",
        "temperature",
        "top_p",
        "top_k",
    ]
)


@settings(max_examples=120, deadline=None)
@given(
    path=st.sampled_from(["complete", "message"]),
    changes=st.dictionaries(FIELDS | st.text(max_size=5), VALUES, max_size=4),
)
def test_random_json_gets_a_documented_answer(door, path, changes):
    assert is_documented(getattr(door, path)(**changes))


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_a_random_value_gets_a_documented_answer(door, value):
    assert is_documented(door.post(json.dumps(value).encode()))


BODY = HEAD + b',"max_tokens_to_sample":9,"temperature":0.5,"stream":true}'
PIECES = [b"{", b"}", b"[", b"]", b":", b",", b'"', b'"model"', b'"prompt":', b"1e999"]
PIECES += [b"-0", b"null", b"true", b"\\u", b"\\ud800", b"\xff", b" ", b"9"]


@st.composite
def damaged(draw):
    """Replace, lose or add some bytes of a good body."""
    body = bytearray(BODY)
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(body)))
        body[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=3))
    return bytes(body)


@settings(max_examples=300, deadline=None)
@given(
    path=st.sampled_from(["/v1/complete", "/v1/messages"]),
    content=st.binary(max_size=200)
    | st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join)
    | damaged(),
)
def test_random_bytes_get_a_documented_answer(door, path, content):
    assert is_documented(door.post(content, path))


@settings(max_examples=80, deadline=None)
@given(
    name=st.sampled_from(["x_api_key", "anthropic_version", "content_type"]),
    value=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
)
def test_random_headers_get_a_documented_answer(door, name, value):
    assert is_documented(door.post(b"{}", **{name: value}))
