"""Answers as the service wrote them decode whole, and conform to the document."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from text_completions import APIStatusError, Client
from text_completions.types import Completion

from .calls import ARGUMENTS, complete, kinds, settings
from .raw_server import RawServer, whole

ROOT = Path(__file__).parents[2]
FIXTURES = json.loads(
    (Path(__file__).parent / "fixtures" / "answers.json").read_text(encoding="utf-8")
)


ANSWERS = [pytest.param(one, id=one["name"]) for one in FIXTURES]


def test_the_fixtures_are_of_every_kind() -> None:
    kinds_of = {(one["status"] < 300, "event" in one["type"]) for one in FIXTURES}

    assert kinds_of == {(True, False), (True, True), (False, False)}


@cache
def schema(name: str) -> jsonschema_rs.Draft202012Validator:
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    return jsonschema_rs.Draft202012Validator(
        {
            "$ref": f"#/components/schemas/{name}",
            "components": {"schemas": document["components"]["schemas"]},
        }
    )


def payloads(body: str) -> list[dict[str, Any]]:
    """Read the completions of a stream in a way of our own."""
    found = []
    for block in body.replace("\r\n", "\n").split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        if lines.get("event", "completion") == "completion" and "[" not in lines.get(
            "data", "["
        ):
            found.append(json.loads(lines["data"]))
    return found


def server_of(answer: dict[str, Any]) -> RawServer:
    request_id = answer.get("request_id") or "req_1"
    return RawServer(
        whole(
            answer["status"],
            answer["body"].encode(),
            answer["type"],
            f"request-id: {request_id}",
        )
    )


@kinds
@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_decodes_whole(answer: dict[str, Any], kind: str) -> None:
    stream = "event-stream" in answer["type"]
    call: dict[str, Any] = {"stream": stream}
    if "version" in answer:
        call["anthropic_version"] = answer["version"]
    with server_of(answer) as server:
        if answer["status"] >= 400:
            _check_error(answer, kind, server)
        elif stream:
            events = complete(kind, server.url, call)
            _check_events(answer, events)
        else:
            _check_completion(answer, complete(kind, server.url, call))


def _check_error(answer: dict[str, Any], kind: str, server: RawServer) -> None:
    body = json.loads(answer["body"])
    with pytest.raises(APIStatusError) as caught:
        complete(kind, server.url)
    assert caught.value.status_code == answer["status"]
    assert caught.value.body == body
    assert caught.value.type == body["error"]["type"]
    assert body["error"]["message"] in str(caught.value)
    assert schema("BareErrorResponse").is_valid(body)


def _check_events(answer: dict[str, Any], events: list[Any]) -> None:
    expected = payloads(answer["body"])
    assert len(events) >= 2
    assert [one.to_dict() for one in events] == expected
    assert all(schema("CompletionEvent").is_valid(one) for one in expected)
    assert [one.stop_reason for one in events[:-1]] == [None] * (len(events) - 1)
    assert events[-1].stop_reason in {"max_tokens", "stop_sequence"}


def _check_completion(answer: dict[str, Any], one: Completion) -> None:
    body = json.loads(answer["body"])
    assert isinstance(one, Completion)
    assert one.to_dict() == body
    assert one.completion == body["completion"]
    assert one._request_id == (answer.get("request_id") or "req_1")
    assert schema("Completion").is_valid(body) is answer["conforms"]


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_text_of_a_stream_is_its_increments(answer: dict[str, Any]) -> None:
    if "event-stream" not in answer["type"]:
        return
    version = answer.get("version", "2023-06-01")
    with server_of(answer) as server, Client(**settings(server.url)) as client:
        stream = client.completions.create(
            **ARGUMENTS, stream=True, anthropic_version=version
        )
        text = "".join(stream.text_stream)

    parts = [one["completion"] for one in payloads(answer["body"])]
    assert text == (parts[-1] if "version" in answer else "".join(parts))
