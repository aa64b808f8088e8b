"""Faults by name, on the raw connection of a real port."""

from __future__ import annotations

import json
import re
from collections import Counter

import httpx
import pytest

from text_completions_server import FAULTS, Backend, Control, MockServer
from text_completions_server.control.admin_document import admin_document

BODY = {
    "model": "claude-2",
    "prompt": "\n\nHuman: Hello\n\nAssistant:",
    "max_tokens_to_sample": 9,
}
STREAM = BODY | {"stream": True}
MESSAGE = {
    "model": "claude-2",
    "messages": [{"role": "user", "content": "Hello"}],
    "max_tokens": 9,
    "stream": True,
}
HEADERS = {"x-api-key": "sk-a", "anthropic-version": "2023-06-01"}
STATUSES = {
    "rate_limited": (429, "rate_limit_error"),
    "concurrency_limited": (429, "rate_limit_error"),
    "overloaded": (529, "overloaded_error"),
    "internal_error": (500, "api_error"),
    "api_timeout": (504, "timeout_error"),
    "not_found": (404, "not_found_error"),
    "permission_denied": (403, "permission_error"),
    "request_too_large": (413, "request_too_large"),
    "billing": (402, "billing_error"),
    "low_credit": (400, "invalid_request_error"),
    "endpoint_deprecated": (400, "invalid_request_error"),
}


@pytest.fixture
def client(server):
    server.reset()
    with httpx.Client(base_url=server.url, headers=HEADERS) as talking:
        yield talking
    server.reset()


def ask(client, fault=None, body=BODY, **options):
    headers = {"x-mock-fault": fault} if fault else {}
    return client.post("/v1/complete", json=body, headers=headers, **options)


def read_all(connection):
    """Read until the server closes the connection, and close it."""
    parts = []
    with connection:
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


@pytest.fixture
def raw(server, connect):
    """Returns every byte of a response."""

    def send(body=BODY, fault="", **headers):
        return read_all(connect(server, body, fault, connection="close", **headers))

    return send


def test_the_admin_document_names_every_fault():
    names = admin_document().at("#/components/schemas/FaultName/enum")
    assert names == list(FAULTS)


@pytest.mark.parametrize("body", [BODY, STREAM], ids=["whole", "stream"])
@pytest.mark.parametrize("name", STATUSES)
def test_an_error_is_answered_as_the_service_would(client, server, name, body):
    status, kind = STATUSES[name]
    server.fail(name)
    answer = ask(client, body=body)
    assert answer.status_code == status
    assert answer.json()["error"]["type"] == kind
    assert answer.json()["error"]["message"]
    assert answer.headers["request-id"].startswith("req_01")
    assert answer.headers.get("retry-after") == (
        "1" if name == "rate_limited" else None
    )
    assert ask(client, body=body).status_code == 200


@pytest.mark.parametrize(
    ("name", "should_retry"),
    [
        ("rate_limited", "true"),
        ("concurrency_limited", "true"),
        ("overloaded", "true"),
        ("internal_error", "false"),
        ("not_found", "false"),
        ("low_credit", "false"),
        ("api_timeout", None),
    ],
)
def test_an_error_says_whether_to_retry(client, name, should_retry):
    assert ask(client, name).headers.get("x-should-retry") == should_retry


def test_the_two_limits_have_texts_of_their_own(client):
    texts = [
        ask(client, name).json()["error"]["message"]
        for name in ("rate_limited", "concurrency_limited")
    ]
    assert texts[0].startswith("This request would exceed your account's rate limit.")
    assert texts[1].startswith("Number of concurrent connections has exceeded")


def test_a_limit_has_its_headers_on_messages_alone(client):
    fault = {"x-mock-fault": "rate_limited; seconds=7"}
    refused = client.post("/v1/messages", json=MESSAGE, headers=fault)
    limits = {name for name in refused.headers if "ratelimit" in name}
    usual = client.post("/v1/messages", json=MESSAGE)
    assert limits == {name for name in usual.headers if "ratelimit" in name} != set()
    assert refused.headers["anthropic-ratelimit-requests-remaining"] == "0"
    assert not [
        each for each in ask(client, "rate_limited").headers if "rateli" in each
    ]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (BODY | {"model": "claude-9"}, "model: claude-9"),
        ({"model": 5}, "Not Found"),
        ([], "Not Found"),
    ],
)
def test_what_is_not_found_is_the_model_of_the_request(client, body, message):
    refused = ask(client, "not_found", body)
    assert refused.json()["error"]["message"] == message


