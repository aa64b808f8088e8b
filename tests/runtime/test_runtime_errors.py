"""Errors: one tree, picklable both ways, and none holds a key."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import httpx
import pytest

from text_completions_runtime import (
    APIError,
    APIResponseValidationError,
    APIStatusError,
    ClientError,
    MissingCredentialsError,
    RequestValidationError,
    ResponseSpec,
)
from text_completions_runtime._headers import masked_request
from text_completions_runtime._response.decoding import (
    check_stream,
    decode_response,
)

from .contracts import (
    CREATE,
    FAILURES,
    KEY,
    SCHEMAS,
    Thing,
    request,
    response,
)


def every_error() -> list[ClientError]:
    body = b'{"error": {"type": "x"}}'
    return [
        MissingCredentialsError("no key"),
        RequestValidationError(
            "bad",
            FAILURES.request(request()),
            parameter="p",
            value=[1],
            bound="b",
            pointer="#/p",
        ),
        FAILURES.connection(httpx.ReadError("cut", request=request()), request()),
        FAILURES.connection(httpx.ReadTimeout("slow"), request()),
        FAILURES.ended_early(request()),
        FAILURES.status(response(418, body, x_request="r")),
        FAILURES.status(response(500, b"not JSON")),
        FAILURES.in_success({"error": {"type": "teapot_error"}}, response()),
        FAILURES.unexpected(response(), {"a": 1}, "odd"),
    ]


ERRORS = [pytest.param(one, id=type(one).__name__) for one in every_error()]


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize(
    "copied",
    [lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy],
    ids=["pickle", "copy", "deepcopy"],
)
def test_an_error_comes_back_whole(error: Any, copied: Any) -> None:
    other = copied(error)

    assert type(other) is type(error)
    assert str(other) == str(error)
    assert vars(other).keys() == vars(error).keys()
    for name, value in vars(error).items():
        if not isinstance(value, (httpx.Request, httpx.Response)):
            assert getattr(other, name) == value
    if isinstance(error, APIError):
        assert other.request.url == error.request.url
    if isinstance(error, APIStatusError):
        assert other.response.status_code == error.response.status_code
        assert other.response.content == error.response.content


@pytest.mark.parametrize("error", ERRORS)
def test_no_key_is_anywhere_in_an_error(error: ClientError) -> None:
    seen = [str(error), repr(error), repr(vars(error)), repr(error.__cause__)]
    for one in (error, error.__cause__):
        for value in vars(one).values() if one else ():
            if isinstance(value, httpx.Response):
                value = value.request  # noqa: PLW2901
            if isinstance(value, httpx.Request):
                seen.append(str(value.headers.raw))

    assert KEY not in "".join(seen)
    assert KEY.encode() not in pickle.dumps(error)


def test_a_masked_request_is_a_copy_with_all_but_the_secrets() -> None:
    original = httpx.Request(
        "POST",
        f"https://me:{KEY}@things.test/?a=b",
        headers={"X-Key": KEY, "Authorization": KEY, "Cookie": KEY, "Other": "o"},
        content=b"body",
    )

    masked = masked_request(original, {"x-key"})

    assert original.headers["x-key"] == KEY
    assert masked.headers["x-key"] == masked.headers["authorization"] == "***"
    assert masked.headers["other"] == "o"
    assert masked.content == b"body"
    assert str(masked.url) == "https://things.test/?a=b"
    assert KEY not in f"{masked.url!s}{masked.headers.raw}"


def test_a_request_whose_body_was_streamed_is_masked_too() -> None:
    original = httpx.Request("POST", "https://things.test", content=iter([b"a"]))

    assert masked_request(original, frozenset()).content == b""


@pytest.mark.parametrize(
    ("content", "body", "message"),
    [
        (b"", "", "Error code: 500"),
        (b" <html> ", "<html>", "Error code: 500 - <html>"),
        (b"\xff", "\ufffd", "Error code: 500 - \ufffd"),
        (b"x" * 300, "x" * 300, "Error code: 500 - " + "x" * 200 + "…"),
        (b"[" * 100_000, "[" * 100_000, "Error code: 500 - " + "[" * 200 + "…"),
        (b"null", None, "Error code: 500 - None"),
    ],
    ids=["empty", "html", "no text", "long", "deep", "null"],
)
def test_an_error_without_json_keeps_its_text(
    content: bytes, body: object, message: str
) -> None:
    error = FAILURES.status(response(500, content))

    assert error.body == body
    assert str(error) == message
    assert error.type is None


# Answers ---------------------------------------------------------------------


def decoded(answer: httpx.Response, *, strict: bool = False, **changes: Any) -> Any:
    assert CREATE.response is not None
    if isinstance(changes.get("schema"), dict):
        changes["schema"] = SCHEMAS.at("#/x", changes["schema"])
    spec: Any = ResponseSpec(**changes) if changes else CREATE.response
    return decode_response(answer, spec, FAILURES, strict=strict)


def test_an_answer_becomes_its_model_with_the_name_of_the_exchange() -> None:
    one = decoded(response(200, b'{"name": "n"}', x_request="r"))

    assert isinstance(one, Thing)
    assert one._request_id == "r"


@pytest.mark.parametrize(
    "media", ["application/json", "application/problem+json; a=b", ""]
)
def test_json_is_known_by_its_media_type(media: str) -> None:
    assert decoded(response(200, b'{"name": 1}', content_type=media)).name == 1


@pytest.mark.parametrize(
    ("content", "media", "words"),
    [
        (b"<html>", "text/html", "asked for JSON and got text/html"),
        (b"data: {}\n\n", "text/event-stream", "got text/event-stream"),
        (b"{", "application/json", "the body is not JSON"),
        (b"", "application/json", "the body is not JSON"),
        (b"\xff\xfe\xff", "application/json", "the body is not JSON"),
        (b"[" * 100_000, "application/json", "nested too deeply"),
        (b"[1]", "application/json", "the body is not a JSON object"),
    ],
)
def test_another_answer_is_an_error(content: bytes, media: str, words: str) -> None:
    with pytest.raises(APIResponseValidationError, match=words) as caught:
        decoded(response(200, content, content_type=media))

    assert caught.value.status_code == 200
    assert caught.value.body is not None
    assert KEY not in str(caught.value.request.headers.raw)


def test_a_strict_client_checks_answers() -> None:
    with pytest.raises(APIResponseValidationError, match="name is missing"):
        decoded(response(200, b"{}"), strict=True)
    assert decoded(response(200, b'{"name": "n"}'), strict=True).name == "n"


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
def test_only_a_strict_client_refuses_numbers_that_json_does_not_have(
    number: bytes,
) -> None:
    body = b'{"name": "n", "new": %s}' % number

    assert isinstance(decoded(response(200, body)).new, float)
    with pytest.raises(APIResponseValidationError, match="is not a number of JSON"):
        decoded(response(200, body), strict=True)


def test_a_response_may_be_something_other_than_an_object() -> None:
    numbers = {"model": None, "schema": {"type": "array"}}

    assert decoded(response(200, b"[1]"), **numbers) == [1]
    with pytest.raises(APIResponseValidationError, match="the body is not of type"):
        decoded(response(200, b"1"), strict=True, **numbers)


def test_an_empty_response_is_none() -> None:
    assert decoded(response(204, b""), model=None, schema=None) is None
    assert decode_response(response(204, b""), None, FAILURES, strict=True) is None


@pytest.mark.parametrize(
    "media", ["text/event-stream", "TEXT/Event-Stream; charset=utf-8", ""]
)
def test_a_stream_is_known_by_its_media_type(media: str) -> None:
    check_stream(response(content_type=media), FAILURES)


@pytest.mark.parametrize("media", ["application/json", "text/plain"])
def test_a_response_that_is_not_a_stream_is_an_error(media: str) -> None:
    with pytest.raises(APIResponseValidationError, match="stream of events"):
        check_stream(response(content_type=media), FAILURES)


def test_an_error_pickles_with_a_value_that_does_not() -> None:
    error = RequestValidationError(
        "m", request(), parameter="p", value=lambda: None, bound="JSON", pointer=""
    )
    restored = pickle.loads(pickle.dumps(error))
    assert restored.value == "a value of type function"
    assert (restored.parameter, str(restored)) == ("p", "m")
