"""The bridge between a caller of text completions and a mock's Messages API."""

from __future__ import annotations

import pytest
from scripted_upstream import KEY, complete, events_of, post

from text_completions_server import FAULTS, MockServer
from text_completions_server.backends.bridge import Bridge, BridgeSettings

HAIKU = "claude-3-haiku-20240307"


@pytest.fixture(scope="module")
def mock():
    with MockServer() as server:
        yield server


@pytest.fixture(scope="module")
def bridge(mock):
    settings = BridgeSettings(
        upstream=mock.url, model_map={"claude-2.1": HAIKU, "mine": HAIKU}, max_retries=1
    )
    with MockServer(backend=Bridge(settings)) as server:
        yield server


@pytest.fixture(autouse=True)
def fresh(mock):
    mock.reset()


def test_a_completion_is_made_of_a_message(mock, bridge):
    answer = complete(bridge).json()
    asked = mock.requests[-1]
    assert asked.path == "/v1/messages"
    assert asked.body == {
        "model": HAIKU,
        "max_tokens": 20,
        "messages": [{"role": "user", "content": "Hello"}],
        "stop_sequences": ["\n\nHuman:"],
    }
    message = post(mock, "/v1/messages", asked.body).json()
    assert answer["completion"] == " " + message["content"][0]["text"]
    assert (answer["stop_reason"], answer["stop"]) == ("max_tokens", None)
    assert answer["model"] == "claude-2"


@pytest.mark.parametrize("version", ["2023-06-01", "2023-01-01"])
def test_a_stream_has_the_text_of_the_whole_response(bridge, version):
    headers = KEY | {"anthropic-version": version}
    events = events_of(complete(bridge, headers, stream=True))
    texts = [each["completion"] for each in events if "completion" in each]
    expected = complete(bridge).json()["completion"]
    cumulative = version == "2023-01-01"
    assert (texts[-1] if cumulative else "".join(texts)) == expected
    assert len(texts) > 10
    assert events[-1]["stop_reason"] == "max_tokens"


def text_of(events):
    return "".join(each.get("completion", "") for each in events)


def test_a_turn_that_ends_by_itself_ends_at_the_next_turn_of_the_human(bridge):
    answer = complete(bridge, max_tokens_to_sample=500).json()
    assert (answer["stop_reason"], answer["stop"]) == ("stop_sequence", "\n\nHuman:")


@pytest.mark.parametrize("stream", [False, True])
def test_a_stop_sequence_ends_the_text(bridge, stream):
    text = complete(bridge).json()["completion"]
    word = text.split()[3]
    answer = complete(bridge, stop_sequences=[" ", word], stream=stream)
    *_, last = events_of(answer) if stream else [answer.json()]
    assert (last["stop_reason"], last["stop"]) == ("stop_sequence", " ")
    assert last["completion"] == ""


@pytest.mark.parametrize(
    ("name", "status"),
    [("claude-2", 200), ("mine", 200), ("claude-1", 404), (HAIKU, 400), ("x", 404)],
)
def test_names_that_are_mapped_are_served(bridge, name, status):
    answer = complete(bridge, model=name)
    assert answer.status_code == status
    if status == 404:
        assert answer.json()["error"]["message"] == f"model: {name}"


def test_other_names_can_be_served_by_a_default_model(mock):
    settings = BridgeSettings(upstream=mock.url, default_model=HAIKU, any_model=True)
    with MockServer(backend=Bridge(settings)) as server:
        for name in ("claude-1", "claude-3-opus-20240229", "x"):
            assert complete(server, model=name).json()["model"] == name
            assert mock.requests[-1].body["model"] == HAIKU


def test_what_the_upstream_says_is_noted(bridge):
    complete(bridge, stream=True)
    notes = bridge.requests[-1].notes
    del notes["input_tokens"]
    assert {
        "upstream_attempts": 1,
        "upstream_status": 200,
        "upstream_model": HAIKU,
        "upstream_stop_reason": "max_tokens",
        "output_tokens": 20,
    }.items() <= notes.items()


