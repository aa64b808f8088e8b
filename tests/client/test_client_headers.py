"""What the headers of a call are, also where they are those of the call before."""

from __future__ import annotations

import json
from typing import Any, cast

import httpx
import pytest

from text_completions import (
    Anthropic,
    MissingCredentialsError,
    RequestValidationError,
    omit,
)

from .calls import ARGUMENTS
from .raw_server import RawServer

BODY = json.dumps({"type": "completion", "id": "c", "completion": "a"}).encode()
ANSWER = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
    b"set-cookie: seen=yes\r\ncontent-length: %d\r\n\r\n%b" % (len(BODY), BODY)
)


def sent(server: RawServer) -> list[httpx.Headers]:
    """Return the headers of all requests, and see that each name occurs once."""
    found: list[httpx.Headers] = []
    for request in server.requests:
        lines = request.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
        pairs = [line.decode().split(": ", 1) for line in lines]
        names = [name.lower() for name, _ in pairs]
        assert len(names) == len(set(names)), names
        found.append(httpx.Headers([(name, value) for name, value in pairs]))
    return found


def test_a_call_has_what_httpx_sends_beside_what_the_client_sends() -> None:
    with RawServer([ANSWER]) as server, Anthropic("sk", base_url=server.url) as client:
        client.completions.create(**ARGUMENTS)
        (headers,) = sent(server)

    assert headers["accept-encoding"] == httpx.Client().headers["accept-encoding"]
    assert headers["connection"] == "keep-alive"
    assert headers["accept"] == "application/json"
    assert headers["user-agent"].startswith("text-completions/")
    assert headers["host"] == server.url.removeprefix("http://")
    assert int(headers["content-length"]) > 0


def test_a_cookie_is_sent_back_to_who_set_it() -> None:
    with RawServer([ANSWER]) as server, Anthropic("sk", base_url=server.url) as client:
        client.completions.create(**ARGUMENTS)
        client.completions.create(**ARGUMENTS)
        first, second = sent(server)

    assert "cookie" not in first
    assert second["cookie"] == "seen=yes"


def test_headers_of_one_call_are_not_those_of_the_next() -> None:
    with RawServer([ANSWER]) as server, Anthropic("sk", base_url=server.url) as client:
        client.completions.create(**ARGUMENTS)
        client.completions.create(
            **ARGUMENTS, extra_headers={"X-One": "1", "User-Agent": "mine"}
        )
        client.completions.create(**ARGUMENTS)
        before, during, after = sent(server)

    assert "x-one" not in before
    assert (during["x-one"], during["user-agent"]) == ("1", "mine")
    assert after["user-agent"] == before["user-agent"]
    assert "x-one" not in after


def test_a_key_that_is_changed_is_changed_from_the_next_call_on() -> None:
    with RawServer([ANSWER]) as server, Anthropic("one", base_url=server.url) as client:
        client.completions.create(**ARGUMENTS)
        client.api_key = "two"
        client.completions.create(**ARGUMENTS)
        client.api_key = None
        with pytest.raises(MissingCredentialsError):
            client.completions.create(**ARGUMENTS)
        keys = [headers["x-api-key"] for headers in sent(server)]

    assert keys == ["one", "two"]


def test_a_copy_has_headers_of_its_own() -> None:
    with RawServer([ANSWER]) as server, Anthropic("sk", base_url=server.url) as client:
        client.completions.create(**ARGUMENTS)
        other = client.with_options(
            api_key="other", default_headers={"x-team": "blue", "user-agent": omit}
        )
        other.completions.create(**ARGUMENTS)
        client.completions.create(**ARGUMENTS)
        first, second, third = sent(server)

    assert (second["x-api-key"], second["x-team"]) == ("other", "blue")
    assert second["user-agent"].startswith("python-httpx")
    assert (third["x-api-key"], "x-team" in third) == (first["x-api-key"], False)


def test_a_copy_on_another_http_client_sends_what_that_one_sends() -> None:
    http = httpx.Client(
        headers={"accept-encoding": "identity", "x-http": "1"}, params={"of": "http"}
    )
    with RawServer([ANSWER]) as server, Anthropic("sk", base_url=server.url) as client:
        client.completions.create(**ARGUMENTS)
        client.with_options(http_client=http).completions.create(**ARGUMENTS)
        http.headers["x-http"] = "2"
        client.with_options(http_client=http).completions.create(**ARGUMENTS)
        _, second, third = sent(server)
        http.close()

    assert (second["accept-encoding"], second["x-http"]) == ("identity", "1")
    assert third["x-http"] == "2"
    assert b"?of=http" in server.requests[-1].split(b"\r\n", 1)[0]


@pytest.mark.parametrize("name", ["Content-Length", "transfer-encoding"])
def test_a_header_that_follows_from_the_body_is_refused(name: str) -> None:
    client = Anthropic("sk", base_url="http://127.0.0.1:9", max_retries=0)
    with pytest.raises(RequestValidationError, match="it follows from the body"):
        client.completions.create(**ARGUMENTS, extra_headers={name: "3"})


def test_an_empty_list_sends_no_header() -> None:
    with RawServer([ANSWER]) as server, Anthropic("sk", base_url=server.url) as client:
        client.completions.create(**ARGUMENTS, betas=[])
        (headers,) = sent(server)

    assert "anthropic-beta" not in headers


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            {"extra_headers": [("x-a", "sk-1")]},
            "headers must be a mapping .* type list",
        ),
        ({"extra_headers": {1: "a"}}, "name of a header must be a string, not 1"),
        ({"extra_query": "a=b"}, "a query must be a mapping .* type str"),
    ],
)
def test_what_is_not_a_mapping_is_refused_with_its_type(
    wrong: dict[str, Any], message: str
) -> None:
    client = Anthropic("sk", base_url="http://127.0.0.1:9", max_retries=0)
    with pytest.raises(TypeError, match=message):
        client.completions.create(**ARGUMENTS, **wrong)


def test_a_key_that_is_not_a_string_is_refused_without_showing_it() -> None:
    with pytest.raises(TypeError, match="api_key must be a string or None") as caught:
        Anthropic(api_key=cast("Any", b"sk-very-secret"))

    assert "secret" not in str(caught.value)
