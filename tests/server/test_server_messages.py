"""`POST /v1/messages`: answers, streams, turns, rates."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest

USER = {"role": "user", "content": "Hello"}
ASSISTANT = {"role": "assistant", "content": "Hello!"}
TURNS = [USER, ASSISTANT]


def events(text):
    blocks = text.split("\n\n")
    assert blocks.pop() == ""
    for block in blocks:
        name, data = re.fullmatch(r"event: (\w+)\ndata: (.*)", block).groups()
        yield name, data


def test_a_message_has_the_members_of_the_service_in_their_order(door):
    body = door.message().json()
    assert list(body) == [
        "id",
        "type",
        "role",
        "model",
        "content",
        "stop_reason",
        "stop_sequence",
        "usage",
    ]
    assert re.fullmatch(r"msg_01[0-9A-Za-z]{22}", body["id"])
    assert (body["type"], body["role"]) == ("message", "assistant")
    assert (body["stop_reason"], body["stop_sequence"]) == ("end_turn", None)
    (block,) = body["content"]
    assert list(block) == ["type", "text"]
    assert not block["text"][0].isspace()
    assert body["usage"]["output_tokens"] == len(block["text"].split())
    assert body["usage"]["input_tokens"] > 0


def test_a_message_stops_at_its_limit(door):
    body = door.message(max_tokens=4).json()
    assert (body["stop_reason"], body["stop_sequence"]) == ("max_tokens", None)
    assert body["usage"]["output_tokens"] == 4


def test_a_message_at_exactly_its_length_has_ended(door):
    length = door.message().json()["usage"]["output_tokens"]
    assert door.message(max_tokens=length).json()["stop_reason"] == "end_turn"
    assert door.message(max_tokens=length - 1).json()["stop_reason"] == "max_tokens"


def test_a_message_stops_at_a_stop_sequence(door):
    whole = door.message().json()["content"][0]["text"]
    stop = whole.split()[3]
    body = door.message(stop_sequences=[stop]).json()
    assert body["content"][0]["text"] == whole[: whole.index(stop)]
    assert (body["stop_reason"], body["stop_sequence"]) == ("stop_sequence", stop)


def test_a_prefill_is_continued_after_a_space(door):
    prefill = {"role": "assistant", "content": "The answer is"}
    text = door.message(messages=[USER, prefill]).json()["content"][0]["text"]
    assert re.match(r" \S", text)


def test_a_message_streams_as_recorded(door):
    answer = door.message(stream=True, max_tokens=3)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert "\r" not in answer.text
    written = list(events(answer.text))
    assert [name for name, _ in written] == [
        "message_start",
        "content_block_start",
        "ping",
        "content_block_delta",
        "content_block_delta",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    decoded = [json.loads(data) for _, data in written]
    assert [each["type"] for each in decoded] == [name for name, _ in written]
    start = decoded[0]["message"]
    assert (start["content"], start["stop_reason"]) == ([], None)
    assert start["usage"]["output_tokens"] == 1
    assert decoded[1]["content_block"] == {"type": "text", "text": ""}
    assert decoded[-2]["delta"] == {"stop_reason": "max_tokens", "stop_sequence": None}
    assert decoded[-2]["usage"] == {"output_tokens": 3}
    assert written[2][1] == '{"type": "ping"}'


@pytest.mark.parametrize("limit", [1, 7, 500])
def test_a_stream_and_an_answer_say_the_same(door, limit):
    whole = door.message(max_tokens=limit).json()
    decoded = [
        json.loads(data)
        for _, data in events(door.message(max_tokens=limit, stream=True).text)
    ]
    deltas = [
        each["delta"]["text"] for each in decoded if each.get("delta", {}).get("text")
    ]
    assert "".join(deltas) == whole["content"][0]["text"]
    assert decoded[-2]["delta"]["stop_reason"] == whole["stop_reason"]
    assert decoded[-2]["usage"]["output_tokens"] == whole["usage"]["output_tokens"]


def test_the_rates_are_sent_in_headers(open_door):
    door = open_door(clock=lambda: datetime(2024, 6, 4, 23, 59, 57, 5, tzinfo=UTC))
    for stream in (False, True):
        headers = door.message(stream=stream).headers
        rates = {name: headers[name] for name in headers if "ratelimit" in name}
        assert rates == {
            "anthropic-ratelimit-requests-limit": "1000",
            "anthropic-ratelimit-requests-remaining": "999",
            "anthropic-ratelimit-requests-reset": "2024-06-05T00:00:00Z",
            "anthropic-ratelimit-tokens-limit": "80000",
            "anthropic-ratelimit-tokens-remaining": "80000",
            "anthropic-ratelimit-tokens-reset": "2024-06-05T00:00:00Z",
        }


def test_the_first_turn_is_the_users(door):
    answer = door.message(messages=[ASSISTANT])
    assert answer.status_code == 400
    message = answer.json()["error"]["message"]
    assert message == 'messages: first message must use the "user" role'


def test_turns_of_one_role_in_a_row_are_one_turn(door):
    apart = door.message(messages=[USER, USER, ASSISTANT, ASSISTANT])
    joined = [{**each, "content": "\n\n".join([each["content"]] * 2)} for each in TURNS]
    assert apart.json()["content"] == door.message(messages=joined).json()["content"]


def test_the_system_prompt_may_be_blocks_with_cache_control(door):
    block = {
        "type": "text",
        "text": "Be terse.",
        "cache_control": {"type": "ephemeral"},
    }
    blocks, text = door.message(system=[block]), door.message(system="Be terse.")
    assert blocks.json()["content"] == text.json()["content"]
    assert blocks.json()["content"] != door.message().json()["content"]
    assert door.message(system=[{"string": "Be terse."}]).status_code == 400


def test_todays_version_and_bearer_are_for_messages(door):
    today = {"anthropic_version": "2026-10-21", "x_api_key": None}
    bearer = {"authorization": "Bearer sk-a"}
    body = json.dumps({"model": "claude-2.1", "max_tokens": 5, "messages": [USER]})
    answer = door.post(body.encode(), "/v1/messages", **today, **bearer)
    assert answer.status_code == 200
    assert door.post(body.encode(), "/v1/messages", **today).status_code == 401
    assert door.complete().status_code == 200
    answer = door.post(b"{}", "/v1/complete", **today, **bearer)
    assert '"2026-10-21" is not a valid version' in answer.json()["error"]["message"]


def test_a_conversation_must_fit_the_model(door):
    long = [{"role": "user", "content": "word " * 9000}]
    answer = door.message(model="claude-1", messages=long)
    assert answer.json()["error"]["message"].startswith("prompt is too long: ")
    assert door.message(model="claude-3-opus-20240229", messages=long).is_success


def test_turns_are_not_checked_with_the_check_off(open_door):
    assert open_door(prompt_check="off").message(messages=[USER, USER]).is_success
