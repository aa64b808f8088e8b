"""Requests that were recorded from the service, and what came back.

The texts are left out: the mock has others.
"""

from __future__ import annotations

import json
import re
from itertools import groupby

import pytest

MEMBERS = ["type", "id", "completion", "stop_reason", "model", "stop", "log_id"]
SAY = {
    "max_tokens_to_sample": 3,
    "model": "claude-2.1",
    "prompt": "Human: Say 'Hi i'm Claude' then stop.\n\nAssistant:",
    "temperature": 0,
}
JOKE = "You are helpful assistant\n\nHuman: tell me a short joke\n\nAssistant:"
HELLO = "\n\nHuman:\nHello world\n\n\nAssistant:"
COMPLETIONS = [
    (SAY | {"stream": False}, "claude-2.1"),
    ({"max_tokens_to_sample": 256, "model": "claude-2", "prompt": JOKE}, "claude-2.1"),
    (
        {"max_tokens_to_sample": 2048, "model": "claude-instant-1.2", "prompt": HELLO}
        | {"top_p": 0.1},
        "claude-instant-1.2",
    ),
]
ADVICE = "is not supported on this API. Please use the Messages API instead."
ERRORS = [
    ("claude-haiku-4-5", 400, f'"claude-haiku-4-5" {ADVICE}'),
    ("claude-haiku-4-5-20251001", 400, f'"claude-haiku-4-5-20251001" {ADVICE}'),
    ("claude-haiku-4-5-latest", 404, "model: claude-haiku-4-5-latest"),
]
KINDS = {400: "invalid_request_error", 404: "not_found_error"}


@pytest.mark.parametrize(("body", "model"), COMPLETIONS)
def test_a_completion_has_the_recorded_members_and_model(client, members, body, model):
    response = client.post("/v1/complete", json=body)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert "request-id" in response.headers
    assert not {"cache-control", "x-should-retry"} & set(response.headers)
    assert members(response) == MEMBERS
    assert response.json()["model"] == model


def test_a_stream_has_the_recorded_events(client):
    response = client.post("/v1/complete", json=SAY | {"stream": True})
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"
    assert "x-should-retry" not in response.headers
    events = re.findall(r"event: (\w+)\r\ndata: (.*?)\r\n\r\n", response.text)
    names = [name for name, _ in groupby(name for name, _ in events)]
    assert names == ["completion", "ping", "completion"]
    for name, data in events:
        # An edited document may add members, which no recording has.
        found = [one for one in json.loads(data) if one in MEMBERS]
        assert found == (MEMBERS if name == "completion" else ["type"])


@pytest.mark.parametrize(("model", "status", "message"), ERRORS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_refused_model_gets_the_recorded_error(
    client, model, status, message, stream
):
    response = client.post(
        "/v1/complete", json=SAY | {"model": model, "stream": stream}
    )
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-should-retry"] == "false"
    assert list(response.json()) == ["type", "error", "request_id"]
    assert response.json()["error"] == {"type": KINDS[status], "message": message}
