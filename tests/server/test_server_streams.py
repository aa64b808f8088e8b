"""Streams of `/v1/complete`, byte for byte, over a real port."""

from __future__ import annotations

import json
import re
import socket
from itertools import pairwise

import httpx
import pytest

EVENT = re.compile(rb"(?:event: (\w+)\r\n)?data: ([^\r\n]*)\r\n\r\n")


def ask(client, version="2023-06-01", **changes):
    body = {
        "model": "claude-2",
        "prompt": "\n\nHuman: Hello\n\nAssistant:",
        "max_tokens_to_sample": 500,
        "stream": True,
    }
    headers = {"anthropic-version": version}
    return client.post("/v1/complete", json=body | changes, headers=headers)


def events(answer):
    assert EVENT.sub(b"", answer.content) == b""
    found = EVENT.findall(answer.content)
    return [(name.decode(), data.decode()) for name, data in found]


def completions(answer, name="completion"):
    return [
        json.loads(data)
        for each, data in events(answer)
        if each == name and data != "[DONE]"
    ]


def test_a_stream_has_the_headers_of_the_service(client):
    answer = ask(client)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["request-id"].startswith("req_01")
    assert "x-should-retry" not in answer.headers


def test_the_reason_rides_on_the_last_text_at_the_limit(client):
    pieces = completions(ask(client, max_tokens_to_sample=5))
    assert len(pieces) == 5
    assert all(each["completion"] for each in pieces)
    assert [each["stop_reason"] for each in pieces] == [None] * 4 + ["max_tokens"]
    assert {each["stop"] for each in pieces} == {None}


def test_a_stop_sequence_is_reported_in_an_event_of_its_own(client):
    pieces = completions(ask(client))
    assert len(pieces) > 20
    *texts, last = pieces
    assert all(each["completion"] and each["stop_reason"] is None for each in texts)
    assert last["completion"] == ""
    assert (last["stop_reason"], last["stop"]) == ("stop_sequence", "\n\nHuman:")


def test_an_event_has_the_members_of_the_service_in_their_order(client):
    pieces = completions(ask(client, max_tokens_to_sample=4))
    members = ["type", "id", "completion", "stop_reason", "model", "stop", "log_id"]
    assert all(list(each) == members for each in pieces)
    assert {each["model"] for each in pieces} == {"claude-2.1"}


def test_a_stream_has_one_name_and_the_next_another(client):
    first, second = (completions(ask(client)) for _ in range(2))
    names = {each[member] for each in first for member in ("id", "log_id")}
    assert len(names) == 1
    assert names.isdisjoint({each["id"] for each in second})


@pytest.mark.parametrize("version", ["2023-06-01", "2023-01-01"])
def test_the_third_event_is_a_ping(client, version):
    written = events(ask(client, version))
    assert written[2] == ("ping", '{"type": "ping"}')
    assert [name for name, _ in written].count("ping") == 1


@pytest.mark.parametrize("limit", [1, 2])
def test_a_stream_too_short_for_a_ping_ends_with_its_reason(client, limit):
    written = events(ask(client, max_tokens_to_sample=limit))
    assert [name for name, _ in written] == ["completion"] * limit


def test_data_is_padded_with_up_to_15_spaces(client):
    written = [event for _ in range(6) for event in events(ask(client))]
    data = [text for name, text in written if name == "completion"]
    paddings = {len(re.search(r'" *}$', text)[0]) - 2 for text in data}
    assert min(paddings) == 0
    assert max(paddings) <= 15
    assert len(paddings) == 16
    assert all(text.startswith('{"type":"completion","id":"compl_01') for text in data)


@pytest.mark.parametrize("version", ["2023-06-01", "2023-01-01"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"max_tokens_to_sample": 1},
        {"max_tokens_to_sample": 7},
        {"stop_sequences": ["e"]},
        {"stop_sequences": [" "]},
        {"stop_sequences": ["\n"]},
    ],
)
def test_the_text_is_the_same_streamed_or_not(client, version, changes):
    whole = ask(client, version, stream=False, **changes).json()
    if version == "2023-06-01":
        pieces = completions(ask(client, version, **changes))
        text = "".join(each["completion"] for each in pieces)
    else:
        pieces = completions(ask(client, version, **changes), name="")
        text = pieces[-1]["completion"]
    assert text == whole["completion"]
    assert pieces[-1]["stop_reason"] == whole["stop_reason"]
    assert pieces[-1]["stop"] == whole["stop"]
    assert ask(client, stream=False, **changes).json()["completion"] == text


def test_the_first_version_repeats_the_text_and_marks_its_end(client):
    answer = ask(client, "2023-01-01", max_tokens_to_sample=9)
    written = events(answer)
    assert written[-1] == ("", "[DONE]")
    assert {name for name, _ in written} == {"", "ping"}
    texts = [each["completion"] for each in completions(answer, name="")]
    assert len(texts) == 9
    for shorter, longer in pairwise(texts):
        assert longer.startswith(shorter)
        assert len(longer) > len(shorter)


def test_the_first_version_tells_a_stop_beside_the_whole_text(client):
    *texts, last = completions(ask(client, "2023-01-01"), name="")
    assert last["completion"] == texts[-1]["completion"]
    assert (last["stop_reason"], last["stop"]) == ("stop_sequence", "\n\nHuman:")
    assert (last["truncated"], last["exception"]) == (False, None)


def test_a_streaming_request_that_fails_gets_plain_json(client):
    answer = ask(client, model="none")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/json"


def test_a_client_that_leaves_is_not_a_failure(server, capfd, caplog):
    body = json.dumps(
        {
            "model": "claude-2",
            "prompt": "\n\nHuman: Hello\n\nAssistant:",
            "max_tokens_to_sample": 500,
            "stream": True,
        }
    ).encode()
    head = (
        b"POST /v1/complete HTTP/1.1\r\nhost: mock\r\nx-api-key: sk-a\r\n"
        b"anthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n"
        b"content-length: %d\r\n\r\n" % len(body)
    )
    host, port = httpx.URL(server.url).host, httpx.URL(server.url).port
    for sent in (head, head + body[:5], head + body):
        with socket.create_connection((host, port)) as leaving:
            leaving.sendall(sent)
            if sent.endswith(body):
                leaving.recv(20)
    with httpx.Client(base_url=server.url) as other:
        assert other.get("/").status_code == 404
    assert capfd.readouterr().err == ""
    assert caplog.records == []
