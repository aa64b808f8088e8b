"""The service of May 2023: requests as its documentation wrote them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from openapi_spec_validator import validate

from text_completions_server import DocumentError, create_app
from text_completions_server.document.contract import load_document

PACKAGED = Path(__file__).parents[2] / "openapi.yaml"
HEADERS = {"x-api-key": "my_api_key", "content-type": "application/json"}
SAMPLE = rb"""{
    "prompt": "\n\nHuman: Tell me a haiku about trees\n\nAssistant: ",
    "model": "claude-v1", "max_tokens_to_sample": 300, "stop_sequences": ["\n\nHuman:"]
  }"""
STREAMED = SAMPLE.rstrip(b" }\n") + b',\n    "stream": true\n  }'


@pytest.fixture(scope="module")
def old(open_door):
    return open_door(era="2023")


def ask(door, content=SAMPLE, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return door.send("POST", "/v1/complete", content, HEADERS | named)


def changed(**changes):
    return json.dumps(json.loads(SAMPLE) | changes).encode()


def test_a_sample_without_a_version_is_answered_without_type_and_id(old, members):
    answer = ask(old)
    assert answer.status_code == 200
    assert members(answer) == [
        "completion",
        "stop_reason",
        "model",
        "stop",
        "log_id",
        "truncated",
        "exception",
    ]
    assert answer.json()["model"] == "claude-v1.3"


def test_a_streamed_sample_is_answered_in_the_first_version(old):
    answer = ask(old, STREAMED)
    events = answer.text.split("\r\n\r\n")
    assert events[-2] == "data: [DONE]"
    texts = [each for each in events[:-2] if each.startswith("data: ")]
    assert len(texts) > 10
    first, last = json.loads(texts[0][6:]), json.loads(texts[-1][6:])
    assert last["completion"].startswith(first["completion"])
    assert "type" not in last
    assert "id" not in last
    assert last["stop_reason"] == "stop_sequence"


def test_the_log_id_is_the_id_of_the_request_in_64_hex_digits(old):
    whole, streamed = ask(old), ask(old, STREAMED)
    assert re.fullmatch("[0-9a-f]{64}", whole.headers["request-id"])
    assert whole.json()["log_id"] == whole.headers["request-id"]
    event = json.loads(streamed.text.partition("data: ")[2].partition("\r\n")[0])
    assert event["log_id"] == streamed.headers["request-id"]
    assert event["log_id"] != whole.json()["log_id"]


def test_keys_need_no_prefix_then(old, open_door):
    assert ask(old, x_api_key="").status_code == 401
    only = open_door(era="2023", api_keys=["other"])
    assert ask(only).status_code == 401


def test_a_version_can_be_named_all_the_same(old, members):
    answer = ask(old, anthropic_version="2023-06-01")
    assert members(answer) == ["completion", "stop_reason", "model", "stop", "log_id"]
    assert ask(old, anthropic_version="2023-06-02").status_code == 400


@pytest.mark.parametrize("name", ["top_k", "top_p"])
def test_minus_one_switches_a_way_of_sampling_off(old, name):
    off = ask(old, changed(**{name: -1}))
    assert off.json()["completion"] == ask(old).json()["completion"]
    assert ask(old, changed(**{name: -2})).status_code == 400
    assert ask(old, changed(**{name: 1})).status_code == 200


def test_the_bounds_of_top_p_are_kept(old):
    assert ask(old, changed(top_p=-0.5)).status_code == 400
    assert ask(old, changed(top_p=1.5)).status_code == 400


def test_an_error_has_no_outer_type(old):
    answer = ask(old, changed(temperature=2))
    assert answer.status_code == 400
    assert answer.json() == {
        "error": {
            "type": "invalid_request_error",
            "message": "temperature: Input should be less than or equal to 1",
        }
    }
    event = ask(old, STREAMED, x_mock_fault="error_event").text.split("\r\n\r\n")[-2]
    assert event.startswith('event: error\r\ndata: {"error":{"type":"overloaded_error"')


def test_claude_2_was_another_model_then(old):
    assert ask(old, changed(model="claude-2")).json()["model"] == "claude-2.0"


def test_the_default_is_today(door):
    today = {"x_api_key": "sk-a"}
    assert ask(door, **today).status_code == 400
    version = {"anthropic_version": "2023-01-01", **today}
    assert ask(door, **version).json()["type"] == "completion"


def test_each_era_is_a_valid_document_and_changes_something():
    eras = yaml.safe_load(PACKAGED.read_text("utf-8"))["x-contract-eras"]
    assert list(eras) == ["2023"]
    today = load_document().root
    for name in eras:
        then = load_document(era=name).root
        validate(then)
        assert then != today


def test_an_unknown_era_is_reported_with_the_known_ones():
    with pytest.raises(DocumentError, match="era '1999'; the document describes: 2023"):
        create_app(era="1999")


def test_a_document_without_eras_has_none(tmp_path):
    file = tmp_path / "edited.yaml"
    file.write_text("openapi: 3.1.0\npaths: {/a: {get: {responses: {}}}}")
    with pytest.raises(DocumentError, match="era '2023'; the document describes: none"):
        create_app(document=file, era="2023")


def test_a_patch_removes_and_replaces(open_door, tmp_path):
    file = tmp_path / "edited.yaml"
    file.write_text(
        "openapi: 3.1.0\n"
        "x-contract-eras: {old: {patch: {paths: {/a: null, /b: {get: {responses: "
        "{'200': {content: {application/json: {example: [2]}}}}}}}}}}\n"
        "paths: {/a: {get: {responses: {}}}, /b: {get: {responses: {'200': {content: "
        "{application/json: {example: [1, 1]}}}}}}}"
    )
    door = open_door(document=file, era="old")
    assert door.send("GET", "/b").json() == [2]
    assert door.send("GET", "/a").status_code == 404
