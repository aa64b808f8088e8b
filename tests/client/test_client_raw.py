"""Raw answers: what came over HTTP, and on demand what the call would have returned."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
from typing import Any

import anyio
import httpx
import pytest

from text_completions import (
    APIConnectionError,
    APIResponseValidationError,
    AsyncStream,
    Client,
    OverloadedError,
    RateLimitError,
    RawResponse,
    Stream,
    types,
)
from text_completions.types import Completion

from .calls import (
    ARGUMENTS,
    KEY,
    MESSAGE,
    Entered,
    done,
    kinds,
    listed,
    with_client,
)
from .raw_server import (
    JSON_HEAD,
    RESET,
    STALL,
    STREAM_HEAD,
    RawServer,
    chunk,
    event,
    streamed,
    whole,
)

# trio warns of generators that are left early, httpx's own among them; they close.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")

GOOD = whole(
    200,
    b'{"type":"completion","id":"x","completion":" a","n":1}',
    "application/json",
    "request-id: req_1",
    "anthropic-workspace-id: wrkspc_1",
)


def raw(client: Any, where: str) -> Any:
    """Find the raw calls: on the resource or on the client they are the same."""
    if where == "resource":
        return client.completions.with_raw_response
    return client.with_raw_response.completions


def streaming(client: Any, where: str) -> Any:
    if where == "resource":
        return client.completions.with_streaming_response
    return client.with_streaming_response.completions


places = pytest.mark.parametrize("where", ["resource", "client"])

# Raw answers -----------------------------------------------------------------


@kinds
@places
def test_a_raw_answer_tells_all_that_came_over_http(where: str, kind: str) -> None:
    async def use(client: Any) -> Any:
        return await done(raw(client, where).create(**ARGUMENTS))

    with RawServer(GOOD) as server:
        answer = with_client(kind, server.url, use)

    assert type(answer) is RawResponse
    assert (answer.status_code, answer.method) == (200, "POST")
    assert answer.url == f"{server.url}/v1/complete"
    assert answer.headers["content-type"] == "application/json"
    assert (answer.request_id, answer.workspace_id) == ("req_1", "wrkspc_1")
    assert answer.retries_taken == 0
    assert answer.http_version == "HTTP/1.1"
    assert answer.is_closed
    assert answer.elapsed > datetime.timedelta(0)
    assert answer.content == GOOD[1]
    assert answer.text == answer.content.decode()
    assert answer.body == answer.json() == json.loads(answer.text)
    assert isinstance(answer.http_response, httpx.Response)
    assert json.loads(answer.http_request.content)["prompt"] == ARGUMENTS["prompt"]
    assert repr(answer) == "<RawResponse [200 X]>"


@kinds
def test_a_raw_answer_becomes_what_the_call_returns(kind: str) -> None:
    async def use(client: Any) -> Any:
        answer = await done(raw(client, "resource").create(**ARGUMENTS))
        return (
            answer.parse(),
            answer.parse(),
            await done(client.completions.create(**ARGUMENTS)),
        )

    with RawServer(GOOD) as server:
        first, second, plain = with_client(kind, server.url, use)

    assert first is second
    assert type(first) is Completion
    assert first == plain
    assert (first._request_id, first._workspace_id) == ("req_1", "wrkspc_1")


@kinds
def test_a_raw_stream_becomes_the_stream(kind: str) -> None:
    async def use(client: Any) -> Any:
        answer = await done(raw(client, "client").create(**ARGUMENTS, stream=True))
        assert not answer.is_closed
        stream = answer.parse()
        assert stream is answer.parse()
        events = await listed(stream)
        assert answer.is_closed
        final = await done(stream.get_final_completion())
        return type(stream), events, final

    with RawServer(streamed(event(" a"), event(" b", "max_tokens"))) as server:
        made, events, final = with_client(kind, server.url, use)

    assert made is (Stream if kind == "sync" else AsyncStream)
    assert [one.completion for one in events] == [" a", " b"]
    assert final.completion == " a b"


@kinds
def test_messages_have_raw_answers_too(kind: str, mock: str) -> None:
    async def use(client: Any) -> Any:
        create = client.messages.with_raw_response.create
        return (await done(create(**MESSAGE))).parse()

    assert type(with_client(kind, mock, use)) is types.Message


@kinds
def test_retries_are_counted_and_errors_are_raised(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("text_completions_runtime._retry._FIRST_DELAY", 0.0)

    async def use(client: Any) -> Any:
        return (await done(raw(client, "resource").create(**ARGUMENTS))).retries_taken

    busy = whole(529, b'{"error":{"type":"overloaded_error"}}')
    with RawServer(busy, busy, GOOD) as server:
        assert with_client(kind, server.url, use, max_retries=2) == 2
    with RawServer(busy) as server, pytest.raises(OverloadedError):
        with_client(kind, server.url, use, max_retries=1)
    assert len(server.requests) == 2


@kinds
def test_a_response_that_is_not_a_stream_can_be_read_and_not_parsed(kind: str) -> None:
    async def use(client: Any) -> Any:
        answer = await done(raw(client, "client").create(**ARGUMENTS, stream=True))
        assert answer.is_closed
        assert answer.json() == {"completion": " a"}
        assert answer.parse(to=Completion).completion == " a"
        with pytest.raises(APIResponseValidationError, match="stream of events"):
            answer.parse()

    with RawServer(whole(200, b'{"completion": " a"}')) as server:
        with_client(kind, server.url, use)


@kinds
def test_a_body_that_is_cut_is_an_error_of_ours(kind: str) -> None:
    async def use(client: Any) -> Any:
        await done(raw(client, "resource").create(**ARGUMENTS, stream=True))

    with (
        RawServer([JSON_HEAD, chunk(b"{"), RESET]) as server,
        pytest.raises(APIConnectionError) as caught,
    ):
        with_client(kind, server.url, use)
    assert KEY not in str(caught.value.request.headers.raw)


# Other types -----------------------------------------------------------------

BODY = b'{"completion": " a", "list": [1, {"completion": " b"}], "n": 1.0}'
CASTS: list[tuple[bytes, Any, Any]] = [
    (BODY, Completion, Completion.from_dict(json.loads(BODY))),
    (BODY, dict, json.loads(BODY)),
    (BODY, dict[str, object], json.loads(BODY)),
    (BODY, object, json.loads(BODY)),
    (BODY, Any, json.loads(BODY)),
    (BODY, str, BODY.decode()),
    (BODY, bytes, BODY),
    (BODY, None, None),
    (BODY, type(None), None),
    (
        b'{"a": {"id": "x"}}',
        dict[str, Completion],
        {"a": Completion.from_dict({"id": "x"})},
    ),
    (b'[{"id": "x"}]', list[Completion], [Completion.from_dict({"id": "x"})]),
    (b"[1, 2]", list, [1, 2]),
    (b"[1, 2]", list[int], [1, 2]),
    (b"[[1], []]", list[list[float]], [[1], []]),
    (b"7", int, 7),
    (b"7", float, 7),
    (b"7.5", float, 7.5),
    (b"true", bool, True),
    (b"null", object, None),
]
MISFITS: list[tuple[bytes, Any]] = [
    (b"[]", Completion),
    (b"{}", list),
    (b"[]", dict),
    (b'["a"]', list[int]),
    (b"[[1], 2]", list[list[int]]),
    (b'{"a": []}', dict[str, Completion]),
    (b"7.5", int),
    (b"true", int),
    (b"1", bool),
    (b'"7"', float),
    (b"7.0", int),
    (b"{", object),
    (b"{", Completion),
    (b"", dict),
]


async def _cast(client: Any, to: Any) -> Any:
    answer = await done(raw(client, "resource").create(**ARGUMENTS))
    return answer.parse(to=to)


@pytest.mark.parametrize(("body", "to", "expected"), CASTS, ids=str)
def test_an_answer_becomes_the_type_that_is_asked_for(
    body: bytes, to: Any, expected: Any
) -> None:
    with RawServer(whole(200, body)) as server:
        made = with_client("sync", server.url, lambda client: _cast(client, to))

    assert made == expected
    assert type(made) is type(expected)


@kinds
def test_a_verb_returns_the_type_that_is_asked_for(kind: str) -> None:
    with RawServer(whole(200, b"[7]")) as server:
        made = with_client(
            kind, server.url, lambda client: done(client.get("/x", cast_to=list[int]))
        )
    assert made == [7]


@pytest.mark.parametrize(("body", "to"), MISFITS, ids=str)
def test_an_answer_of_another_type_is_refused(body: bytes, to: Any) -> None:
    with (
        RawServer(whole(200, body)) as server,
        pytest.raises(APIResponseValidationError) as caught,
    ):
        with_client("sync", server.url, lambda client: _cast(client, to))
    assert caught.value.status_code == 200


@pytest.mark.parametrize("to", [set, tuple, complex, Client, "str", 7], ids=str)
def test_a_type_that_no_answer_has_is_a_mistake(to: Any) -> None:
    with RawServer(GOOD) as server, pytest.raises(TypeError, match="cast_to must be"):
        with_client("sync", server.url, lambda client: _cast(client, to))


def test_the_answer_itself_may_be_asked_for() -> None:
    with RawServer(GOOD) as server:
        one = with_client("sync", server.url, lambda c: _cast(c, httpx.Response))
    assert (type(one), one.status_code) == (httpx.Response, 200)
    assert KEY not in str(one.request.headers.raw)


# Streamed answers ------------------------------------------------------------


@kinds
@places
@pytest.mark.parametrize("how", ["read", "text", "json", "bytes", "chars", "lines"])
def test_a_body_can_be_read_in_every_way(how: str, where: str, kind: str) -> None:
    async def use(client: Any) -> Any:
        async with Entered(streaming(client, where).create(**ARGUMENTS)) as answer:
            assert not answer.is_closed
            assert (answer.status_code, answer.request_id) == (200, "req_1")
            if how in {"read", "text", "json"}:
                told = await done(getattr(answer, how)())
                return told if how != "read" else told.decode()
            if how == "bytes":
                return b"".join(await listed(answer.iter_bytes(7))).decode()
            if how == "chars":
                pieces = await listed(answer.iter_text(5))
                assert {len(one) for one in pieces[:-1]} == {5}
                return "".join(pieces)
            return "".join(await listed(answer.iter_lines()))

    with RawServer(GOOD) as server:
        told = with_client(kind, server.url, use)
    text = GOOD[1].decode()  # type: ignore[union-attr]
    assert told == (json.loads(text) if how == "json" else text)


@kinds
def test_a_streamed_answer_is_parsed(kind: str) -> None:
    async def use(client: Any) -> Any:
        create = streaming(client, "resource").create
        async with Entered(create(**ARGUMENTS)) as answer:
            assert type(await done(answer.parse(to=dict))) is dict
            plain = await done(answer.parse())
            assert plain is await done(answer.parse())
        async with Entered(create(**ARGUMENTS, stream=True)) as answer:
            stream = await done(answer.parse())
            events = await listed(stream)
        return plain, events

    with RawServer(GOOD, GOOD[:0] + streamed(event(" a", "max_tokens"))) as server:
        plain, events = with_client(kind, server.url, use)
    assert type(plain) is Completion
    assert [one.completion for one in events] == [" a"]


@kinds
def test_leaving_the_block_closes_the_connection(kind: str) -> None:
    async def use(client: Any) -> Any:
        create = streaming(client, "client").create
        async with Entered(create(**ARGUMENTS, stream=True)) as answer:
            lines = answer.iter_lines()
            first = await anext(lines) if kind != "sync" else next(lines)
            assert first == "event: completion"
        assert answer.is_closed
        await anyio.to_thread.run_sync(server.wait_until_left)

    with RawServer([STREAM_HEAD, chunk(event(" a")), STALL]) as server:
        with_client(kind, server.url, use)


@kinds
def test_nothing_is_sent_before_the_block_begins(kind: str) -> None:
    async def use(client: Any) -> Any:
        opening = streaming(client, "resource").create(**ARGUMENTS)
        assert server.requests == []
        async with Entered(opening) as answer:
            await done(answer.close())
            assert answer.is_closed

    with RawServer(GOOD) as server:
        with_client(kind, server.url, use)
    assert len(server.requests) == 1


@kinds
@pytest.mark.parametrize("how", ["read", "iter_bytes", "iter_text", "iter_lines"])
def test_a_fault_while_reading_is_an_error_of_ours(how: str, kind: str) -> None:
    async def use(client: Any) -> Any:
        async with Entered(streaming(client, "resource").create(**ARGUMENTS)) as one:
            told = getattr(one, how)()
            await (done(told) if how == "read" else listed(told))

    with (
        RawServer([JSON_HEAD, chunk(b"{"), RESET]) as server,
        pytest.raises(APIConnectionError) as caught,
    ):
        with_client(kind, server.url, use)
    assert isinstance(caught.value.__cause__, httpx.HTTPError)
    assert KEY not in str(caught.value.request.headers.raw)


@kinds
def test_an_error_of_the_server_is_raised_when_the_block_begins(kind: str) -> None:
    async def use(client: Any) -> Any:
        async with Entered(streaming(client, "resource").create(**ARGUMENTS)):
            raise AssertionError

    with RawServer(whole(429, b"{}")) as server, pytest.raises(RateLimitError):
        with_client(kind, server.url, use)


# Secrets ---------------------------------------------------------------------


@kinds
@pytest.mark.parametrize("how", ["raw", "streamed", "request", "verb"])
def test_no_key_is_anywhere_in_a_raw_answer(how: str, kind: str) -> None:
    async def use(client: Any) -> Any:
        if how == "raw":
            return await done(raw(client, "resource").create(**ARGUMENTS))
        if how == "request":
            return await done(client.request("POST", "/x", json={}))
        if how == "verb":
            return await done(client.get("/x", cast_to=httpx.Response))
        create = streaming(client, "resource").create
        async with Entered(create(**ARGUMENTS)) as answer:
            await done(answer.read())
        return answer

    with RawServer(GOOD) as server:
        answer = with_client(kind, server.url, use, auth_token=KEY)
    response = answer if how == "verb" else answer.http_response

    assert KEY.encode() in server.requests[0]
    assert response.request.headers["x-api-key"] == "***"
    assert response.request.headers["authorization"] == "***"
    for told in (repr(answer), repr(response.request.headers.raw), response):
        assert KEY.encode() not in pickle.dumps(told)
    assert KEY not in repr(answer)


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
def test_a_raw_answer_is_not_copied_with_its_client(copied: Any) -> None:
    async def use(client: Any) -> Any:
        return client.request("GET", "/x")

    with RawServer(GOOD) as server:
        answer = with_client("sync", server.url, use)
    with pytest.raises(TypeError, match="take its `http_response`"):
        copied(answer)


@kinds
def test_a_line_separator_within_a_json_string_ends_no_line(kind: str) -> None:
    async def use(client: Any) -> Any:
        create = streaming(client, "client").create
        async with Entered(create(**ARGUMENTS, stream=True)) as answer:
            return await listed(answer.iter_lines())

    data = 'data: {"completion": "a\u2028b", "stop_reason": "max_tokens"}'
    with RawServer(streamed(f"event: completion\r\n{data}\n\n".encode())) as server:
        lines = with_client(kind, server.url, use)
    assert lines == ["event: completion", data, ""]