def test_the_wait_of_a_limit_can_be_chosen(client):
    answer = ask(client, "rate_limited; seconds=0.25")
    assert answer.headers["retry-after"] == "0.25"


def test_a_fault_affects_as_many_requests_as_it_should(client, server):
    server.fail("overloaded", times=2)
    server.fail("billing")
    answers = [ask(client).status_code for _ in range(4)]
    assert answers == [529, 529, 402, 200]
    faults = [each.fault for each in server.requests]
    assert faults == ["overloaded", "overloaded", "billing", None]
    assert server.requests.statuses == {529: 2, 402: 1, 200: 1}


def test_a_header_is_counted_by_its_value_until_a_reset(client, server):
    twice, other = "overloaded; times=2", "overloaded; times=2; id=other"
    assert [ask(client, twice).status_code for _ in range(3)] == [529, 529, 200]
    assert ask(client, other).status_code == 529
    assert ask(client, "overloaded").status_code == 529
    server.reset()
    assert ask(client, twice).status_code == 529


def test_a_header_comes_before_what_is_planned(client, server):
    server.fail("billing")
    assert ask(client, "overloaded").status_code == 529
    assert ask(client).status_code == 402


def test_a_reset_forgets_what_is_planned(client, server):
    server.fail("billing", times=5)
    server.reset()
    assert ask(client).status_code == 200


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (
            "overload",
            "unknown fault 'overload'; the faults are: rate_limited,",
        ),
        ("", "unknown fault ''"),
        ("overloaded; time=2", "'time=2' is not times=, seconds=, after= or id="),
        ("overloaded; times", "'times' is not times="),
        ("overloaded; times=0", "times must be 1 to 1000000"),
        ("overloaded; times=-1", "times must be 1 to 1000000, not -1"),
        ("overloaded; times=2.0", "times must be a whole number, such as times=2,"),
        ("overloaded; times=1; times=2", "'times' is given twice"),
        ("overloaded; seconds=1", "the fault overloaded does not take 'seconds'"),
        ("slow_headers; after=1", "the fault slow_headers does not take 'after'"),
        ("slow_headers; seconds=nan", "seconds must be 0 to 3600, not nan"),
        (
            "slow_headers; seconds=x",
            "seconds must be a number, such as seconds=2, not 'x'",
        ),
        ("slow_headers; seconds=3601", "seconds must be 0 to 3600"),
        ("cut_mid_event; after=9999999", "after must be 0 to 1000000"),
    ],
)
def test_an_invalid_fault_is_refused_with_the_reason(door, header, reason):
    answer = door.post(b"{}", x_mock_fault=header or " ")
    if not header:
        answer = door.send("POST", "/v1/complete", b"", {"x-mock-fault": ""})
    assert answer.status_code == 400
    message = answer.json()["error"]["message"]
    assert message.startswith(f"x-mock-fault: {reason}")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (
            {"name": "overload"},
            "unknown fault 'overload'; the faults are: rate_limited,",
        ),
        ({"name": "overloaded", "times": 0}, "times must be 1"),
        ({"name": "overloaded", "seconds": 1}, "does not take 'seconds'"),
        ({"name": "overloaded", "times": "2"}, "such as times=2, not '2'"),
        ({"name": "overloaded", "times": 1.5}, "such as times=2, not 1.5"),
        ({"name": "overloaded", "times": None}, "such as times=2, not None"),
        ({"name": "slow_headers", "seconds": "1"}, "such as seconds=2, not '1'"),
        ({"name": "hang", "after": True}, "such as after=2, not True"),
    ],
)
def test_an_invalid_fault_is_refused_in_python(arguments, reason):
    with pytest.raises((ValueError, TypeError), match=reason):
        Control().fail(**arguments)


def test_with_the_same_seed_the_same_requests_fail():
    def failures(seed):
        control = Control(faults={"overloaded": 0.2, "billing": 0.1}, seed=seed)
        first = [control.fault_plan.next(None) for _ in range(1000)]
        control.reset()
        assert first == [control.fault_plan.next(None) for _ in range(1000)]
        return [each and each.name for each in first]

    assert failures(7) == failures(7) != failures(8)
    counts = Counter(failures(7))
    assert 150 < counts["overloaded"] < 250
    assert 60 < counts["billing"] < 140


def test_random_faults_affect_the_application(open_door):
    door = open_door(faults={"overloaded": 1.0})
    assert door.complete().status_code == 529
    assert open_door(faults={"overloaded": 0.0}).complete().status_code == 200


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        ({"overload": 0.1}, "unknown fault"),
        ({"overloaded": 1.5}, "must be 0 to 1, not 1.5"),
        ({"overloaded": -0.1}, "must be 0 to 1"),
        ({"overloaded": 0.6, "billing": 0.6}, "together are more than 1"),
    ],
)
def test_an_invalid_chance_is_refused(faults, reason):
    with pytest.raises(ValueError, match=reason):
        Control(faults=faults)


