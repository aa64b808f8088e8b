"""Requests by hand, for what the document does not describe."""

from __future__ import annotations

import json
import math
from typing import Any

import httpx
import pytest

from text_completions import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AsyncClient,
    Client,
    MissingCredentialsError,
    NotFoundError,
    OverloadedError,
    RawResponse,
    RequestValidationError,
    omit,
)
from text_completions.types import Completion

from .calls import ARGUMENTS, KEY, Entered, done, kinds, listed, settings, with_client
from .raw_server import STALL, RawServer, event, head, streamed, whole
from .test_client_calls import body_of, headers_of

pytestmark = pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")

GOOD = whole(200, b'{"a": 1}', "application/json", "request-id: req_1")
OWN = {
    "default_headers": {"x-mine": "1"},
    "default_query": {"mine": 1},
    "auth_token": KEY,
}


def target(request: bytes) -> str:
    return request.split(b" ", 2)[1].decode()


def asked(*arguments: Any, **options: Any) -> Any:
    """Return what makes a request by hand of a client."""

    async def use(client: Any) -> Any:
        return await done(client.request(*arguments, **options))

    return use


# client.request --------------------------------------------------------------


@kinds
def test_a_path_goes_below_the_base_url_with_all_that_is_the_clients(kind: str) -> None:
    use = asked("post", "/v1/other?a=1", json={"b": [None, 1]}, params={"c": "d e"})
    with RawServer(GOOD) as server:
        answer = with_client(kind, f"{server.url}/base", use, **OWN)
    (request,) = server.requests

    assert request.startswith(b"POST ")
    assert target(request) == "/base/v1/other?a=1&mine=1&c=d+e"
    assert body_of(request) == {"b": [None, 1]}
    sent = headers_of(request)
    assert (sent["x-api-key"], sent["authorization"]) == (KEY, f"Bearer {KEY}")
    assert sent["x-mine"] == "1"
    assert sent["content-type"] == sent["accept"] == "application/json"
    assert sent["anthropic-version"] == "2023-06-01"
    assert sent["user-agent"].startswith("text-completions/")
    assert type(answer) is RawResponse
    assert (answer.status_code, answer.body, answer.request_id) == (
        200,
        {"a": 1},
        "req_1",
    )
    assert answer.parse() == {"a": 1}


@kinds
def test_a_url_of_the_same_origin_is_taken_as_it_is(kind: str) -> None:
    with RawServer(GOOD) as server:
        use = asked("GET", f"{server.url.upper().replace('HTTP', 'http')}/else#part")
        with_client(kind, f"{server.url}/base", use, **OWN)
    (request,) = server.requests

    assert target(request) == "/else?mine=1"
    assert headers_of(request)["x-api-key"] == KEY
    assert "content-type" not in headers_of(request)


@kinds
@pytest.mark.parametrize("own", [False, True])
def test_nothing_of_the_clients_goes_to_another_origin(own: bool, kind: str) -> None:
    given: dict[str, Any] = dict(OWN)
    if own:
        made: Any = httpx.Client if kind == "sync" else httpx.AsyncClient
        given["http_client"] = made(
            auth=("user", KEY),
            headers={"x-gateway": KEY, "authorization": KEY},
            cookies={"session": KEY},
            params={"key": KEY},
        )
    with RawServer(GOOD) as server, RawServer(GOOD) as other:
        use = asked("POST", f"{other.url}/x", json={}, headers={"x-said": "1"})
        answer = with_client(kind, server.url, use, **given)
    (request,) = other.requests

    assert answer.status_code == 200
    assert server.requests == []
    assert KEY.encode() not in request
    assert target(request) == "/x"
    sent = headers_of(request)
    assert sent.keys() & {"authorization", "cookie", "x-api-key", "x-mine"} == set()
    assert (sent["x-said"], sent["anthropic-version"]) == ("1", "2023-06-01")


