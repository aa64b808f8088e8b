"""The requests of recorded exchanges, replayed: our answers against theirs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"
INDEX = RECORDINGS / "index.json"


def recorded():
    if not INDEX.is_file():
        reason = "there are no recordings beside the project"
        return [pytest.param(None, marks=pytest.mark.skip(reason))]
    return [
        pytest.param(each, id=each["file"])
        for each in json.loads(INDEX.read_text("utf-8"))
        if each["operation"] == "POST /v1/complete" and " 2023 " not in each["recorded"]
    ]


def members(value):
    """Names in their order, all the way down."""
    if isinstance(value, dict):
        return [(name, members(inner)) for name, inner in value.items()]
    return None


def shape(body):
    """The kinds of events in their order, completions folded, with their members."""
    found = []
    for name, data in re.findall(rb"event: (\w+)\r\ndata: (.*?)\r\n\r\n", body, re.S):
        found.append((name, members(json.loads(data))))
    return found


@pytest.mark.parametrize("recording", recorded())
def test_a_recorded_request_is_answered_alike(client, recording):
    theirs = (RECORDINGS / recording["file"]).read_bytes()
    answer = client.post("/v1/complete", json=recording["request_body"])
    headers = recording["response_headers"]
    assert answer.status_code == recording["status"]
    assert "request-id" in answer.headers
    for name in ("content-type", "cache-control", "x-should-retry"):
        assert answer.headers.get(name) == headers.get(name)
    if headers["content-type"] == "application/json":
        ours = answer.json()
        # An edited document may add members, which no recording has.
        recorded_members = members(json.loads(theirs))
        names = [name for name, _ in recorded_members]
        assert [one for one in members(ours) if one[0] in names] == recorded_members
        for name in ("model", "error"):
            assert ours.get(name) == json.loads(theirs).get(name)
    else:
        assert shape(answer.content) == shape(theirs)


def test_the_recordings_are_all_looked_at():
    if not INDEX.is_file():
        pytest.skip("there are no recordings beside the project")
    assert len(recorded()) == 16
