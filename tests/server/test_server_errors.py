"""Refusals: their texts, their form, their headers, and their order."""

from __future__ import annotations

import json
import re

import pytest

from text_completions_server import ApiError, Backend

GOOD = {
    "model": "claude-2.1",
    "prompt": "\n\nHuman: Hello\n\nAssistant:",
    "max_tokens_to_sample": 5,
}
KINDS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
NEVER_RETRIED = {400, 401, 402, 403, 404, 405, 413}


def encoded(**changes):
    return json.dumps(GOOD | changes).encode()


def message(answer):
    return answer.json()["error"]["message"]


def test_an_error_has_its_full_form_and_names_its_exchange(door):
    answer = door.post(encoded(), x_api_key=None)
    request_id = answer.headers["request-id"]
    assert re.fullmatch(r"req_01[0-9A-Za-z]{22}", request_id)
    assert list(answer.json().items()) == [
        ("type", "error"),
        (
            "error",
            {
                "type": "authentication_error",
                "message": "x-api-key header is required",
            },
        ),
        ("request_id", request_id),
    ]
    assert answer.headers["content-type"] == "application/json"


def test_an_empty_key_is_a_missing_one(door):
    answer = door.send("POST", "/v1/complete", encoded(), {"x-api-key": ""})
    assert answer.status_code == 401
    assert message(answer) == "x-api-key header is required"


@pytest.mark.parametrize("key", ["my_api_key", "Bearer sk-1", "SK-1"])
def test_a_key_that_does_not_begin_like_one_is_refused(door, key):
    answer = door.post(encoded(), x_api_key=key)
    assert (answer.status_code, message(answer)) == (401, "invalid x-api-key")


def test_named_keys_are_let_in_and_no_others(open_door):
    narrow = open_door(api_keys=["my_api_key", "sk-2"])
    assert narrow.post(encoded(), x_api_key="my_api_key").status_code == 200
    assert narrow.post(encoded(), x_api_key="sk-2").status_code == 200
    assert narrow.post(encoded(), x_api_key="sk-test").status_code == 401


def test_a_missing_version_is_refused(door):
    answer = door.post(encoded(), anthropic_version=None)
    assert answer.status_code == 400
    text, advice = message(answer).split(" (")
    assert text == "anthropic-version: header is required"
    assert advice == "the mock serves clients that send none with --era 2023)"


def test_an_unknown_version_is_refused(door):
    answer = door.post(encoded(), anthropic_version="2023-06-02")
    assert answer.status_code == 400
    text = 'anthropic-version: "2023-06-02" is not a valid version'
    assert message(answer) == text


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin-1",
        "application/jsonp",
        ";",
    ],
)
def test_another_content_type_is_refused(door, content_type):
    answer = door.post(encoded(), content_type=content_type)
    assert answer.status_code == 400
    assert message(answer) == "content-type: must be application/json"


@pytest.mark.parametrize(
    "content_type", ["Application/JSON", "application/json; charset=UTF-8"]
)
def test_the_content_type_may_be_spelled_otherwise(door, content_type):
    assert door.post(encoded(), content_type=content_type).status_code == 200


def test_the_checks_have_an_order(door):
    """Key, version, content type, JSON, fields, model, prompt: each hides the next."""
    wrong = {
        "x_api_key": "wrong",
        "anthropic_version": "wrong",
        "content_type": "text/plain",
    }
    body = b"{"
    told = []
    for repair in (
        *({name: None} for name in wrong),
        encoded(model="none", prompt="none", temperature=2),
        encoded(model="none", prompt="none"),
        encoded(prompt="none"),
    ):
        told.append(message(door.post(body, **wrong)))
        if isinstance(repair, bytes):
            body = repair
        else:
            wrong = {name: wrong[name] for name in wrong if name not in repair}
    told.append(message(door.post(body)))
    starts = [
        "invalid x-api-key",
        'anthropic-version: "wrong"',
        "content-type:",
        "The request body is not valid JSON:",
        "temperature:",
        "model: none",
        "prompt must start",
    ]
    assert len(told) == len(starts)
    for text, start in zip(told, starts, strict=True):
        assert text.startswith(start)


@pytest.mark.parametrize(
    "path", ["/", "/v1/complete/", "/v1", "/v1/completions", "/%00", "//v1/complete"]
)
def test_an_unknown_path_is_not_found(door, path):
    answer = door.post(b"x", path)
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "not_found_error"
    assert "request-id" in answer.headers


@pytest.mark.parametrize("path", ["/v1/complete", "/v1/messages"])
@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
)
def test_another_method_is_refused_with_the_allowed_one(client, method, path):
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    assert answer.headers["x-should-retry"] == "false"
    if method != "HEAD":
        assert answer.json()["error"]["type"] == "invalid_request_error"


def test_a_method_that_http_does_not_know_is_a_bad_request(client):
    answer = client.request("BREW", "/v1/complete")
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_options_of_the_server_itself_are_not_found(client):
    request = client.build_request("OPTIONS", "/")
    request.extensions["target"] = b"*"
    assert client.send(request).json()["error"]["type"] == "not_found_error"


def test_a_body_over_the_limit_gets_the_bare_form_of_the_proxy(client):
    padding = b" " * (32 * 1024 * 1024)
    answer = client.post("/v1/complete", content=encoded() + padding)
    assert answer.status_code == 413
    assert answer.json() == {
        "error": {
            "type": "request_too_large",
            "message": "Request exceeds the maximum size",
        }
    }
    assert answer.headers["x-should-retry"] == "false"


def test_a_body_at_the_limit_is_read(door):
    body = encoded()
    padding = b" " * (32 * 1024 * 1024 - len(body))
    assert door.post(body + padding).status_code == 200
    assert door.post(body + padding + b" ").status_code == 413


def test_a_body_far_over_the_limit_is_not_read_to_its_end(open_door):
    sent = 0

    async def endless():
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 1024 * 1024

    answer = open_door().post(endless())
    assert answer.status_code == 413
    assert sent < 70


def test_a_chunked_body_is_read(client):
    body = encoded()
    answer = client.post("/v1/complete", content=iter([body[:9], b"", body[9:]]))
    assert answer.request.headers["transfer-encoding"] == "chunked"
    assert answer.status_code == 200


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("status", sorted(KINDS))
def test_each_status_is_answered_as_the_document_has_it(open_door, status, stream):
    class Failing(Backend):
        async def generate(self, *_):
            raise ApiError(status)
            yield ""

    answer = open_door(backend=Failing()).complete(stream=stream)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["type"] == KINDS[status]
    assert error["message"]
    retry = {529: "true"} | dict.fromkeys(NEVER_RETRIED, "false")
    assert answer.headers.get("x-should-retry") == retry.get(status)
    assert ("type" in answer.json()) == (status != 413)


def test_a_status_that_the_document_lacks_is_answered_all_the_same(open_door):
    class Failing(Backend):
        async def generate(self, *_):
            raise ApiError(503, headers={"retry-after": "1.5"})
            yield ""

    answer = open_door(backend=Failing()).complete()
    assert answer.status_code == 503
    assert answer.json()["error"]["type"] == "api_error"
    assert answer.headers["retry-after"] == "1.5"