def test_the_counts_of_headers_do_not_grow_without_end():
    plan = Control().fault_plan
    for number in range(10_001):
        assert plan.next(f"overloaded; times=1; id={number}") is not None
    assert plan.next("overloaded; times=1; id=10000") is None
    assert plan.next("overloaded; times=1; id=0") is not None


# The connection.


def test_a_disconnect_closes_the_connection_without_an_answer(raw, client):
    assert raw(fault="disconnect") == b""
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        ask(client, "disconnect")


@pytest.mark.parametrize("name", ["cut_between_events", "cut_mid_event"])
def test_a_cut_whole_answer_lacks_its_second_half(raw, client, name):
    answer = raw(fault=name)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(re.search(rb"content-length: (\d+)", head)[1])
    assert head.startswith(b"HTTP/1.1 200")
    assert len(body) == length // 2
    with pytest.raises(httpx.RemoteProtocolError):
        ask(client, name)


def chunks(answer):
    """What the chunks carry, and whether the last one came."""
    _, _, body = answer.partition(b"\r\n\r\n")
    found = []
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            return found, True
        assert body[length : length + 2] == b"\r\n"
        found.append(body[:length])
        body = body[length + 2 :]
    return found, False


@pytest.mark.parametrize("after", [0, 1, 2, 5])
def test_a_stream_is_cut_between_events(raw, after):
    fault = f"cut_between_events; after={after}"
    events, ended = chunks(raw(STREAM, fault))
    assert len(events) == after
    assert all(each.endswith(b"\r\n\r\n") for each in events)
    assert not ended


@pytest.mark.parametrize("after", [0, 1, 5])
def test_a_stream_is_cut_in_the_middle_of_an_event(raw, after):
    fault = f"cut_mid_event; after={after}"
    events, ended = chunks(raw(STREAM, fault))
    *whole, half = events
    assert len(whole) == after
    assert half.startswith(b"event: ")
    assert not half.endswith(b"\n")
    assert not ended


@pytest.mark.parametrize("name", ["cut_between_events", "cut_mid_event", "error_event"])
def test_a_stream_that_is_too_short_fails_before_its_last_event(raw, name):
    short = STREAM | {"max_tokens_to_sample": 2}
    events, _ = chunks(raw(short, f"{name}; after=100"))
    assert b'"stop_reason":"max_tokens"' not in b"".join(events)
    assert b'"stop_reason":null' in events[0]


@pytest.mark.parametrize("version", ["2023-06-01", "2023-01-01"])
def test_an_error_event_ends_a_stream(raw, version):
    answer = raw(STREAM, "error_event; after=3", **{"anthropic-version": version})
    events, ended = chunks(answer)
    assert len(events) == 4
    assert events[-1].startswith(b'event: error\r\ndata: {"type":"error","error":')
    assert b"overloaded_error" in events[-1]
    assert ended


def test_an_error_event_of_messages_has_the_line_ends_of_messages(client):
    fault = {"x-mock-fault": "error_event"}
    answer = client.post("/v1/messages", json=MESSAGE, headers=fault)
    last = answer.content.split(b"\n\n")[-2]
    assert last.startswith(b"event: error\ndata: {")
    assert b"\r" not in answer.content


def test_an_error_event_of_a_whole_answer_is_an_error(client):
    assert ask(client, "error_event").status_code == 529


def data_of(answer):
    """The data of each event but pings, decoded; the text where it is not JSON."""
    events = answer.text.replace("\r\n", "\n").split("\n\n")
    values = []
    for event in filter(None, events):
        name, _, data = event.partition("data: ")
        if "event: ping" not in name and data != "[DONE]":
            try:
                values.append(json.loads(data))
            except ValueError:
                values.append(data)
    return values


@pytest.mark.parametrize("after", [0, 1, 2, 3, 100])
@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/v1/complete", "2023-06-01"),
        ("/v1/complete", "2023-01-01"),
        ("/v1/messages", "2023-06-01"),
    ],
)
def test_a_malformed_event_is_always_one_that_readers_decode(
    client, after, path, version
):
    headers = {
        "anthropic-version": version,
        "x-mock-fault": f"malformed_event; after={after}",
    }
    body = STREAM if path == "/v1/complete" else MESSAGE
    broken = data_of(client.post(path, json=body, headers=headers))
    client.post("/__mock__/reset")
    del headers["x-mock-fault"]
    whole = data_of(client.post(path, json=body, headers=headers))
    assert len(broken) == len(whole)
    assert sum(isinstance(each, str) for each in broken) == 1


