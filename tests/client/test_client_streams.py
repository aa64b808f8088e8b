"""Streams: leaving them, and what they must not be taken for."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from text_completions import (
    APIResponseValidationError,
    APIStatusError,
    AsyncClient,
    Client,
    OverloadedError,
    Stream,
)
from text_completions.types import CompletionEvent

from .calls import (
    ARGUMENTS,
    MESSAGE,
    Entered,
    complete,
    done,
    kinds,
    settings,
    with_client,
)
from .raw_server import STALL, STREAM_HEAD, RawServer, chunk, event, streamed, whole

TURNS = 10

# trio warns of generators that are left early, httpx's own among them; they close.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")


@contextmanager
def endless() -> Iterator[RawServer]:
    """A stream that never ends, and no garbage collector to clean up after us."""
    gc.collect()
    gc.disable()
    try:
        with RawServer(
            [STREAM_HEAD, chunk(event(" a") + event(" b")), STALL]
        ) as server:
            yield server
    finally:
        gc.enable()


def opened(client: Client) -> Stream[CompletionEvent]:
    return client.completions.create(**ARGUMENTS, stream=True)


@pytest.mark.parametrize("leave", ["break", "text", "with", "close", "forget", "next"])
def test_leaving_a_stream_frees_its_connection_at_once(leave: str) -> None:
    with endless() as server, Client(**settings(server.url)) as client:
        stream = opened(client)
        response = stream.response
        if leave == "break":
            for _ in stream:
                break
        elif leave == "text":
            for _ in stream.text_stream:
                break
        elif leave == "with":
            with stream:
                next(stream)
        elif leave == "close":
            stream.close()
        elif leave == "next":
            next(stream)
        if leave in {"forget", "next"}:
            assert not response.is_closed
            del stream
        assert response.is_closed
        server.wait_until_left()


def test_a_loop_over_a_temporary_stream_frees_its_connection() -> None:
    with endless() as server, Client(**settings(server.url)) as client:
        for _ in opened(client):
            break
        server.wait_until_left()


def test_a_stream_outlives_a_client_that_nobody_holds() -> None:
    with RawServer(
        [
            STREAM_HEAD,
            chunk(event(" a")),
            chunk(event(" b", "max_tokens")),
            b"0\r\n\r\n",
        ]
    ) as server:
        stream = opened(Client(**settings(server.url)))

        assert [one.completion for one in stream] == [" a", " b"]


def test_a_stream_that_is_held_stays_open() -> None:
    with endless() as server, Client(**settings(server.url)) as client:
        stream = opened(client)

        assert next(stream).completion == " a"
        assert not stream.response.is_closed
        assert next(stream).completion == " b"
        stream.close()
        server.wait_until_left()
        assert list(stream) == []


def test_a_finished_stream_gives_its_connection_back() -> None:
    with (
        RawServer(streamed(event(" a", "max_tokens"))) as server,
        Client(**settings(server.url)) as client,
    ):
        for _ in range(3):
            assert len(list(opened(client))) == 1
        assert len(server._open) == 1


async def _left_early(server: RawServer, leave: str) -> None:
    async with AsyncClient(**settings(server.url)) as client:
        stream = await client.completions.create(**ARGUMENTS, stream=True)
        if leave == "break":
            async for _ in stream:
                break
        elif leave == "text":
            async for _ in stream.text_stream:
                break
        elif leave == "with":
            async with stream:
                async for _ in stream:
                    break
        elif leave == "aclosing":
            async with aclosing(stream):
                await anext(stream)
        else:
            await anext(stream)
            assert not stream.response.is_closed
            await stream.close()
        for _ in range(TURNS):
            if stream.response.is_closed:
                break
            await anyio.lowlevel.checkpoint()
        assert stream.response.is_closed
        await anyio.to_thread.run_sync(server.wait_until_left)


@pytest.mark.parametrize("leave", ["break", "text", "with", "aclosing", "close"])
def test_leaving_an_async_stream_frees_its_connection_within_ten_turns(
    leave: str,
) -> None:
    with endless() as server:
        anyio.run(_left_early, server, leave)


@pytest.mark.parametrize("leave", ["with", "close"])
def test_leaving_a_stream_under_trio_frees_its_connection(leave: str) -> None:
    pytest.importorskip("trio", reason="trio is not installed")
    with endless() as server:
        anyio.run(_left_early, server, leave, backend="trio")


async def _cancelled(server: RawServer) -> None:
    arrived = anyio.Event()

    async def cancel(scope: anyio.CancelScope) -> None:
        await arrived.wait()
        scope.cancel()

    async with AsyncClient(**settings(server.url)) as client:
        stream = await client.completions.create(**ARGUMENTS, stream=True)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(cancel, tasks.cancel_scope)
            async for one in stream:
                if one.completion == " b":  # nothing comes after it: now it waits
                    arrived.set()
        assert tasks.cancel_scope.cancelled_caught
        assert stream.response.is_closed
        await anyio.to_thread.run_sync(server.wait_until_left)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_stream_frees_its_connection(backend: str) -> None:
    pytest.importorskip(backend, reason=f"{backend} is not installed")
    with endless() as server:
        anyio.run(_cancelled, server, backend=backend)


def test_an_interrupt_while_waiting_frees_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with endless() as server, Client(**settings(server.url)) as client:
        monkeypatch.setattr(
            "text_completions_runtime._streaming.reader.EventReader.feed", interrupted
        )
        with pytest.raises(KeyboardInterrupt):
            opened(client)
        server.wait_until_left()


# What a stream is not --------------------------------------------------------


@kinds
@pytest.mark.parametrize("media", ["application/json", "text/html"])
def test_a_response_that_is_not_a_stream_is_refused(media: str, kind: str) -> None:
    with (
        RawServer(whole(200, b'{"completion": " a"}', media)) as server,
        pytest.raises(
            APIResponseValidationError, match=f"stream of events and got {media}"
        ) as caught,
    ):
        complete(kind, server.url, {"stream": True})

    assert "completion" in caught.value.body


@kinds
@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("text/event-stream", event(" a", "max_tokens")),
        ("text/html", b"<html>"),
        ("application/json", b"{"),
        ("application/json", b"[]"),
    ],
)
def test_a_response_that_is_not_a_json_object_is_refused(
    media: str, body: bytes, kind: str
) -> None:
    with (
        RawServer(whole(200, body, media)) as server,
        pytest.raises(APIResponseValidationError) as caught,
    ):
        complete(kind, server.url)

    assert caught.value.status_code == 200
    assert caught.value.body is not None


@kinds
@pytest.mark.parametrize(
    "payload",
    [
        b'{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
        b'{"error":{"details":null,"type":"overloaded_error","message":"Overloaded"}}',
    ],
)
def test_an_error_event_raises_the_class_of_its_type(payload: bytes, kind: str) -> None:
    error = b"event: error\ndata: " + payload + b"\n\n"
    with (
        RawServer(streamed(event(" a"), error)) as server,
        pytest.raises(OverloadedError) as caught,
    ):
        complete(kind, server.url, {"stream": True})

    assert caught.value.type == "overloaded_error"
    assert caught.value.status_code == 200


@kinds
@pytest.mark.parametrize("how", ["plain", "raw", "streamed"])
def test_an_error_in_place_of_a_stream_raises_the_class_of_its_type(
    how: str, kind: str
) -> None:
    """As gateways send it, with status 200."""
    body = b'{"error":{"type":"overloaded_error","message":"Overloaded"}}'
    arguments = ARGUMENTS | {"stream": True}

    async def ask(client: Any) -> None:
        if how == "plain":
            await done(client.completions.create(**arguments))
        elif how == "raw":
            raw = client.completions.with_raw_response
            (await done(raw.create(**arguments))).parse()
        else:
            streaming = client.completions.with_streaming_response
            async with Entered(streaming.create(**arguments)) as response:
                await done(response.parse())

    with (
        RawServer(whole(200, body)) as server,
        pytest.raises(OverloadedError, match="Overloaded") as caught,
    ):
        with_client(kind, server.url, ask)
    assert caught.value.status_code == 200


@kinds
def test_unknown_events_are_ignored(kind: str) -> None:
    later = b"event: later\ndata: anything\n\nevent: ping\ndata: {}\n\n: hello\n\n"
    with RawServer(streamed(later, event(" a"), later, event("", "new"))) as server:
        events = complete(kind, server.url, {"stream": True})

    assert [one.stop_reason for one in events] == [None, "new"]


def test_an_error_before_the_first_byte_is_a_status() -> None:
    with (
        RawServer(whole(400, b'{"error": {"type": "x"}}')) as server,
        pytest.raises(APIStatusError, match="Error code: 400"),
    ):
        complete("sync", server.url, {"stream": True})


# Both versions ---------------------------------------------------------------


def test_text_grows_alike_in_both_versions(mock: str) -> None:
    with Client(**settings(mock)) as client:
        texts = [
            list(
                client.completions.create(
                    **ARGUMENTS, stream=True, anthropic_version=version
                ).text_stream
            )
            for version in ("2023-06-01", "2023-01-01")
        ]
        whole_text = client.completions.create(**ARGUMENTS).completion

    assert len(texts[0]) > 1
    assert texts[0] == texts[1]
    assert "".join(texts[0]) == whole_text


def test_old_events_are_cumulative_and_their_text_is_not() -> None:
    lines = [b'{"completion":" a","stop_reason":null,"model":"m"}']
    lines += [
        b'{"completion":" a b","stop_reason":"max_tokens","model":"m"}',
        b"[DONE]",
    ]
    body = b"".join(b"data: " + line + b"\r\n\r\n" for line in lines)
    old: dict[str, Any] = {"stream": True, "anthropic_version": "2023-01-01"}
    with RawServer(streamed(body)) as server, Client(**settings(server.url)) as client:
        events = list(client.completions.create(**ARGUMENTS, **old))
        texts = list(client.completions.create(**ARGUMENTS, **old).text_stream)

    assert [one.completion for one in events] == [" a", " a b"]
    assert texts == [" a", " b"]


def test_a_message_streams_typed_events(mock: str) -> None:
    with Client(**settings(mock)) as client:
        events = list(client.messages.create(**MESSAGE, stream=True))
        text = "".join(client.messages.create(**MESSAGE, stream=True).text_stream)
        message = client.messages.create(**MESSAGE)

    names = [one.type for one in events]
    assert names[0] == "message_start"
    assert names[-1] == "message_stop"
    assert {type(one).__name__ for one in events} >= {
        "MessageStartEvent",
        "ContentBlockDeltaEvent",
        "MessageDeltaEvent",
    }
    assert text == getattr(message.content[0], "text", None)


def test_a_stream_prints_the_status_of_its_response() -> None:
    with (
        endless() as server,
        Client(**settings(server.url)) as client,
        opened(client) as stream,
    ):
        assert repr(stream) == "<Stream [200 X]>"
