"""Copies of a client: some settings changed, the connections shared."""

from __future__ import annotations

import gc
from typing import Any

import httpx
import pytest

from text_completions import (
    AI_PROMPT,
    HUMAN_PROMPT,
    Anthropic,
    RequestValidationError,
)
from text_completions_server import MockServer

ARGUMENTS: dict[str, Any] = {
    "model": "claude-2.1",
    "prompt": f"{HUMAN_PROMPT} Hello{AI_PROMPT}",
    "max_tokens_to_sample": 3,
}
ANSWER = {
    "type": "completion",
    "id": "compl_1",
    "completion": " Hi",
    "stop_reason": "max_tokens",
    "model": "claude-2.1",
}


def client(sent: list[httpx.Request], **settings: Any) -> Anthropic:
    """Make a client whose requests end up in a list."""

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json=ANSWER)

    http = httpx.Client(transport=httpx.MockTransport(answer))
    return Anthropic("sk-one", base_url="http://h/", http_client=http, **settings)


def test_what_is_not_given_stays_as_it_is() -> None:
    first = client([], max_retries=7, timeout=3, strict=True, validate_requests=False)
    second = first.copy()

    assert (second.max_retries, second.timeout) == (first.max_retries, first.timeout)
    assert (second.strict, second.validate_requests) == (True, False)
    assert (second.api_key, second.base_url) == ("sk-one", first.base_url)


def test_what_is_given_changes_the_copy_alone() -> None:
    sent: list[httpx.Request] = []
    first = client(sent)
    second = first.with_options(
        api_key="sk-two", base_url="http://other/", max_retries=0, timeout=1
    )
    second.completions.create(**ARGUMENTS)
    first.completions.create(**ARGUMENTS)

    assert [request.headers["x-api-key"] for request in sent] == ["sk-two", "sk-one"]
    assert [request.url.host for request in sent] == ["other", "h"]
    assert (first.max_retries, second.max_retries) == (2, 0)
    assert second.timeout.connect == 1


def test_headers_and_query_are_added_to_or_replaced() -> None:
    sent: list[httpx.Request] = []
    first = client(sent, default_headers={"x-a": "1"}, default_query={"q": "1"})
    added = first.copy(default_headers={"x-b": "2"}, default_query={"r": "2"})
    replaced = first.copy(set_default_headers={}, set_default_query={"s": "3"})
    for one in (added, replaced):
        one.completions.create(**ARGUMENTS)

    assert dict(added.default_headers) == {"x-a": "1", "x-b": "2"}
    assert [request.headers.get("x-a") for request in sent] == ["1", None]
    assert [request.url.query for request in sent] == [b"q=1&r=2", b"s=3"]


@pytest.mark.parametrize("what", ["headers", "query"])
def test_adding_and_replacing_at_once_is_refused(what: str) -> None:
    both: dict[str, Any] = {f"default_{what}": {}, f"set_default_{what}": {}}
    with pytest.raises(ValueError, match="mutually exclusive"):
        client([]).copy(**both)


def test_a_copy_checks_by_its_own_settings() -> None:
    lenient = client([]).copy(validate_requests=False)

    assert lenient.completions.create(**{**ARGUMENTS, "temperature": 9}).id == "compl_1"
    with pytest.raises(RequestValidationError):
        lenient.copy(validate_requests=True).completions.create(
            **{**ARGUMENTS, "temperature": 9}
        )


def test_a_copy_outlives_the_client_that_it_came_from() -> None:
    with MockServer() as server:
        copied = Anthropic("sk-test", base_url=server.url).copy(max_retries=0)
        gc.collect()
        with copied:
            assert copied.completions.create(**ARGUMENTS).completion


def test_connections_are_shared_and_closed_together() -> None:
    with MockServer() as server:
        first = Anthropic("sk-test", base_url=server.url)
        second = first.copy()
        second.close()

        assert first.is_closed()
        assert second.is_closed()
