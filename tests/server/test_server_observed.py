"""What is seen of requests: the access line, its JSON form, bodies, and metrics."""

from __future__ import annotations

import asyncio
import json
import re
import sys
import threading

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from text_completions_server import (
    ApiError,
    Backend,
    Finish,
    FrontSettings,
    MockServer,
    Ping,
    ServerError,
    Usage,
    create_app,
)

SECRET = "a secret of the caller"


class Noting(Backend):
    """Notes what a bridge notes, and yields these items."""

    front = FrontSettings(any_model=True, echo_model=True)

    def __init__(self, *items, **notes):
        self.items = items
        self.notes = notes

    async def generate(self, _, caller, /):
        caller.notes.update(self.notes)
        for item in self.items:
            if isinstance(item, Exception):
                raise item
            yield item


FINISH = Finish("end_turn", usage=Usage(input_tokens=12, output_tokens=3))
UPSTREAM = {
    "upstream_status": 200,
    "upstream_model": "today-1",
    "upstream_stop_reason": "end_turn",
}


def prompt(text=SECRET):
    return f"\n\nHuman: {text}\n\nAssistant:"


@pytest.fixture
def observed(open_door):
    """Opens a door, and collects the entries of its access log."""

    def open_observed(backend, **settings):
        entries = []
        door = open_door(backend=backend, on_exchange=entries.append, **settings)
        return door, entries

    return open_observed


@pytest.mark.parametrize("stream", [False, True])
def test_the_access_line_says_what_the_upstream_did_and_how_fast(observed, stream):
    door, entries = observed(Noting(Ping(), " a", " b", FINISH, **UPSTREAM))
    door.complete(model="claude-2", prompt=prompt(), stream=stream)
    (entry,) = entries
    line = re.sub(r"\d+\.\d+|req_\w+", "N", str(entry))
    events = 5 if stream else 0  # a ping, two texts, another ping, the end
    assert line == (
        f"POST /v1/complete 200 {events} events N ms request_id=N model=claude-2 "
        "upstream_status=200 upstream_model=today-1 upstream_stop_reason=end_turn "
        "time_to_first_token=N input_tokens=12 output_tokens=3 tokens_per_second=N"
    )
    logged = entry.as_json()
    assert [*logged][:6] == ["method", "path", "status", "events", "ms", "request_id"]
    assert logged["upstream_model"] == "today-1"
    assert 0 < logged["time_to_first_token"] + 0.001 < 60
    assert SECRET not in f"{line}{json.dumps(logged)}"


def test_a_refused_request_has_its_id_in_the_access_line(observed):
    door, entries = observed(Noting(FINISH), api_keys=["sk-other"])
    answer = door.complete()
    assert answer.status_code == 401
    assert str(entries[0]).endswith(f"ms request_id={answer.headers['request-id']}")


def test_tokens_that_the_backend_noted_count_more_than_its_usage(observed):
    door, entries = observed(Noting(FINISH, output_tokens=30))
    door.complete()
    assert entries[0].notes["output_tokens"] == 30
    assert entries[0].notes["input_tokens"] == 12


def test_a_failure_in_the_middle_of_a_stream_is_in_the_access_line(observed):
    door, entries = observed(Noting(" a", ApiError(504)))
    assert door.complete(stream=True).status_code == 200
    assert "error_status=504" in str(entries[0])
    door, entries = observed(Noting(" a", ValueError("a bug")))
    door.complete(stream=True)
    assert "error_status=500" in str(entries[0])


@pytest.mark.parametrize("stream", [False, True])
def test_the_log_distinguishes_cancelled_requests_from_ended_ones(
    stream, connect, wait_until
):
    class Hanging(Backend):
        async def generate(self, *_):
            yield " a"
            began.set()
            await asyncio.Event().wait()

    began, entries = threading.Event(), []
    body = {"model": "claude-2.1", "prompt": prompt(), "max_tokens_to_sample": 5}
    with MockServer(
        backend=Hanging(), on_exchange=entries.append, metrics=True
    ) as server:
        with connect(server, body | {"stream": stream}):
            assert began.wait(20)
        wait_until(lambda: entries)
        assert entries[0].status == (200 if stream else 499)
        assert "cancelled=True" in str(entries[0])
        error = "cancelled" if stream else "499"
        assert f'error_type="{error}"' in httpx.get(f"{server.url}/metrics").text


def test_a_note_cannot_look_like_others_or_end_the_line(observed):
    door, entries = observed(Noting(FINISH))
    door.complete(model='x status=200\nPOST "y"')
    assert r'model="x status=200\nPOST \"y\"" ' in str(entries[0])
    assert "\n" not in str(entries[0])


