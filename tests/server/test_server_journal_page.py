"""What the journal page is told: rows, details, and a request to send again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import nullcontext

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount

from text_completions_server import Backend, Control, Finish, create_app
from text_completions_server.control import views
from text_completions_server.control.journal import Journal
from text_completions_server.control.records import Record
from text_completions_server.control.views import as_curl, as_python

HEADERS = {"x-api-key": "sk-hidden", "anthropic-version": "2023-06-01"}
JSON = {"content-type": "application/json"}


@pytest.fixture
def door(open_door, control):
    return open_door(control=control)


def rows(door, after=0):
    return door.send("GET", f"/__mock__/requests?after={after}").json()


def details(door, number=1):
    answer = door.send("GET", f"/__mock__/requests/{number}")
    assert answer.status_code == 200
    return answer.json()


def test_a_row_has_what_the_table_shows(door):
    door.complete(stream=True, max_tokens_to_sample=3)
    door.complete(model="none")
    told = rows(door)
    assert (told["total"], told["statuses"]) == (2, {"200": 1, "404": 1})
    first, second = told["requests"]
    assert [first["number"], second["number"]] == [1, 2]
    assert (first["method"], first["path"]) == ("POST", "/v1/complete")
    assert (first["version"], first["model"]) == ("2023-06-01", "claude-2.1")
    assert first["event_count"] == 4
    assert first["first_byte_ms"] <= first["first_event_ms"] <= first["milliseconds"]
    assert (second["status"], second["model"]) == (404, "none")
    assert second["first_event_ms"] is None


def test_only_rows_after_a_number_are_sent(door):
    for _ in range(3):
        door.complete()
    assert [row["number"] for row in rows(door, after=2)["requests"]] == [3]
    assert rows(door, after=3)["requests"] == []
    assert rows(door, after=10**15)["requests"] == []


def test_at_most_500_rows_are_sent(door, control):
    scope = {"method": "GET", "path": "/a", "query_string": b"", "headers": []}
    for _ in range(600):
        control.journal.add(Record(scope))
    told = rows(door)
    assert told["total"] == 600
    assert [row["number"] for row in told["requests"]] == list(range(101, 601))


def test_a_mounted_server_has_its_journal_too(door, control):
    door = type(door)(Starlette(routes=[Mount("/a", create_app(control=control))]))
    door.send("POST", "/a/v1/complete")
    page = door.send("GET", "/a/__mock__/")
    assert (page.status_code, page.headers["content-type"][:9]) == (200, "text/html")
    answer = door.send("GET", "/a/__mock__/requests/1").json()
    assert answer["path"] == "/a/v1/complete"
    assert "http://mock/a/v1/complete" in answer["curl"]
    assert door.send("GET", "/a/openapi.json").status_code == 200
    assert control.requests.total == 1


def test_a_reset_begins_another_epoch(door, control):
    door.complete()
    before = rows(door)["epoch"]
    assert rows(door)["epoch"] == before
    control.reset()
    assert rows(door)["epoch"] != before
    assert rows(door)["total"] == 0


def test_two_servers_have_different_epochs(open_door):
    epochs = {rows(open_door(control=Control()))["epoch"] for _ in range(5)}
    assert len(epochs) == 5


@pytest.mark.parametrize("query", ["after=-1", "after=x", "after=1&after=2", "after="])
def test_what_is_not_a_number_is_refused(door, query):
    answer = door.send("GET", f"/__mock__/requests?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("after: ")


@pytest.mark.parametrize("number", ["2", "9" * 4000])
def test_a_request_that_is_not_kept_is_not_found(door, number):
    door.complete()
    answer = door.send("GET", f"/__mock__/requests/{number}")
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "not_found_error"


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "9" * 5000, "%C2%B2"])
def test_what_is_not_the_number_of_a_request_is_refused(door, number):
    answer = door.send("GET", f"/__mock__/requests/{number}")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("number: Input should be")


@given(st.integers(0, 40), st.integers(0, 50), st.integers(1, 20))
def test_rows_and_details_agree_with_counting(total, after, kept):
    journal = Journal(max_records=kept)
    for number in range(1, total + 1):
        scope = {"path": f"/{number}", "query_string": b"", "headers": []}
        journal.add(Record({"method": "GET", **scope}))
    requests = journal.requests()
    numbers = list(range(1, total + 1))[-kept:]
    for number in numbers:
        assert views.details(requests, number, "")["path"] == f"/{number}"
    assert views.details(requests, total - kept, "") is None
    assert views.details(requests, total + 1, "") is None
    told = [
        (row["number"], row["path"]) for row in views.rows(requests, after)["requests"]
    ]
    assert told == [(each, f"/{each}") for each in numbers if each > after]


def test_the_details_have_the_response(door):
    door.complete(max_tokens_to_sample=0)
    shown = details(door)
    assert ["x-api-key", "***"] in shown["headers"]
    assert json.loads(shown["body"]["text"])["max_tokens_to_sample"] == 0
    refusal = json.loads(shown["response_body"]["text"])["error"]["message"]
    assert refusal.startswith("max_tokens_to_sample: Input should be greater")
    assert "request-id" in dict(shown["response_headers"])


def test_the_details_have_each_event_with_its_time(door):
    door.complete(stream=True, max_tokens_to_sample=3)
    shown = details(door)
    texts = [event["text"] for event in shown["events"]]
    assert [text.splitlines()[0] for text in texts] == [
        "event: completion",
        "event: completion",
        "event: ping",
        "event: completion",
    ]
    times = [event["milliseconds"] for event in shown["events"]]
    assert times == sorted(times)
    assert shown["first_event_ms"] == times[0]
    assert times[-1] <= shown["milliseconds"]
    assert shown["response_body"] == {"text": "", "size": 0}


def test_a_backend_may_note_what_json_cannot_express(open_door):
    class Noting(Backend):
        async def generate(self, request, caller):
            del request
            caller.notes.update(tokens=200, odd=object, none=None, rate=float("nan"))
            caller.notes["text"] = "\ud800"
            yield Finish("end_turn")

    door = open_door(backend=Noting(), control=Control())
    door.complete()
    notes = {"tokens": "200", "odd": str(object), "none": "None", "rate": "nan"}
    assert details(door)["notes"].items() >= (notes | {"text": "?"}).items()
    (record,) = door.send("GET", "/__mock__/journal").json()["records"]
    assert record["notes"].items() >= (notes | {"tokens": 200, "none": None}).items()


@pytest.mark.parametrize(
    ("content", "model"),
    [
        (b'{"model": "claude-2"}', "claude-2"),
        (b'{"model": 5}', ""),
        (b'["model"]', ""),
        (b'{"model": "\\ud800"}', ""),
        (b"{", ""),
        (b"", ""),
        (b'{"model": "%b"}' % (b"a" * 1000), "a" * 200),
        (b'{"model": "a", "prompt": "%b"}' % (b"a" * 1024 * 1024), ""),
    ],
)
def test_the_model_is_named_as_far_as_it_can_be(door, control, content, model):
    door.post(content)
    assert rows(door)["requests"][0]["model"] == model
    assert control.requests[0].model == model


def test_long_texts_are_cut_with_their_size(door):
    body = "ä" * 100_000
    door.post(body.encode())
    shown = details(door)["body"]
    assert shown["size"] == 200_000
    assert shown["text"] == "ä" * (32 * 1024)


def test_a_cut_within_a_character_leaves_no_trace_of_it(door):
    door.post(b"a" + b"\xc3\xa4" * 50_000)
    assert details(door)["body"]["text"] == "a" + "ä" * (32 * 1024 - 1)


def test_a_response_of_more_than_a_megabyte_is_not_kept():
    record = Record({"method": "GET", "path": "/", "query_string": b"", "headers": []})
    record.begin_response(200, [(b"set-cookie", b"a"), (b"x", b"b")])
    record.add_response(b"a" * 1024 * 1024)
    assert len(record.response_content) == record.size == 1024 * 1024
    record.add_response(b"b")
    record.add_response(b"c")
    assert record.response_content == b""
    assert dict(record.response_headers) == {"set-cookie": "***", "x": "b"}


# The same request as curl and as Python.


def run_curl(command):
    if not (shutil.which("curl") and shutil.which("bash")):
        pytest.skip("needs curl and bash")
    subprocess.run(["bash", "-c", command], capture_output=True, check=True, timeout=60)


def run_python(program):
    exec(compile(program, "shown", "exec"), {})


def kept(record):
    own = {"accept", "accept-encoding", "connection", "content-length", "host"}
    own |= {"user-agent", "transfer-encoding"}
    headers = sorted(item for item in record.headers.items() if item[0] not in own)
    return record.method, record.path, record.query, record.content, headers


REQUESTS = {
    "plain": ("POST", "/v1/complete", b'{"model": "claude-2.1"}', JSON),
    "quotes": ("POST", "/v1/complete", b"""{"a": "it's $HOME `ls` \\\\ !"}""", JSON),
    "text": ("POST", "/v1/complete", '{"a": "\n\täöü\u2028\U0001f600"}'.encode(), JSON),
    "binary": ("PUT", "/x", bytes(range(1, 256)), {}),
    "a body that begins like a file": ("POST", "/x", b"@/etc/passwd", {}),
    "a body that begins like an option": ("POST", "/x", b"-n %s%d%%", {}),
    "no body": ("DELETE", "/x?a=b&key=sk-1&c=[1-3]{x}", b"", {}),
    "a path of dots": ("GET", "/a/%2e%2e/b%20c", b"", {}),
    "odd headers": ("GET", "/x", b"", {"x-a": "it's; $5", "x-b": "", "x-c": "a\\b"}),
    "head": ("HEAD", "/x", b"", {}),
}


@pytest.mark.parametrize("run", [run_curl, run_python])
@pytest.mark.parametrize(
    ("method", "target", "content", "headers"), REQUESTS.values(), ids=REQUESTS
)
def test_a_request_can_be_sent_again(
    server, monkeypatch, run, method, target, content, headers
):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-again")
    server.reset()
    httpx.request(
        method, server.url + target, content=content, headers={**HEADERS, **headers}
    )
    shown = httpx.get(f"{server.url}/__mock__/requests/1").json()
    assert "sk-hidden" not in json.dumps(shown)
    run(shown["curl" if run is run_curl else "python"])
    before, after = server.requests
    assert kept(after) == kept(before)
    assert before.headers["x-api-key"] == after.headers["x-api-key"] == "***"


def test_a_bearer_token_is_sent_again_from_the_environment(server):
    server.reset()
    headers = {"authorization": "Bearer sk-hidden", "cookie": "a=b"}
    httpx.get(f"{server.url}/x", headers=headers)
    shown = httpx.get(f"{server.url}/__mock__/requests/1").json()
    assert '"authorization: Bearer $ANTHROPIC_API_KEY"' in shown["curl"]
    assert "'Bearer ' + os.environ[\"ANTHROPIC_API_KEY\"]" in shown["python"]
    assert "'cookie: ***'" in shown["curl"]


def test_a_long_body_is_left_to_a_file(door):
    door.post(b"a" * 20_000)
    shown = details(door)
    assert "--data-binary @body.json" in shown["curl"]
    assert "20000 bytes" in shown["curl"]
    assert 'open("body.json", "rb")' in shown["python"]
    compile(shown["python"], "shown", "exec")


def test_a_body_that_no_word_of_a_shell_can_hold_is_left_to_a_file(door):
    door.post(b"a\0b")
    assert "--data-binary @body.json  # the body: 3 bytes" in details(door)["curl"]


PRINTING_CURL = "curl() { printf '%s\\0' \"$@\"; }\n"
header_values = st.text(st.characters(codec="latin-1", categories=["L", "P", "S", "N"]))


@settings(max_examples=50)
@given(st.binary(max_size=40), header_values)
def test_bash_reads_the_body_and_the_headers_that_were_sent(body, value):
    scope = {"method": "POST", "path": "/a", "query_string": b"", "headers": []}
    record = Record(scope | {"headers": [(b"x-a", value.encode("latin-1"))]})
    record.add_content(body)
    run = subprocess.run(
        ["bash", "-c", PRINTING_CURL + as_curl(record, "http://a")],
        capture_output=True,
        check=True,
        timeout=60,
        env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
    )
    arguments = run.stdout.split(b"\0")
    header = f"x-a: {value}" if value else "x-a;"
    assert header.encode("latin-1") in arguments
    if body and b"\0" not in body:
        assert arguments[-3:] == [b"--data-raw", body, b""]


@given(st.binary(max_size=40), header_values)
def test_python_reads_the_body_and_the_headers_that_were_sent(body, value):
    scope = {"method": "POST", "path": "/a", "query_string": b"", "headers": []}
    record = Record(scope | {"headers": [(b"x-a", value.encode("latin-1"))]})
    record.add_content(body)
    with pytest.MonkeyPatch.context() as patch:
        calls = []

        def stream(*arguments, **named):
            calls.append((arguments, named))
            return nullcontext(httpx.Response(200))

        patch.setattr(httpx, "stream", stream)
        run_python(as_python(record, "http://a"))
    ((arguments, named),) = calls
    assert arguments == ("POST", "http://a/a")
    assert named.get("content", b"") == body
    sent = httpx.Headers(named["headers"])
    assert sent.raw == [(b"x-a", value.encode("latin-1"))]