@pytest.fixture(scope="module")
def without_retries(mock):
    settings = BridgeSettings(upstream=mock.url, default_model=HAIKU, max_retries=0)
    with MockServer(backend=Bridge(settings)) as server:
        yield server


@pytest.fixture(scope="module")
def impatient(mock):
    settings = BridgeSettings(
        upstream=mock.url,
        default_model=HAIKU,
        max_retries=0,
        deadline=1,
        idle_timeout=0.2,
    )
    with MockServer(backend=Bridge(settings)) as server:
        yield server


BEFORE_TEXT = {
    "rate_limited": 429,
    "concurrency_limited": 429,
    "overloaded": 529,
    "internal_error": 500,
    "api_timeout": 504,
    "not_found": 404,
    "permission_denied": 403,
    "request_too_large": 413,
    "billing": 402,
    "low_credit": 400,
    "endpoint_deprecated": 400,
    "disconnect": 529,
    "html_502": 529,
}
WITHIN_A_STREAM = {
    "cut_between_events": "overloaded_error",
    "cut_mid_event": "overloaded_error",
    "error_event": "overloaded_error",
    "malformed_event": "api_error",
}
HARMLESS = ("slow_headers", "slow_events")
WITH_TESTS_OF_THEIR_OWN = {"hang", "truncated_json"}


def test_every_fault_of_the_mock_is_tried():
    tried = {*BEFORE_TEXT, *WITHIN_A_STREAM, *HARMLESS, *WITH_TESTS_OF_THEIR_OWN}
    assert set(FAULTS) == tried


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", BEFORE_TEXT)
def test_a_failure_before_the_text_is_one_of_the_contract(
    mock, without_retries, fault, stream
):
    mock.fail(fault)
    answer = complete(without_retries, stream=stream)
    assert answer.status_code == BEFORE_TEXT[fault]
    error = answer.json()["error"]
    assert error["message"]
    assert "<" not in error["message"]
    assert (fault == "not_found") == (error["message"] == "model: claude-2")
    if fault == "rate_limited":
        assert answer.headers["retry-after"] == "1"
    if answer.status_code in (504, 529):
        assert answer.headers["x-should-retry"] == "true"


@pytest.mark.parametrize("fault", WITHIN_A_STREAM)
def test_a_failure_within_the_text_is_an_error_event(mock, without_retries, fault):
    mock.fail(fault, after=5)
    *texts, last = events_of(complete(without_retries, stream=True))
    assert any(each.get("completion") for each in texts)
    assert (last["type"], last["error"]["type"]) == ("error", WITHIN_A_STREAM[fault])


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("fault", HARMLESS)
def test_a_slow_upstream_is_waited_for(mock, bridge, fault, stream):
    usual = events_of(complete(bridge, stream=True))
    mock.reset()
    mock.fail(fault, seconds=0.01)
    answer = complete(bridge, stream=stream)
    events = events_of(answer) if stream else [answer.json()]
    assert text_of(events) == text_of(usual)


def test_half_a_body_is_an_error(mock, without_retries):
    mock.fail("truncated_json")
    assert complete(without_retries).status_code == 500


def test_a_hanging_upstream_is_given_up(mock, impatient):
    mock.fail("hang")
    assert complete(impatient).status_code == 504
    mock.fail("hang", after=5)
    assert events_of(complete(impatient, stream=True))[-1]["error"] == {
        "type": "timeout_error",
        "message": "The upstream did not respond in time.",
    }


def test_a_failed_request_is_sent_again(mock, bridge):
    mock.fail("overloaded", times=1)
    assert complete(bridge, stream=True).status_code == 200
    assert bridge.requests[-1].notes["upstream_attempts"] == 2


def test_messages_are_not_served_unless_they_pass_through(bridge):
    answer = post(bridge, "/v1/messages", {})
    assert answer.status_code == 404


def test_a_server_can_be_started_again(mock):
    settings = BridgeSettings(upstream=mock.url, default_model=HAIKU)
    server = MockServer(backend=Bridge(settings))
    for _ in range(2):
        with server:
            assert complete(server).status_code == 200
