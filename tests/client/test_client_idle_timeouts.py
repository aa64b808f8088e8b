"""An idle timeout bounds the wait for an event, and nothing else."""

from __future__ import annotations

import pickle
import time
from typing import Any

import anyio
import httpx
import httpx2
import pytest

from text_completions import APITimeoutError, AsyncClient, Client

from .calls import ARGUMENTS, complete, kinds, settings
from .raw_server import (
    BODY,
    END,
    PING,
    STALL,
    STREAM_HEAD,
    Act,
    Drip,
    RawServer,
    chunk,
    event,
)
from .test_client_deadlines import LAST, no_hang

IDLE = 0.3

# trio warns of generators that are left early, httpx's own among them; they close.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")

COMMENT = chunk(b": still here\n\n")
WAITS: dict[str, list[Act]] = {
    "silence": [STALL],
    "pings": [Drip(chunk(PING))],
    "comments": [Drip(COMMENT)],
    "an unfinished event": [Drip(chunk(b"data: a"))],
    "the size of a chunk": [Drip(b"0")],
    "unknown events": [Drip(chunk(b"event: later\ndata: {}\n\n"))],
}


@kinds
@pytest.mark.parametrize("seen", [0, 1])
@pytest.mark.parametrize("wait", WAITS)
def test_a_wait_without_an_event_has_an_end(wait: str, seen: int, kind: str) -> None:
    handed: list[Any] = []
    first = [chunk(event(" a"))] * seen
    with RawServer([STREAM_HEAD, *first, *WAITS[wait]]) as server:
        with no_hang(), pytest.raises(APITimeoutError, match="idle timeout of") as one:
            complete(kind, server.url, {"stream": True}, handed, idle_timeout=IDLE)
        server.wait_until_left()
        assert len(server.requests) == 1

    assert len(handed) == seen
    assert "sk-test" not in str(one.value.request.headers.raw)
    assert str(pickle.loads(pickle.dumps(one.value))) == str(one.value)


@kinds
def test_every_event_begins_a_new_wait(kind: str) -> None:
    events = Drip(chunk(event(" a")), times=12, every=0.05)
    with RawServer([STREAM_HEAD, events, LAST, END]) as server:
        answer = complete(kind, server.url, {"stream": True}, idle_timeout=0.5)

    assert len(answer) == 13


@kinds
def test_the_time_of_the_caller_does_not_count(kind: str) -> None:
    acts: list[Act] = [STREAM_HEAD, chunk(event(" a")), chunk(PING), LAST, END]
    seen: list[Any] = []
    with RawServer(acts) as server:
        given = settings(server.url, idle_timeout=IDLE)

        async def run() -> None:
            async with AsyncClient(**given) as client:
                stream: Any = await client.completions.create(**ARGUMENTS, stream=True)
                await anyio.sleep(2 * IDLE)
                async for one in stream:
                    seen.append(one)
                    await anyio.sleep(2 * IDLE)

        if kind == "sync":
            with Client(**given) as client:
                stream = client.completions.create(**ARGUMENTS, stream=True)
                time.sleep(2 * IDLE)
                for one in stream:
                    seen.append(one)
                    time.sleep(2 * IDLE)
        else:
            anyio.run(run, backend=kind)

    assert [one.completion for one in seen] == [" a", " b"]


@kinds
def test_a_stream_that_is_whole_is_not_waited_for_in_vain(kind: str) -> None:
    with RawServer([STREAM_HEAD, LAST, STALL]) as server, no_hang():
        events = complete(kind, server.url, {"stream": True}, idle_timeout=IDLE)

    assert len(events) == 1


@kinds
def test_a_response_that_is_not_a_stream_has_no_idle_timeout(kind: str) -> None:
    slow = [
        b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n" % len(BODY),
        Drip(b"x: y\r\n", times=20),
        b"\r\n" + BODY,
    ]
    with RawServer(slow) as server:
        assert complete(kind, server.url, idle_timeout=0.1).id == "x"


@kinds
def test_whichever_limit_comes_first_is_named(kind: str) -> None:
    with RawServer([STREAM_HEAD, Drip(chunk(PING))]) as server:
        for limits, named in (
            ({"deadline": 0.2, "idle_timeout": 60}, "the deadline of 0.2 s"),
            ({"deadline": 60, "idle_timeout": 0.2}, "the idle timeout of 0.2 s"),
        ):
            with no_hang(), pytest.raises(APITimeoutError, match=named):
                complete(kind, server.url, {"stream": True}, **limits)


def test_text_and_the_final_answer_have_the_same_limit() -> None:
    with (
        RawServer([STREAM_HEAD, chunk(event(" a")), Drip(chunk(PING))]) as server,
        Client(**settings(server.url)) as client,
    ):
        for read in (
            lambda stream: list(stream.text_stream),
            lambda stream: stream.get_final_completion(),
            next,
        ):
            stream = client.completions.create(
                **ARGUMENTS, stream=True, idle_timeout=IDLE
            )
            assert next(stream).completion == " a"
            with no_hang(), pytest.raises(APITimeoutError):
                read(stream)


@kinds
@pytest.mark.parametrize("made", [httpx, httpx2])
@pytest.mark.parametrize("timeout", [60, None])
@pytest.mark.parametrize("wait", ["silence", "pings"])
def test_an_http_client_of_the_callers_keeps_the_idle_timeout(
    wait: str, timeout: float | None, made: Any, kind: str
) -> None:
    client = made.Client if kind == "sync" else made.AsyncClient
    http: Any = client(timeout=timeout)
    with RawServer([STREAM_HEAD, chunk(event(" a")), *WAITS[wait]]) as server:
        with no_hang(), pytest.raises(APITimeoutError, match="idle timeout of"):
            complete(
                kind, server.url, {"stream": True}, idle_timeout=IDLE, http_client=http
            )
        server.wait_until_left()
