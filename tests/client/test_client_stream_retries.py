"""A stream that begins with an error event is retried as the call itself is."""

from __future__ import annotations

from typing import Any

import pytest

from text_completions import (
    APIResponseValidationError,
    APIStatusError,
    BadRequestError,
    OverloadedError,
    RateLimitError,
    Stream,
)
from text_completions_runtime import _exchange

from .calls import ARGUMENTS, complete, kinds, settings
from .raw_server import (
    PING,
    RESET,
    STREAM_HEAD,
    RawServer,
    chunk,
    error_event,
    event,
    streamed,
    whole,
)

# trio warns of generators that are left early, httpx's own among them; they close.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")


GOOD = streamed(event(" a"), event(" b", "max_tokens"))


@pytest.fixture(autouse=True)
def delays(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Wait for nothing, and note how many retries each delay came after."""
    noted: list[int] = []

    def no_delay(retries: int, _: object) -> float:
        noted.append(retries)
        return 0.0

    monkeypatch.setattr(_exchange, "retry_delay", no_delay)
    return noted


@kinds
def test_an_error_before_the_first_event_is_retried(
    kind: str, delays: list[int]
) -> None:
    bad = streamed(PING, error_event("overloaded_error"))
    with RawServer(bad, bad, GOOD) as server:
        events = complete(kind, server.url, {"stream": True}, max_retries=2)

        assert len(server.requests) == 3
    assert [one.completion for one in events] == [" a", " b"]
    assert delays == [0, 1]


@kinds
def test_retries_are_counted(kind: str) -> None:
    with (
        RawServer(streamed(error_event("rate_limit_error"))) as server,
        pytest.raises(RateLimitError),
    ):
        complete(kind, server.url, {"stream": True}, max_retries=2)
    assert len(server.requests) == 3


@kinds
def test_an_error_after_an_event_is_not_retried(kind: str) -> None:
    seen: list[Any] = []
    with (
        RawServer(
            streamed(event(" a"), error_event("overloaded_error")), GOOD
        ) as server,
        pytest.raises(OverloadedError),
    ):
        complete(kind, server.url, {"stream": True}, seen, max_retries=2)
    assert [one.completion for one in seen] == [" a"]
    assert len(server.requests) == 1


@kinds
@pytest.mark.parametrize(
    ("name", "raised"),
    [("invalid_request_error", BadRequestError), ("novel_error", APIStatusError)],
)
def test_an_error_that_would_come_again_is_not_retried(
    name: str, raised: type[Exception], kind: str
) -> None:
    with RawServer(streamed(error_event(name)), GOOD) as server, pytest.raises(raised):
        complete(kind, server.url, {"stream": True}, max_retries=2)
    assert len(server.requests) == 1


@kinds
def test_retries_of_the_call_and_of_the_stream_share_one_budget(kind: str) -> None:
    status = whole(529, b"{}", "application/json", "retry-after-ms: 1")
    with (
        RawServer(status, streamed(error_event("overloaded_error")), status) as server,
        pytest.raises(OverloadedError) as caught,
    ):
        complete(kind, server.url, {"stream": True}, max_retries=2)
    assert caught.value.status_code == 529
    assert len(server.requests) == 3


@kinds
def test_a_retry_that_is_answered_by_no_stream_says_so(kind: str) -> None:
    with (
        RawServer(
            streamed(error_event("overloaded_error")), whole(200, b"{}")
        ) as server,
        pytest.raises(APIResponseValidationError),
    ):
        complete(kind, server.url, {"stream": True}, max_retries=2)


def test_the_response_is_that_of_the_latest_attempt() -> None:
    from text_completions import Client

    first = whole(
        200, error_event("api_error"), "text/event-stream", "request-id: req_1"
    )
    second = whole(
        200, event(" a", "max_tokens"), "text/event-stream", "request-id: req_2"
    )
    with (
        RawServer(first, second) as server,
        Client(**settings(server.url, max_retries=1)) as client,
    ):
        stream: Stream[Any] = client.completions.create(**ARGUMENTS, stream=True)
        assert stream.request_id == "req_2"
        assert [one.completion for one in stream] == [" a"]


@kinds
def test_a_stream_that_is_cut_before_its_first_event_is_retried(kind: str) -> None:
    with RawServer([STREAM_HEAD, chunk(PING), RESET], GOOD) as server:
        events = complete(kind, server.url, {"stream": True}, max_retries=1)

        assert len(server.requests) == 2
    assert [one.completion for one in events] == [" a", " b"]