@pytest.mark.parametrize(
    "place",
    [
        *["http://api.test@127.0.0.1:80/x", "http://api.test.example.com:80/x"],
        *["https://api.test/x", "http://api.test:81/x"],
    ],
)
def test_a_url_that_begins_like_the_base_url_is_another_origin(place: str) -> None:
    seen: list[httpx.Request] = []

    def answered(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    number: Any = 5
    http = httpx.Client(transport=httpx.MockTransport(answered))
    with Client(KEY, base_url="http://api.test", http_client=http) as client:
        client.request("GET", place)
        client.request("GET", "//elsewhere.test/x")
        client.request("GET", httpx.URL("http://api.test/a?b=1"))
        with pytest.raises(RequestValidationError, match="path: 5 is not a path or a"):
            client.request("GET", number)
    assert seen[2].url == "http://api.test/a?b=1"
    assert "x-api-key" not in seen[0].headers
    assert seen[1].url == "http://api.test/elsewhere.test/x"
    assert seen[1].headers["x-api-key"] == KEY


@kinds
def test_another_origin_needs_no_credentials(kind: str) -> None:
    with RawServer(GOOD) as server, RawServer(GOOD) as other:
        given = {"api_key": None}
        use = asked("GET", f"{other.url}/x")
        assert with_client(kind, server.url, use, **given).status_code == 200
        with pytest.raises(MissingCredentialsError):
            with_client(kind, server.url, asked("GET", "/x"), **given)
    assert server.requests == []


@kinds
def test_a_redirect_elsewhere_takes_no_key_along(kind: str) -> None:
    with RawServer(GOOD) as other:
        away = [head(307, f"location: {other.url}/x", "content-length: 0")]
        with RawServer(away) as server:
            with_client(kind, server.url, asked("GET", "/x"))
    assert KEY.encode() not in other.requests[0]


def test_headers_can_be_taken_away_and_put_in_place() -> None:
    use = asked("GET", "/x", headers={"X-API-Key": omit, "Accept": "text/plain"})
    with RawServer(GOOD) as server:
        with_client("sync", server.url, use)
    sent = headers_of(server.requests[0])
    assert "x-api-key" not in sent
    assert sent["accept"] == "text/plain"


@pytest.mark.parametrize("content", [b"\0\xff", bytearray(b"ab"), b""])
def test_bytes_go_as_they_are(content: Any) -> None:
    headers = {"content-type": "application/octet-stream"}
    use = asked("PUT", "/x", json=content, headers=headers)
    with RawServer(GOOD) as server:
        with_client("sync", server.url, use)
    request = server.requests[0]
    assert request.partition(b"\r\n\r\n")[2] == bytes(content)
    assert headers_of(request)["content-type"] == "application/octet-stream"


@kinds
def test_an_answer_can_be_read_piece_by_piece(kind: str) -> None:
    async def use(client: Any) -> Any:
        opened = await done(client.request("GET", "/x", stream=True))
        async with Entered(opened) as answer:
            assert not answer.is_closed
            lines = await listed(answer.iter_lines())
        assert answer.is_closed
        return lines

    with RawServer(streamed(event(" a"))) as server:
        lines = with_client(kind, server.url, use)
    assert lines[0] == "event: completion"


@kinds
def test_what_is_not_json_stays_text(kind: str) -> None:
    with RawServer(whole(200, b"<html>", "text/html")) as server:
        answer = with_client(kind, server.url, asked("GET", "/x"))
    assert answer.body == answer.parse() == "<html>"


def test_the_documents_own_paths_can_be_asked_for(mock: str) -> None:
    with Client(**settings(mock)) as client:
        answer = client.request("POST", "/v1/complete", json=ARGUMENTS)
        expected = client.completions.create(**ARGUMENTS)
    assert answer.body["completion"] == expected.completion


# Errors ----------------------------------------------------------------------


@kinds
@pytest.mark.parametrize(
    ("status", "error"),
    [(404, NotFoundError), (418, APIStatusError), (529, OverloadedError)],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_status_raises_its_error(
    status: int, error: Any, stream: bool, kind: str
) -> None:
    body = b'{"type":"error","error":{"type":"t","message":"m"}}'
    with RawServer(whole(status, body)) as server, pytest.raises(error) as caught:
        with_client(kind, server.url, asked("GET", "/x", stream=stream))
    assert caught.value.status_code == status
    assert caught.value.type == "t"
    assert KEY not in str(caught.value.request.headers.raw)


@kinds
def test_retries_and_timeouts_are_those_of_the_call(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("text_completions_runtime._retry._FIRST_DELAY", 0.0)
    busy = whole(503, b"")
    with RawServer(busy, busy, busy, GOOD) as server:
        use = asked("GET", "/x", max_retries=math.inf)
        assert with_client(kind, server.url, use).retries_taken == 3
    with RawServer([STALL]) as server, pytest.raises(APITimeoutError):
        with_client(kind, server.url, asked("GET", "/x", timeout=0.1))


LOOP: list[Any] = []
LOOP.append(LOOP)


@kinds
@pytest.mark.parametrize(
    ("said", "parameter"),
    [
        ({"json": {"a": object()}}, "body.a"),
        ({"json": math.nan}, "body"),
        ({"json": {1j: 1}}, "body"),
        ({"json": LOOP}, "body"),
        ({"params": {"a": object()}}, "a"),
        ({"params": {"a": "x" * 70_000}}, "query"),
        ({"path_or_url": "ftp://127.0.0.1/x"}, "path"),
        ({"path_or_url": "http://"}, "path"),
        ({"path_or_url": "http://127.0.0.1:99999/"}, "path"),
        ({"path_or_url": "http://[::1/"}, "path"),
        ({"path_or_url": "/a\0b"}, "path"),
        ({"path_or_url": "x" * 70_000}, "path"),
        ({"method": "GE T"}, "method"),
        ({"method": ""}, "method"),
        ({"method": "ÄÖ"}, "method"),
        ({"headers": {"a b": "c"}}, "a b"),
        ({"headers": {"x-api-key": f"{KEY}\n"}}, "x-api-key"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_cannot_be_sent_is_refused(
    said: dict[str, Any], parameter: str, kind: str
) -> None:
    call = {"method": "POST", "path_or_url": "/x"} | said
    with RawServer(GOOD) as server, pytest.raises(RequestValidationError) as caught:
        with_client(kind, server.url, asked(**call))
    assert server.requests == []
    assert caught.value.parameter == parameter
    assert KEY not in str(caught.value)


# Verbs -----------------------------------------------------------------------


@kinds
@pytest.mark.parametrize("verb", ["get", "post", "put", "patch", "delete"])
def test_every_verb_sends_its_method_and_casts_its_answer(verb: str, kind: str) -> None:
    body = {} if verb == "get" else {"body": {"b": 1}}
    options = {
        "headers": {"x-said": "1"},
        "params": {"p": 2},
        "timeout": 5.0,
        "max_retries": 0,
        "extra_json": {"e": 3},
    }

    async def use(client: Any) -> Any:
        call = getattr(client, verb)
        return await done(call("/x", cast_to=Completion, **body, options=options))

    with RawServer(GOOD) as server:
        made = with_client(kind, server.url, use)
    (request,) = server.requests
    assert request.startswith(verb.upper().encode())
    assert target(request) == "/x?p=2"
    assert headers_of(request)["x-said"] == "1"
    assert headers_of(request)["x-api-key"] == KEY
    assert body_of(request) == ({"e": 3} if verb == "get" else {"b": 1, "e": 3})
    assert type(made) is Completion
    assert (made.a, made._request_id) == (1, "req_1")


@kinds
def test_the_verbs_raise_the_errors_of_every_call(kind: str) -> None:
    async def use(client: Any) -> Any:
        await done(client.post("/x", cast_to=object, body={}))

    with RawServer(whole(404, b"{}")) as server, pytest.raises(NotFoundError):
        with_client(kind, server.url, use)
    with RawServer([]) as server, pytest.raises(APIConnectionError):
        with_client(kind, server.url, use)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"header": {}}, "unknown option header; the options are headers, params"),
        ({"max_retries": -1}, "max_retries must be"),
        ({"timeout": "5"}, "timeout must be"),
    ],
)
@pytest.mark.parametrize("made", [Client, AsyncClient])
def test_a_wrong_option_is_a_mistake(
    options: dict[str, Any], words: str, made: Any
) -> None:
    async def use(client: Any) -> Any:
        await done(client.post("/x", cast_to=object, body=[1], options=options))

    kind = "sync" if made is Client else "asyncio"
    with RawServer(GOOD) as server, pytest.raises(TypeError, match=words):
        with_client(kind, server.url, use)
    assert server.requests == []


@kinds
@pytest.mark.parametrize("body", [[1], b"{}"], ids=repr)
def test_extra_members_for_a_body_that_is_not_an_object_are_refused(
    body: object, kind: str
) -> None:
    async def use(client: Any) -> Any:
        options = {"extra_json": {"a": 1}}
        await done(client.post("/x", cast_to=object, body=body, options=options))

    with (
        RawServer(GOOD) as server,
        pytest.raises(RequestValidationError, match="the body is not an object") as e,
    ):
        with_client(kind, server.url, use)
    assert server.requests == []
    assert e.value.parameter == "extra_json"


@kinds
def test_a_repeated_name_of_query_params_is_sent_as_often(kind: str) -> None:
    async def use(client: Any) -> Any:
        client = client.with_options(default_query=httpx.QueryParams("a=1&a=2&b=3"))
        params = httpx.QueryParams([("b", "x"), ("b", "y z"), ("c", "&")])
        await done(client.get("/x", cast_to=object, options={"params": params}))

    with RawServer(GOOD) as server:
        with_client(kind, server.url, use)
    assert target(server.requests[0]) == "/x?a=1&a=2&b=x&b=y+z&c=%26"


def test_the_options_are_not_changed() -> None:
    body, options = {"b": 1}, {"extra_json": {"e": 1}}
    before = json.dumps([body, options])

    async def use(client: Any) -> Any:
        client.post("/x", cast_to=object, body=body, options=options)

    with RawServer(GOOD) as server:
        with_client("sync", server.url, use)
    assert json.dumps([body, options]) == before
