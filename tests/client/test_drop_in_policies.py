"""Timeouts, retries and errors are those that code for the official SDK counts on."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import httpx
import pytest

import text_completions
from text_completions import (
    NOT_GIVEN,
    AnthropicError,
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    Client,
    MissingCredentialsError,
    RequestValidationError,
)

from .calls import ARGUMENTS, done, kinds, with_client
from .drop_in import BOTH, GOOD_BODY

# Timeouts and retries ---------------------------------------------------------


@kinds
@pytest.mark.parametrize(
    ("client", "call", "expected"),
    [
        ({}, {}, httpx.Timeout(600, connect=5)),
        ({"timeout": 20.0}, {}, httpx.Timeout(20, connect=5)),
        ({"timeout": 2}, {}, httpx.Timeout(2)),
        ({"timeout": None}, {}, httpx.Timeout(None)),
        ({"timeout": httpx.Timeout(7, pool=1)}, {}, httpx.Timeout(7, pool=1)),
        ({}, {"timeout": 30}, httpx.Timeout(30, connect=5)),
        ({"timeout": 2}, {"timeout": None}, httpx.Timeout(None)),
        ({"timeout": 2}, {"timeout": NOT_GIVEN}, httpx.Timeout(2)),
    ],
    ids=str,
)
def test_a_timeout_is_a_number_a_timeout_or_none(
    client: Any, call: Any, expected: httpx.Timeout, kind: str
) -> None:
    seen: list[Any] = []

    def answered(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["timeout"])
        return httpx.Response(200, json=GOOD_BODY)

    async def use(client: Any) -> None:
        await done(client.completions.create(**ARGUMENTS, **call))

    made: Any = httpx.Client if kind == "sync" else httpx.AsyncClient
    http = made(transport=httpx.MockTransport(answered))
    given = {"timeout": httpx.Timeout(600, connect=5)} | client
    with_client(kind, "http://a.test", use, http_client=http, **given)
    assert seen == [expected.as_dict()]


@BOTH
def test_the_timeout_of_an_own_http_client_is_adopted(made: Any) -> None:
    own: Any = httpx.Client if made is Client else httpx.AsyncClient
    assert made("k", http_client=own(timeout=17)).timeout == httpx.Timeout(17)
    assert made("k", http_client=own()).timeout == httpx.Timeout(600, connect=5)
    assert made("k", http_client=own(timeout=17), timeout=9).timeout == (
        httpx.Timeout(9, connect=5)
    )


@BOTH
def test_an_http_client_of_another_kind_is_a_type_error(made: Any) -> None:
    other: Any = httpx.AsyncClient if made is Client else httpx.Client
    for wrong in (object(), other()):
        with pytest.raises(TypeError, match="Invalid `http_client` argument"):
            made("k", http_client=wrong)
        with pytest.raises(TypeError, match="Invalid `http_client` argument"):
            made("k").copy(http_client=wrong)


@BOTH
def test_a_number_of_retries_is_a_setting(made: Any) -> None:
    client = made("k")
    assert client.max_retries == 2
    assert client.with_options(max_retries=5).max_retries == 5
    assert made("k", max_retries=math.inf).max_retries == math.inf
    with pytest.raises(TypeError, match="max_retries"):
        made("k", max_retries=None)


class Waits(list[float]):
    """The seconds that a call waited between its attempts."""

    def sleep(self, seconds: float) -> None:
        self.append(seconds)

    async def pause(self, seconds: float) -> None:
        self.append(seconds)


def waited(
    monkeypatch: pytest.MonkeyPatch, kind: str, *answers: Any, retries: int = 0
) -> list[float]:
    """Let a call be answered so, and return how long it waited each time."""
    waits = Waits()
    monkeypatch.setattr("text_completions_runtime._exchange.time.sleep", waits.sleep)
    monkeypatch.setattr("anyio.sleep", waits.pause)
    left = list(answers)

    def answered(_: httpx.Request) -> httpx.Response:
        if not left:
            return httpx.Response(200, json=GOOD_BODY)
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        # Another each time, for the tests share them.
        return httpx.Response(answer.status_code, headers=answer.headers)

    async def use(client: Any) -> None:
        await done(client.completions.create(**ARGUMENTS))

    made: Any = httpx.Client if kind == "sync" else httpx.AsyncClient
    http = made(transport=httpx.MockTransport(answered))
    most = retries or len(answers)
    with_client(kind, "http://a.test", use, http_client=http, max_retries=most)
    return waits


def busy(status: int = 503, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=named)


def named(trouble: Any) -> str:
    return str(getattr(trouble, "status_code", type(trouble).__name__))


@kinds
@pytest.mark.parametrize(
    "trouble",
    [busy(503), busy(400, x_should_retry="true"), httpx.ConnectError("x")],
    ids=named,
)
def test_what_may_pass_is_tried_again(
    trouble: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(waited(monkeypatch, kind, trouble)) == 1


@kinds
@pytest.mark.parametrize(
    "trouble", [busy(404), busy(503, x_should_retry="false")], ids=named
)
def test_what_will_not_pass_is_not_tried_again(
    trouble: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(APIStatusError) as caught:
        waited(monkeypatch, kind, trouble)
    assert caught.value.status_code == trouble.status_code


@kinds
def test_waits_double_from_half_a_second_to_eight(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = waited(monkeypatch, kind, *[busy()] * 6)
    for seconds, most in zip(waits, (0.5, 1, 2, 4, 8, 8), strict=True):
        assert 0.75 * most <= seconds <= most


@kinds
@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"retry_after": "60"}, 60, 60),
        ({"retry_after_ms": "250", "retry_after": "9"}, 0.25, 0.25),
        ({"retry_after": "61"}, 0.375, 0.5),
    ],
    ids=str,
)
def test_a_wait_that_the_server_names_is_kept_up_to_a_minute(
    headers: dict[str, str],
    least: float,
    most: float,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (seconds,) = waited(monkeypatch, kind, busy(429, **headers))
    assert least <= seconds <= most


# Errors -----------------------------------------------------------------------

STATUS_ERRORS = """
BadRequestError AuthenticationError PermissionDeniedError NotFoundError ConflictError
RequestTooLargeError UnprocessableEntityError RateLimitError InternalServerError
ServiceUnavailableError OverloadedError DeadlineExceededError
"""

REQUEST = httpx.Request("POST", "http://a.test/")


def test_the_errors_are_one_tree() -> None:
    for name in STATUS_ERRORS.split():
        assert issubclass(getattr(text_completions, name), APIStatusError)
    for cls in (APIStatusError, APIConnectionError, APIResponseValidationError):
        assert issubclass(cls, APIError)
    assert issubclass(APITimeoutError, APIConnectionError)
    assert issubclass(RequestValidationError, (APIError, ValueError))
    assert issubclass(MissingCredentialsError, (AnthropicError, TypeError))
    assert issubclass(APIError, AnthropicError)
    assert issubclass(AnthropicError, Exception)


RESPONSE = httpx.Response(
    429,
    request=REQUEST,
    headers={"request-id": "r"},
    json={"error": {"type": "rate_limit_error"}},
)
MADE: list[tuple[Any, str]] = [
    (APIError("m", REQUEST, body={"a": 1}), "m"),
    (APIConnectionError(request=REQUEST), "Connection error."),
    (APIConnectionError(message="m", request=REQUEST), "m"),
    (APITimeoutError(REQUEST), "Request timed out."),
    (APITimeoutError(request=REQUEST), "Request timed out."),
    (
        APIResponseValidationError(RESPONSE, None),
        "Data returned by API invalid for expected schema.",
    ),
    (
        text_completions.RateLimitError("m", response=RESPONSE, body=RESPONSE.json()),
        "m",
    ),
]


@pytest.mark.parametrize(("error", "message"), MADE, ids=lambda it: type(it).__name__)
def test_an_error_can_be_made_by_hand_and_pickled(error: Any, message: str) -> None:
    copied = pickle.loads(pickle.dumps(error))
    for one in (error, copied, copy.copy(error)):
        assert str(one) == one.message == message
        assert one.request.url == REQUEST.url
        assert one.body == error.body
    if isinstance(error, APIStatusError):
        assert (copied.type, copied.request_id) == ("rate_limit_error", "r")