def test_a_long_note_is_cut(observed):
    door, entries = observed(Noting(FINISH))
    door.complete(model="x" * 5000)
    assert f' model="{"x" * 200}\\u2026 (5000 characters)" ' in str(entries[0])
    assert len(entries[0].as_json()["model"]) < 300


def test_notes_never_replace_the_members_of_the_json_line(observed):
    door, entries = observed(Noting(FINISH, status=1, path="/"))
    door.complete()
    assert entries[0].as_json()["status"] == 200
    assert entries[0].as_json()["path"] == "/v1/complete"


def test_bodies_are_logged_only_if_asked_for(observed):
    for log_bodies in (False, True):
        door, entries = observed(Noting(" its words", FINISH), log_bodies=log_bodies)
        door.complete(prompt=prompt())
        door.complete(prompt=prompt(), stream=True)
        for entry in entries:
            for form in (str(entry), json.dumps(entry.as_json())):
                assert (SECRET in form) is log_bodies
                assert ("its words" in form) is log_bodies
                assert "sk-test" not in form
                assert "\n" not in form


def test_a_long_body_is_cut_in_the_log(observed):
    door, entries = observed(Noting(FINISH), log_bodies=True)
    door.complete(prompt=prompt("a" * 200_000))
    assert re.search(r"… \(200\d{3} characters\)$", entries[0].request_body)
    assert len(entries[0].request_body) < 101_000


def test_logging_bodies_needs_a_callback():
    with pytest.raises(ValueError, match="log_bodies needs on_exchange"):
        create_app(log_bodies=True)


def samples(door):
    """The samples of `/metrics` by name and labels, but for the buckets."""
    answer = door.send("GET", "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if not sample.name.endswith("_bucket")
    }


def labels(**more):
    common = {
        "gen_ai_operation_name": "text_completion",
        "gen_ai_provider_name": "anthropic",
        "gen_ai_request_model": "claude-2.1",
        "gen_ai_response_model": "today-1",
    }
    return sorted((common | more).items())


def test_metrics_have_the_names_of_the_conventions(open_door):
    door = open_door(backend=Noting(" a", FINISH, **UPSTREAM), metrics=True)
    door.complete()
    door.complete(stream=True)
    found = samples(door)
    ended = labels(error_type="", gen_ai_response_finish_reasons="end_turn")
    assert found["gen_ai_server_request_duration_seconds_count", *ended] == 2
    for kind, tokens in (("input", 24), ("output", 6)):
        used = labels(gen_ai_token_type=kind)
        assert found["gen_ai_client_token_usage_sum", *used] == tokens
    first = "gen_ai_server_time_to_first_token_seconds_count"
    per_token = "gen_ai_server_time_per_output_token_seconds_count"
    assert found[first, *labels()] == found[per_token, *labels()] == 1


def test_metrics_tell_failures_apart(open_door):
    door = open_door(backend=Noting(" a", ApiError(529), **UPSTREAM), metrics=True)
    door.complete()
    door.complete(stream=True)
    door.complete(temperature=2)
    door.send("GET", "/v1/none")
    found = samples(door)
    name = "gen_ai_server_request_duration_seconds_count"
    reason = {"gen_ai_response_finish_reasons": "end_turn"}
    assert found[name, *labels(error_type="529", **reason)] == 2
    refused = labels(
        error_type="400",
        gen_ai_request_model="",
        gen_ai_response_model="",
        gen_ai_response_finish_reasons="",
    )
    assert found[name, *refused] == 1
    assert sum(value for key, value in found.items() if key[0] == name) == 3


def test_labels_are_bounded_whatever_callers_send(open_door):
    door = open_door(backend=Noting(FINISH), metrics=True)
    for number in range(130):
        door.complete(model=f"any-{number}")
    door.complete(model="claude-2.1")
    models = {dict(key[1:])["gen_ai_request_model"] for key in samples(door)}
    assert len(models) == 102
    assert {"_OTHER", "claude-2.1"} <= models


def test_metrics_of_the_mock_know_its_models(open_door):
    door = open_door(metrics=True)
    door.complete(stream=True)
    name = "gen_ai_server_time_to_first_token_seconds_count"
    assert samples(door)[name, *labels(gen_ai_response_model="")] == 1


def test_metrics_are_off_unless_asked_for(door):
    assert door.send("GET", "/metrics").status_code == 404


def test_metrics_are_read_only_and_not_in_the_journal():
    with MockServer(metrics=True) as server:
        assert httpx.get(f"{server.url}/metrics").status_code == 200
        assert httpx.post(f"{server.url}/metrics").status_code == 405
        assert server.requests.total == 0


def test_metrics_without_their_library_are_refused_at_start(monkeypatch):
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(ServerError, match=r"pip install 'text-completions\[bridge\]'"):
        create_app(metrics=True)
