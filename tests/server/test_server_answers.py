"""Answers in one piece: members, order, names, headers."""

from __future__ import annotations

import json
import re

import pytest

from text_completions_server import Backend, Control, MockServer

MEMBERS = ["type", "id", "completion", "stop_reason", "model", "stop", "log_id"]


def test_a_completion_has_the_members_of_the_service_in_their_order(door, members):
    answer = door.complete(max_tokens_to_sample=2)
    body = answer.json()
    assert members(answer) == MEMBERS
    assert body["type"] == "completion"
    assert body["log_id"] == body["id"]
    assert re.fullmatch(r"compl_01[0-9A-Za-z]{22}", body["id"])
    assert answer.headers["content-type"] == "application/json"
    assert "cache-control" not in answer.headers
    assert not [name for name in answer.headers if name.startswith("anthropic")]


def test_the_first_version_has_two_members_more(door, members):
    answer = door.post(
        rb'{"model":"claude-v1","prompt":"\n\nHuman: Hi\n\nAssistant:",'
        rb'"max_tokens_to_sample":5}',
        anthropic_version="2023-01-01",
    )
    assert members(answer) == [*MEMBERS, "truncated", "exception"]
    assert answer.json()["truncated"] is False
    assert answer.json()["exception"] is None


def test_json_is_compact_and_in_plain_utf_8(door):
    answer = door.complete()
    assert answer.content.startswith(b'{"type":"completion","id":"compl_01')
    compact = json.dumps(answer.json(), ensure_ascii=False, separators=(",", ":"))
    assert answer.content == compact.encode()
    assert re.search(rb"[\x80-\xff]", answer.content)
    assert rb"\u" not in answer.content


def test_every_answer_and_every_exchange_has_a_name_of_its_own(door):
    answers = [door.complete() for _ in range(20)]
    assert len({each.json()["id"] for each in answers}) == 20
    assert len({each.headers["request-id"] for each in answers}) == 20


def test_names_repeat_with_the_seed(open_door):
    def names(seed):
        door = open_door(seed=seed)
        return [door.complete().json()["id"] for _ in range(3)]

    assert names(7) == names(7)
    assert names(7) != names(8)


@pytest.mark.parametrize("name", ["X-API-KEY", "X-Api-Key", "x-api-key"])
def test_header_names_have_no_case(client, name):
    del client.headers["x-api-key"]
    try:
        answer = client.post("/v1/complete", content=b"{}", headers={name: "sk-a"})
    finally:
        client.headers["x-api-key"] = "sk-test"
    assert answer.status_code == 400


def test_the_server_does_not_name_its_software(client):
    assert "server" not in client.post("/v1/complete").headers


@pytest.mark.parametrize(
    ("settings", "error", "reason"),
    [
        ({"models": "x"}, TypeError, "models must be a list of strings"),
        ({"models": [1]}, TypeError, "models must be a list of strings"),
        ({"api_keys": "sk-a"}, TypeError, "^api_keys must be a list of strings$"),
        ({"api_keys": [b"sk-a"]}, TypeError, "^api_keys must be a list of strings$"),
        ({"api_keys": [""]}, ValueError, "api_keys has an empty string"),
        ({"backend": Backend}, TypeError, "backend must be a Backend, not <class"),
        ({"latency": 0.5}, TypeError, "latency must be a Latency, not 0.5"),
        ({"era": 2023}, TypeError, "era must be a str, not 2023"),
        ({"rate_limit": 50}, ValueError, "50 is not a rate limit; use N/s, N/m or N/h"),
        ({"faults": {"hang": "1"}}, ValueError, "of hang must be 0 to 1, not '1'"),
        ({"prompt_check": "of"}, ValueError, "must be strict or off, not 'of'"),
        ({"admin": "none"}, ValueError, "must be loopback, any or off, not 'none'"),
        ({"control": Control()}, TypeError, "call its own methods instead"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_right_form(settings, error, reason):
    with pytest.raises(error, match=reason):
        MockServer(**settings)
