"""The journal: what was asked, how it was answered, exactly counted."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from text_completions_server import Backend, Event, MockServer, Record
from text_completions_server.control.journal import Journal

BODY = {
    "model": "claude-2",
    "prompt": "\n\nHuman: Hello\n\nAssistant:",
    "max_tokens_to_sample": 5,
}
HEADERS = {"x-api-key": "sk-hidden", "anthropic-version": "2023-06-01"}


@pytest.fixture
def door(open_door, control):
    return open_door(control=control)


def test_a_request_and_its_answer_are_kept(door, control):
    before = datetime.now(UTC) - timedelta(seconds=1)
    door.complete(max_tokens_to_sample=4, stream=True)
    (record,) = control.requests
    assert (record.method, record.path, record.status) == ("POST", "/v1/complete", 200)
    assert record.body["max_tokens_to_sample"] == 4
    assert record.headers["Anthropic-Version"] == "2023-06-01"
    assert record.fault is None
    assert before < record.started < datetime.now(UTC) + timedelta(seconds=1)
    assert 0 < record.first_byte_ms <= record.milliseconds
    assert record.event_count == len(record.events) == 5
    assert record.events[2] == Event("ping", {"type": "ping"})
    assert record.events[-1].data["stop_reason"] == "max_tokens"


def test_an_empty_journal_says_that_no_request_came(control):
    with pytest.raises(IndexError, match="the journal has no request"):
        _ = control.requests[-1]


@pytest.mark.parametrize(
    ("content", "body"),
    [
        (b"", None),
        (b"{", "{"),
        (b"\xff", "\ufffd"),
        (b"[1]", [1]),
        (b"NaN", "NaN"),
        (b'"\\ud800"', '"\\ud800"'),
        (b"[" * 100_000, "[" * 100_000),
    ],
)
def test_a_body_is_decoded_as_far_as_it_can_be(door, control, content, body):
    door.post(content)
    assert control.requests[0].body == body
    assert control.requests[0].content == content


def test_a_path_and_a_query_are_kept_as_they_were_sent(door, control):
    door.send("GET", "/a%2Fb?limit=1&kind=a%2Cb")
    assert (control.requests[0].path, control.requests[0].query) == (
        "/a%2Fb",
        "limit=1&kind=a%2Cb",
    )


def test_what_fails_is_kept_too(door, control):
    door.complete(model="none")
    door.send("BREW", "/a b")
    assert [(each.path, each.status) for each in control.requests] == [
        ("/v1/complete", 404),
        ("/a%20b", 404),
    ]
    assert control.requests.statuses == {404: 2}


def test_a_failure_of_ours_is_kept_with_its_status(caplog):
    class Broken(Backend):
        async def generate(self, *_):
            raise ValueError("a bug")
            yield ""

    with MockServer(backend=Broken()) as server:
        httpx.post(f"{server.url}/v1/complete", json=BODY, headers=HEADERS)
        assert [each.status for each in server.requests] == [500]
    assert "a bug" in caplog.text


@pytest.mark.parametrize(
    "name", ["x-api-key", "X-API-KEY", "authorization", "cookie", "x-goog-api-key"]
)
def test_keys_are_masked(door, control, name):
    door.send("POST", "/v1/complete?key=sk-hidden", b"", {name: "Bearer sk-hidden"})
    (record,) = control.requests
    assert record.headers[name] == "***"
    assert record.query == "key=***"
    said = f"{record!r} {record.headers!r} {record.as_json()} {control.requests!r}"
    assert "sk-hidden" not in said


def test_the_key_header_of_an_edited_document_is_masked(open_door, control, tmp_path):
    file = tmp_path / "edited.yaml"
    file.write_text(
        "{openapi: 3.1.0, paths: {/a: {get: {security: [{Own: []}], responses: {}}}}, "
        "components: "
        "{securitySchemes: {Own: {type: apiKey, in: header, name: X-Own}}}}"
    )
    open_door(document=file, control=control).send(
        "GET", "/a", None, {"x-own": "sk-hidden"}
    )
    assert control.requests[0].headers["x-own"] == "***"


def test_a_reset_empties_the_journal_and_names_start_anew(door, control):
    first = door.complete().json()["id"]
    assert door.complete().json()["id"] != first
    control.reset()
    assert (len(control.requests), control.requests.total) == (0, 0)
    assert control.requests.statuses == {}
    assert door.complete().json()["id"] == first


def test_only_the_last_events_are_kept_and_all_are_counted(door, control):
    control.reply(" word" * 500)
    door.complete(stream=True)
    (record,) = control.requests
    assert record.event_count == 501
    assert len(record.events) == 200
    assert record.events[-1].data["stop_reason"] == "max_tokens"


def record_of(path):
    scope = {"method": "GET", "path": path, "headers": [], "query_string": b""}
    return Record(scope)


def test_only_the_last_records_are_kept_and_all_are_counted():
    journal = Journal()
    for number in range(10_050):
        journal.add(record_of(f"/{number}"))
    requests = journal.requests()
    assert (requests.total, len(requests)) == (10_050, 10_000)
    assert (requests[0].path, requests[-1].path) == ("/50", "/10049")
    assert [each.path for each in requests[-2:]] == ["/10048", "/10049"]


def test_large_records_are_dropped_sooner():
    journal = Journal(max_bytes=100)
    for number in range(5):
        record = record_of(f"/{number}")
        journal.add(record)
        record.add_content(b"x" * 40)
        journal.count_bytes(record)
    requests = journal.requests()
    assert [each.path for each in requests] == ["/3", "/4"]
    assert requests.total == 5


def test_a_body_over_the_limit_is_not_kept():
    record = record_of("/")
    for _ in range(33):
        record.add_content(b" " * 1024 * 1024)
    assert record.content == b""


def test_an_answer_that_began_before_a_reset_is_not_counted_after_it():
    journal = Journal()
    record = record_of("/")
    journal.add(record)
    journal.clear()
    journal.count_status(record)
    journal.count_bytes(record)
    assert journal.requests().statuses == {}
    assert len(journal.requests()) == 0


def test_a_request_under_way_is_there_already(wait_until):
    class Waiting(Backend):
        def __init__(self):
            self.go_on = threading.Event()

        async def generate(self, *_):
            while not self.go_on.is_set():
                yield " a"
            raise AssertionError

    backend = Waiting()
    with MockServer(backend=backend) as server:
        with httpx.stream(
            "POST",
            f"{server.url}/v1/complete",
            json=BODY | {"stream": True},
            headers=HEADERS,
        ) as answer:
            lines = answer.iter_lines()  # kept: dropped, it would close the connection
            next(lines)
            (record,) = server.requests
            assert (record.status, record.milliseconds) == (200, None)
            assert record.event_count >= 1
        wait_until(lambda: record.milliseconds is not None)


def test_threads_lose_no_request():
    with MockServer() as server, httpx.Client(headers=HEADERS) as client:

        def ask(number):
            length = number % 3 + 1
            body = BODY | {"max_tokens_to_sample": length, "stream": True}
            client.post(f"{server.url}/v1/complete", json=body)
            return len(server.requests)

        with ThreadPoolExecutor(8) as pool:
            seen = list(pool.map(ask, range(200)))
        assert max(seen) == server.requests.total == 200
        assert sum(each.event_count for each in server.requests) > 400
