"""The bridge between a caller of text completions and a mock's Messages API."""

from __future__ import annotations

import json

import httpx
import pytest

from text_completions_server import MockServer
from text_completions_server.backends.bridge import Bridge, BridgeSettings

HEADERS = {"x-api-key": "sk-caller", "anthropic-version": "2023-06-01"}
BODY = {
    "model": "claude-2",
    "prompt": "\n\nHuman: Hello\n\nAssistant:",
    "max_tokens_to_sample": 20,
}


@pytest.fixture(scope="module")
def upstream():
    with MockServer() as server:
        yield server


@pytest.fixture(scope="module")
def bridge(upstream):
    settings = BridgeSettings(
        upstream=upstream.url, model_map={"claude-2.1": "claude-3-haiku-20240307"}
    )
    with MockServer(backend=Bridge(settings)) as server:
        yield server


def complete(server, /, headers=HEADERS, **changes):
    return httpx.post(
        f"{server.url}/v1/complete", json=BODY | changes, headers=headers, timeout=20
    )


def test_a_completion_is_made_of_a_message(upstream, bridge):
    answer = complete(bridge).json()
    asked = upstream.requests[-1]
    assert asked.path == "/v1/messages"
    assert asked.body == {
        "model": "claude-3-haiku-20240307",
        "max_tokens": 20,
        "messages": [{"role": "user", "content": "Hello"}],
        "stop_sequences": ["\n\nHuman:"],
    }
    message = httpx.post(
        f"{upstream.url}/v1/messages", json=asked.body, headers=HEADERS
    ).json()
    assert answer["completion"] == " " + message["content"][0]["text"]
    assert (answer["stop_reason"], answer["stop"]) == ("max_tokens", None)
    assert answer["model"] == "claude-2"


def test_a_stream_has_the_text_of_the_whole_response(bridge):
    lines = complete(bridge, stream=True).text.splitlines()
    events = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    texts = [each["completion"] for each in events if each["type"] == "completion"]
    assert "".join(texts) == complete(bridge).json()["completion"]
    assert len(texts) > 10
    assert events[-1]["stop_reason"] == "max_tokens"
