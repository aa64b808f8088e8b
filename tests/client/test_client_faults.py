"""Faults of the network at every moment of an answer."""

from __future__ import annotations

import gzip
import json
import pickle
import socket
from typing import Any

import httpx
import pytest

from text_completions import (
    APIConnectionError,
    APIResponseValidationError,
    APITimeoutError,
    InternalServerError,
    RateLimitError,
)

from .calls import complete, kinds
from .raw_server import (
    JSON_HEAD,
    RESET,
    STALL,
    STREAM_HEAD,
    Act,
    RawServer,
    chunk,
    event,
    head,
    whole,
)

SHORT, LONG = httpx.Timeout(0.2), httpx.Timeout(1.0)
PATIENT = httpx.Timeout(30.0)  # where no timeout is meant, on however busy a machine
KEY = "sk-test"

# trio warns of generators that are left early, httpx's own among them; they close.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")


PHASES: dict[str, tuple[list[Act], bool]] = {
    "before headers": ([], False),
    "in headers": ([b"HTTP/1.1 200 OK\r\ncontent-ty"], False),
    "in a JSON body": ([JSON_HEAD, chunk(b'{"type":')], False),
    "before the first event": ([STREAM_HEAD], True),
    "after the first event": ([STREAM_HEAD, chunk(event(" a"))], True),
    "within an event": ([STREAM_HEAD, chunk(event(" a") + event(" b")[:20])], True),
}
FAULTS: dict[str, list[Act]] = {
    "cut": [],
    "reset": [RESET],
    "garbage": [b"\0\1garbage\r\n\r\n", RESET],
    "stall": [STALL],
}


@kinds
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("phase", PHASES)
def test_a_fault_is_an_error_of_ours_with_its_cause(
    phase: str, fault: str, kind: str
) -> None:
    acts, stream = PHASES[phase]
    timeout = SHORT if fault == "stall" else PATIENT
    with (
        RawServer([*acts, *FAULTS[fault]]) as server,
        pytest.raises(APIConnectionError) as caught,
    ):
        complete(kind, server.url, {"stream": stream}, timeout=timeout)

    error = caught.value
    assert isinstance(error, APITimeoutError) is (fault == "stall")
    assert isinstance(error.__cause__, httpx.HTTPError)
    assert isinstance(error.__cause__, httpx.TimeoutException) is (fault == "stall")
    assert KEY not in str(error.request.headers.raw)
    assert KEY not in str(error.__cause__.request.headers.raw)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@kinds
def test_what_arrived_before_a_fault_is_handed_over(kind: str) -> None:
    acts, _ = PHASES["after the first event"]
    seen: list[Any] = []
    with RawServer([*acts, RESET]) as server, pytest.raises(APIConnectionError):
        complete(kind, server.url, {"stream": True}, seen)

    assert [one.completion for one in seen] == [" a"]


@kinds
def test_a_stream_that_ends_at_an_event_ended_early(kind: str) -> None:
    with (
        RawServer([STREAM_HEAD, chunk(event(" a")), b"0\r\n\r\n"]) as server,
        pytest.raises(APIConnectionError, match="ended early"),
    ):
        complete(kind, server.url, {"stream": True})


@kinds
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_after_the_last_event_is_ignored(fault: str, kind: str) -> None:
    last = event(" b", "max_tokens")
    with RawServer([STREAM_HEAD, chunk(event(" a") + last), *FAULTS[fault]]) as server:
        timeout = LONG if fault == "stall" else PATIENT
        events = complete(kind, server.url, {"stream": True}, timeout=timeout)

    assert [one.completion for one in events] == [" a", " b"]


@kinds
@pytest.mark.parametrize("stream", [True, False])
def test_a_body_that_cannot_be_unpacked_is_a_fault(stream: bool, kind: str) -> None:
    media = "text/event-stream" if stream else "application/json"
    body = gzip.compress(b"{}")[:5] + b"garbage"
    with (
        RawServer(whole(200, body, media, "content-encoding: gzip")) as server,
        pytest.raises(APIConnectionError) as caught,
    ):
        complete(kind, server.url, {"stream": stream})

    assert isinstance(caught.value.__cause__, httpx.DecodingError)


@kinds
@pytest.mark.parametrize("stream", [True, False])
def test_an_error_body_that_cannot_be_unpacked_keeps_its_status(
    stream: bool, kind: str
) -> None:
    lines = ("content-encoding: gzip", "request-id: req_1")
    with (
        RawServer(whole(502, b"<html>", "text/html", *lines)) as server,
        pytest.raises(InternalServerError, match="502") as caught,
    ):
        complete(kind, server.url, {"stream": stream})

    assert caught.value.request_id == "req_1"


@kinds
def test_nobody_there_is_a_fault(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    url = f"http://127.0.0.1:{port}"
    with pytest.raises(APIConnectionError) as caught:
        complete(kind, url, default_query={"key": "secret"})

    assert isinstance(caught.value.__cause__, httpx.ConnectError)
    assert str(caught.value).endswith(f"(POST {url}/v1/complete)")


@kinds
def test_a_fault_is_retried_until_an_answer_comes(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("text_completions_runtime._exchange.retry_delay", lambda *_: 0)
    answer = whole(200, b'{"type": "completion", "id": "x"}')
    with RawServer([RESET], [], whole(529, b"{}"), answer) as server:
        assert complete(kind, server.url, max_retries=3).id == "x"
        assert len(server.requests) == 4


@kinds
def test_an_unreadable_error_is_retried_too(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("text_completions_runtime._exchange.retry_delay", lambda *_: 0)
    cut: list[Act] = [
        head(500, "content-length: 10", "x-unused: content"),
        b"abc",
        RESET,
    ]
    with RawServer(cut, whole(200, b'{"id": "x"}')) as server:
        assert complete(kind, server.url, max_retries=1).id == "x"


@kinds
def test_an_error_that_comes_as_a_success_is_raised(kind: str) -> None:
    # Gateways do so, and the model would be one without members.
    error = b'{"type": "error", "error": {"type": "rate_limit_error", "message": "x"}}'
    with (
        RawServer(whole(200, error)) as server,
        pytest.raises(
            RateLimitError, match="within a response of status 200"
        ) as raised,
    ):
        complete(kind, server.url)

    assert raised.value.body == json.loads(error)


@kinds
@pytest.mark.parametrize("body", [b"{}", b'{"detail": "not logged in"}'])
def test_a_body_without_any_member_of_the_model_is_not_taken_for_it(
    body: bytes, kind: str
) -> None:
    with (
        RawServer(whole(200, body)) as server,
        pytest.raises(APIResponseValidationError, match="no member of a Completion"),
    ):
        complete(kind, server.url)


@kinds
def test_a_stream_without_a_type_is_read(kind: str) -> None:
    stream = event(" Hi", "stop_sequence")
    with RawServer([head(200, f"content-length: {len(stream)}"), stream]) as server:
        events = complete(kind, server.url, {"stream": True})

    assert [one.completion for one in events] == [" Hi"]
