"""Calls through the public door, against the mock and against statuses."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

import text_completions
from text_completions import (
    AI_PROMPT,
    HUMAN_PROMPT,
    Anthropic,
    APIStatusError,
    AsyncAnthropic,
    AsyncClient,
    AuthenticationError,
    Client,
    RequestValidationError,
)
from text_completions.types import Completion

from .calls import ARGUMENTS, MESSAGE, complete, kinds, settings
from .raw_server import RawServer, whole

DOCUMENT = yaml.safe_load(
    (Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8")
)
GOOD = whole(200, b'{"type":"completion","id":"x","completion":" a"}')


def headers_of(request: bytes) -> dict[str, str]:
    lines = request.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    pairs = [line.split(": ", 1) for line in lines]
    return {name.lower(): value for name, value in pairs}


def body_of(request: bytes) -> Any:
    return json.loads(request.partition(b"\r\n\r\n")[2])


@kinds
def test_a_completion_comes_back(kind: str, mock: str) -> None:
    one = complete(kind, mock)

    assert isinstance(one, Completion)
    assert one.type == "completion"
    assert one.completion
    assert one.model == "claude-2.1"
    assert one.stop_reason in {"max_tokens", "stop_sequence"}
    assert str(one._request_id).startswith("req_")
    assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one


@kinds
def test_a_stream_says_what_the_completion_says(kind: str, mock: str) -> None:
    events = complete(kind, mock, {"stream": True})
    one = complete(kind, mock)

    assert "".join(event.completion for event in events) == one.completion
    assert [event.stop_reason for event in events[:-1]] == [None] * (len(events) - 1)
    assert events[-1].stop_reason == one.stop_reason


def test_a_message_comes_back(mock: str) -> None:
    with Client(**settings(mock)) as client:
        message = client.messages.create(**MESSAGE)

    assert message.role == "assistant"
    assert type(message.content[0]).__name__ == "TextBlock"


def test_the_names_of_the_client_are_those_of_the_document() -> None:
    assert (Anthropic, AsyncAnthropic) == (Client, AsyncClient)
    assert Client.HUMAN_PROMPT == HUMAN_PROMPT == "\n\nHuman:"
    assert AsyncClient.AI_PROMPT == AI_PROMPT == "\n\nAssistant:"
    assert text_completions.__api_version__ == "2023-06-01"


# What is sent ----------------------------------------------------------------


@kinds
def test_the_request_has_what_was_passed(kind: str) -> None:
    call = {"stop_sequences": ("a", "b"), "betas": ["x", "y"], "top_k": None}
    with RawServer(GOOD) as server:
        complete(kind, server.url, call)

        headers = headers_of(server.requests[0])
        assert server.requests[0].startswith(b"POST /v1/complete HTTP/1.1\r\n")
        assert headers["x-api-key"] == "sk-test"
        assert headers["anthropic-version"] == "2023-06-01"
        assert headers["anthropic-beta"] == "x,y"
        assert headers["content-type"] == "application/json"
        assert headers["user-agent"].startswith("text-completions/")
        assert body_of(server.requests[0]) == ARGUMENTS | {"stop_sequences": ["a", "b"]}


def test_a_token_is_a_bearer() -> None:
    with RawServer(GOOD) as server:
        complete("sync", server.url, api_key=None, auth_token="t")

        headers = headers_of(server.requests[0])
        assert headers["authorization"] == "Bearer t"
        assert "x-api-key" not in headers


# What is not sent ------------------------------------------------------------


@kinds
@pytest.mark.parametrize(
    ("call", "parameter", "bound"),
    [
        ({"temperature": 1.1}, "temperature", "maximum 1"),
        ({"temperature": "hot"}, "temperature", "type number"),
        ({"max_tokens_to_sample": 0}, "max_tokens_to_sample", "minimum 1"),
        ({"max_tokens_to_sample": True}, "max_tokens_to_sample", "type integer"),
        ({"top_k": 0.5}, "top_k", "type integer"),
        ({"stop_sequences": "\n\nHuman:"}, "stop_sequences", "type array"),
        ({"stop_sequences": ["a", 1]}, "stop_sequences.1", "type string"),
        ({"metadata": {"user_id": "x" * 513}}, "metadata.user_id", "maxLength 512"),
        ({"metadata": {"name": "x"}}, "metadata.name", "additionalProperties false"),
        ({"prompt": ""}, "prompt", "minLength 1"),
        ({"model": None}, "model", "required"),
    ],
)
def test_what_breaks_a_bound_is_not_sent(
    call: dict[str, Any], parameter: str, bound: str, kind: str
) -> None:
    with RawServer(GOOD) as server:
        with pytest.raises(RequestValidationError) as caught:
            complete(kind, server.url, call)
        assert server.requests == []

    assert (caught.value.parameter, caught.value.bound) == (parameter, bound)
    assert f"openapi.yaml{caught.value.pointer}" in str(caught.value)


def test_the_server_may_be_left_to_check() -> None:
    with RawServer(GOOD) as server:
        complete("sync", server.url, {"temperature": 7}, validate_requests=False)

        assert body_of(server.requests[0])["temperature"] == 7


@kinds
def test_a_key_with_a_line_end_is_refused_and_not_shown(kind: str) -> None:
    with RawServer(GOOD) as server:
        with pytest.raises(RequestValidationError, match="x-api-key") as caught:
            complete(kind, server.url, api_key="sk-secret\n")
        assert server.requests == []

    assert "sk-secret" not in f"{caught.value}{vars(caught.value)}"


# Statuses --------------------------------------------------------------------


def documented() -> dict[int, str]:
    """The names of the exceptions by status: of each operation, and of the rest."""
    responses = {
        status: answer["$ref"].rpartition("/")[2]
        for status, answer in DOCUMENT["paths"]["/v1/complete"]["post"][
            "responses"
        ].items()
        if status != "200"
    }
    named = responses | DOCUMENT["x-contract-client"]["errors"]
    return {int(status): name for status, name in named.items() if status.isdigit()}


@kinds
@pytest.mark.parametrize(
    ("status", "name"),
    [
        *documented().items(),
        *dict.fromkeys([501, 502, 599], "InternalServerError").items(),
        *dict.fromkeys([304, 406, 451, 499], "APIStatusError").items(),
    ],
)
def test_a_status_raises_its_exception(status: int, name: str, kind: str) -> None:
    body = json.dumps({"type": "error", "error": {"type": "t", "message": "m"}})
    answer = whole(
        status,
        b"" if status == 304 else body.encode(),
        "application/json",
        "request-id: req_1",
        "anthropic-workspace-id: wrkspc_1",
    )
    with RawServer(answer) as server, pytest.raises(APIStatusError) as caught:
        complete(kind, server.url)

    error = caught.value
    assert type(error).__name__ == name
    assert type(error) is getattr(text_completions, name)
    assert (error.status_code, error.response.status_code) == (status, status)
    assert (error.request_id, error.workspace_id) == ("req_1", "wrkspc_1")
    assert error.request.url == f"{server.url}/v1/complete"
    if status != 304:
        assert error.type == "t"
        assert error.body == json.loads(body)
        assert str(error) == error.message == f"Error code: {status} - {error.body}"
    assert "sk-test" not in f"{error!r}{vars(error)}{error.request.headers.raw}"
    assert b"sk-test" not in pickle.dumps(error)
    assert type(pickle.loads(pickle.dumps(error))) is type(error)


def test_the_document_names_statuses() -> None:
    assert {400, 401, 404, 409, 413, 422, 429, 500, 504, 529} <= set(documented())


def test_the_mock_refuses_a_key(mock: str) -> None:
    with pytest.raises(AuthenticationError, match="invalid x-api-key") as caught:
        complete("sync", mock, api_key="wrong")

    assert caught.value.type == "authentication_error"
    assert caught.value.request_id
    assert "wrong" not in str(caught.value.request.headers.raw)


# Redirects, logs, lives ------------------------------------------------------


@kinds
def test_a_redirect_takes_the_key_along_within_the_origin_only(kind: str) -> None:
    def moved(url: str) -> list[Any]:
        return whole(307, b"", "text/plain", f"location: {url}")

    with RawServer(GOOD) as other, RawServer(moved(f"{other.url}/b")) as server:
        complete(kind, server.url)
        assert b"sk-test" not in other.requests[0]
        assert body_of(other.requests[0]) == ARGUMENTS
    with RawServer(moved("/b"), GOOD) as server:
        complete(kind, server.url)
        assert headers_of(server.requests[1])["x-api-key"] == "sk-test"


def test_the_http_clients_password_does_not_follow_a_redirect() -> None:
    with RawServer(GOOD) as other:
        answer = whole(307, b"", "text/plain", f"location: {other.url}/b")
        with (
            RawServer(answer) as server,
            httpx.Client(auth=("me", "secret"), follow_redirects=True) as http,
        ):
            complete("sync", server.url, http_client=http)
            assert "authorization" in headers_of(server.requests[0])
            assert "authorization" not in headers_of(other.requests[0])


@kinds
@pytest.mark.parametrize("stream", [True, False])
def test_no_logger_writes_a_key_a_prompt_or_a_completion(
    kind: str, stream: bool, mock: str, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "\n\nHuman: TopSecret\n\nAssistant:"
    with caplog.at_level(logging.DEBUG):
        answer = complete(kind, mock, {"prompt": secret, "stream": stream})

    text = answer[0].completion * 5 if stream else answer.completion
    assert "/v1/complete: 200 after 0 retries" in caplog.text
    for hidden in ("TopSecret", "sk-test", text):
        assert hidden not in caplog.text


def test_a_repr_shows_no_secret() -> None:
    client = Client("sk-secret", base_url="http://me:pass-word@h/v")

    assert repr(client) == "Anthropic(base_url='http://h/v/')"


def test_a_strict_client_checks_answers(mock: str) -> None:
    assert complete("sync", mock, strict=True).completion
    assert complete("sync", mock, {"stream": True}, strict=True)
    with (
        RawServer(GOOD) as server,
        pytest.raises(text_completions.APIResponseValidationError, match="stop_reason"),
    ):
        complete("sync", server.url, strict=True)