@pytest.mark.parametrize("after", [0, 1, 2, 100])
@pytest.mark.parametrize("length", [1, 9])
def test_truncated_json_ends_a_stream_with_an_event_that_readers_decode(
    client, after, length
):
    body = STREAM | {"max_tokens_to_sample": length}
    answer = ask(client, f"truncated_json; after={after}", body)
    *whole, last = data_of(answer)
    assert isinstance(last, str)
    assert all(isinstance(each, dict) for each in whole)
    assert answer.content.endswith(b"\r\n\r\n")


@pytest.mark.parametrize("name", ["malformed_event", "truncated_json"])
def test_a_broken_body_is_whole_for_http(client, name):
    answer = ask(client, name)
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_a_proxy_answers_html(client):
    answer = ask(client, "html_502")
    assert answer.status_code == 502
    assert answer.headers["content-type"].startswith("text/html")
    assert "502 Bad Gateway" in answer.text
    assert "request-id" not in answer.headers


@pytest.mark.parametrize("body", [BODY, STREAM], ids=["whole", "stream"])
@pytest.mark.parametrize("name", ["slow_headers", "slow_events"])
def test_after_a_wait_the_response_is_the_usual_one(client, name, body):
    usual = ask(client, body=body)
    client.post("/__mock__/reset")
    late = ask(client, f"{name}; seconds=0.01", body)
    assert late.status_code == 200
    assert late.text == usual.text


WAITS = [
    ("hang", BODY, 0),
    ("hang; after=1", BODY, 0),
    ("hang; after=2", STREAM, 2),
    ("slow_headers; seconds=600", BODY, 0),
    ("slow_headers; seconds=600", STREAM, 0),
    ("slow_events; seconds=600", BODY, 0),
    ("slow_events; seconds=600", STREAM, 0),
]


@pytest.mark.parametrize(("fault", "body", "count"), WAITS)
def test_what_a_fault_holds_back_never_comes_and_the_server_can_stop(
    fault, body, count, connect, wait_until, capfd, caplog
):
    with MockServer() as server:
        connection = connect(server, body, fault)
        wait_until(lambda: server.requests)
        (record,) = server.requests
        wait_until(lambda: record.event_count == count)
    received = read_all(connection)
    assert received.count(b"event: ") == record.event_count == count
    assert b'"completion"' not in received or count
    assert record.fault == fault.partition(";")[0]
    assert capfd.readouterr().err == ""
    assert caplog.records == []


@pytest.mark.parametrize("fault", ["hang", "slow_headers; seconds=600"])
def test_a_client_that_leaves_ends_the_wait(fault, connect, wait_until):
    with MockServer() as server:
        connection = connect(server, BODY, fault)
        wait_until(lambda: server.requests)
        connection.close()
        (record,) = server.requests
        wait_until(lambda: record.milliseconds is not None)
        assert record.status == 499


def test_a_disconnect_is_in_the_journal_without_a_status(server, client):
    with pytest.raises(httpx.RemoteProtocolError):
        ask(client, "disconnect")
    (record,) = server.requests
    assert (record.fault, record.status) == ("disconnect", 0)


def test_a_fault_keeps_the_connection_usable(server):
    with httpx.Client(base_url=server.url, headers=HEADERS) as client:
        for name in ("overloaded", "html_502", "truncated_json", "malformed_event"):
            assert ask(client, name, STREAM).status_code in (200, 502, 529)
        pool = client._transport._pool
        assert len(pool.connections) == 1


def test_a_fault_affects_refused_requests_too(client):
    assert ask(client, "overloaded", {"model": 1}).status_code == 529
    refused = ask(client, "truncated_json", {"model": 1})
    assert refused.status_code == 400
    with pytest.raises(json.JSONDecodeError):
        refused.json()
    assert client.get("/none", headers={"x-mock-fault": "billing"}).status_code == 402


def test_without_a_port_a_cut_is_an_exception(door):
    for name in ("disconnect", "cut_mid_event"):
        with pytest.raises(ConnectionResetError):
            door.post(json.dumps(STREAM).encode(), x_mock_fault=name)


def test_a_custom_backend_has_no_faults(open_door):
    class Saying(Backend):
        async def generate(self, *_):
            from text_completions_server import Finish

            yield Finish("end_turn")

    door = open_door(backend=Saying())
    assert door.post(json.dumps(BODY).encode(), x_mock_fault="hang").status_code == 200
