"""The whole answer of a stream: what its events add up to, and what of it arrived."""

from __future__ import annotations

import json
import pickle
from typing import Any

import anyio
import pytest

from text_completions import (
    APIConnectionError,
    AsyncClient,
    Client,
    OverloadedError,
)
from text_completions.types import Completion, Message

from .calls import ARGUMENTS, MESSAGE, kinds, settings
from .raw_server import RESET, STREAM_HEAD, RawServer, chunk, event, streamed

# trio warns of generators that are left early, httpx's own among them; they close.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")

RESOURCES = {"completion": ARGUMENTS, "message": MESSAGE}
resources = pytest.mark.parametrize("name", RESOURCES)


class Twin:
    """A stream of either client, used alike: everything is awaited."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    async def _done(self, result: Any) -> Any:
        return await result if hasattr(result, "__await__") else result

    async def next(self) -> Any:
        sync = hasattr(self.stream, "__next__")
        return next(self.stream) if sync else await anext(self.stream)

    async def each(self, several: Any) -> list[Any]:
        if hasattr(several, "__aiter__"):
            return [one async for one in several]
        return list(several)

    async def final(self, name: str) -> Any:
        return await self._done(getattr(self.stream, f"get_final_{name}")())

    async def close(self) -> None:
        await self._done(self.stream.close())


def with_stream(
    kind: str, url: str, name: str, use: Any, call: dict[str, Any] | None = None
) -> Any:
    """Open a stream of a resource, and do something with it."""
    arguments = RESOURCES[name] | (call or {})

    async def used() -> Any:
        if kind == "sync":
            with Client(**settings(url)) as client:
                resource: Any = getattr(client, f"{name}s")
                return await use(Twin(resource.create(**arguments, stream=True)), name)
        async with AsyncClient(**settings(url)) as aclient:
            aresource: Any = getattr(aclient, f"{name}s")
            opened = await aresource.create(**arguments, stream=True)
            return await use(Twin(opened), name)

    return anyio.run(used, backend="asyncio" if kind == "sync" else kind)


def whole(url: str, name: str) -> Any:
    with Client(**settings(url)) as client:
        resource: Any = getattr(client, f"{name}s")
        return resource.create(**RESOURCES[name])


async def before(stream: Twin, name: str) -> Any:
    return await stream.final(name)


async def amidst(stream: Twin, name: str) -> Any:
    await stream.next()
    return await stream.final(name)


async def after(stream: Twin, name: str) -> Any:
    await stream.each(stream.stream)
    return await stream.final(name)


async def after_text(stream: Twin, name: str) -> Any:
    await stream.each(stream.stream.text_stream)
    return await stream.final(name)


async def again(stream: Twin, name: str) -> Any:
    assert await stream.final(name) == await stream.final(name)
    return await stream.final(name)


@kinds
@resources
@pytest.mark.parametrize("when", [before, amidst, after, after_text, again])
def test_the_final_answer_is_that_of_the_call_without_stream(
    when: Any, name: str, kind: str, mock: str
) -> None:
    final = with_stream(kind, mock, name, when)
    expected = whole(mock, name)

    assert type(final) is {"completion": Completion, "message": Message}[name]
    members = final.to_dict().keys() | final.REQUIRED  # others may be in no event
    wanted = {key: one for key, one in expected.to_dict().items() if key in members}
    assert final.to_dict() | {"id": 0, "log_id": 0} == wanted | {"id": 0, "log_id": 0}
    assert final._request_id.startswith("req_")


@kinds
def test_the_final_completion_is_the_same_in_both_versions(
    kind: str, mock: str
) -> None:
    old = {"anthropic_version": "2023-01-01"}
    final = with_stream(kind, mock, "completion", before, old)

    assert final.completion == whole(mock, "completion").completion


@kinds
@resources
def test_after_leaving_early_there_is_no_final_answer(
    name: str, kind: str, mock: str
) -> None:
    async def left(stream: Twin, name: str) -> None:
        await stream.next()
        await stream.close()
        await stream.final(name)

    with pytest.raises(RuntimeError, match="closed before its end"):
        with_stream(kind, mock, name, left)


@kinds
def test_what_was_read_to_its_end_may_be_closed(kind: str, mock: str) -> None:
    async def read(stream: Twin, name: str) -> Any:
        events = await stream.each(stream.stream)
        await stream.close()
        return events, await stream.final(name)

    events, final = with_stream(kind, mock, "completion", read)
    assert final.completion == "".join(one.completion for one in events)


@kinds
@pytest.mark.parametrize(
    ("name", "other"), [("completion", "message"), ("message", "completion")]
)
def test_a_stream_adds_up_to_nothing_else(
    name: str, other: str, kind: str, mock: str
) -> None:
    async def of_another(stream: Twin, _: str) -> Any:
        return await stream.final(other)

    with pytest.raises(TypeError, match=f"does not add up to a {other.title()}"):
        with_stream(kind, mock, name, of_another)


@kinds
def test_a_stream_that_is_cut_tells_what_had_arrived(kind: str) -> None:
    acts = [STREAM_HEAD, chunk(event(" a") + event(" b") + event(" c")[:30]), RESET]
    with RawServer(acts) as server, pytest.raises(APIConnectionError) as caught:
        with_stream(kind, server.url, "completion", before)

    partial = caught.value.partial
    assert isinstance(partial, Completion)
    assert (partial.completion, partial.stop_reason) == (" a b", None)
    copied = pickle.loads(pickle.dumps(caught.value))
    assert copied.partial == partial


@kinds
def test_a_stream_that_ends_early_tells_what_had_arrived(kind: str) -> None:
    with (
        RawServer(streamed(event(" a"), event(" b"))) as server,
        pytest.raises(APIConnectionError, match="ended early") as caught,
    ):
        with_stream(kind, server.url, "completion", after)

    assert getattr(caught.value.partial, "completion", None) == " a b"


@kinds
def test_where_nothing_had_arrived_nothing_is_told(kind: str) -> None:
    with (
        RawServer([STREAM_HEAD, RESET]) as server,
        pytest.raises(APIConnectionError) as caught,
    ):
        with_stream(kind, server.url, "completion", before)

    assert caught.value.partial is None


def test_a_call_without_answer_has_no_part_of_one() -> None:
    with (
        RawServer([]) as server,
        Client(**settings(server.url)) as client,
        pytest.raises(APIConnectionError) as caught,
    ):
        client.completions.create(**ARGUMENTS)

    assert caught.value.partial is None


@kinds
def test_an_error_event_raises_instead_of_a_final_answer(kind: str) -> None:
    error = b'event: error\ndata: {"error":{"type":"overloaded_error"}}\n\n'
    with (
        RawServer(streamed(event(" a"), error)) as server,
        pytest.raises(OverloadedError),
    ):
        with_stream(kind, server.url, "completion", before)


def sse(data: dict[str, Any]) -> bytes:
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode()


def delta(index: int, one: dict[str, Any]) -> bytes:
    return sse({"type": "content_block_delta", "index": index, "delta": one})


def text_delta(index: int, text: str) -> bytes:
    return delta(index, {"type": "text_delta", "text": text})


def block(index: int, one: dict[str, Any]) -> bytes:
    start = {"type": "content_block_start", "index": index, "content_block": one}
    return sse(start)


USAGE = {"input_tokens": 9, "output_tokens": 1, "cache": {"read": 2}}
FIRST = sse(
    {
        "type": "message_start",
        "message": {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "content": [],
            "model": "m",
            "stop_reason": None,
            "stop_sequence": None,
            "usage": USAGE,
            "container": None,
        },
    }
)
LAST = sse(
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"input_tokens": None, "output_tokens": 7, "cache": None},
    }
) + sse({"type": "message_stop"})


@kinds
def test_a_message_of_a_later_day_adds_up_as_far_as_it_is_known(kind: str) -> None:
    body = [
        FIRST,
        block(0, {"type": "thinking", "thinking": ""}),
        block(1, {"type": "text", "text": ""}),
        delta(0, {"type": "thinking_delta", "thinking": "hm"}),
        text_delta(1, "Hel"),
        b"event: of_a_later_day\ndata: {}\n\n",
        block(2, {"type": "text", "text": "a"}),
        text_delta(2, "b"),
        text_delta(1, "lo"),
        delta(2, {"type": "citations_delta", "citation": {"a": 1}}),
        text_delta(9, "of no block"),
        LAST,
    ]
    with RawServer(streamed(*body)) as server:
        message = with_stream(kind, server.url, "message", after)

    told = message.to_dict()
    assert told["content"] == [
        {"type": "thinking", "thinking": ""},
        {"type": "text", "text": "Hello"},
        {"type": "text", "text": "ab"},
    ]
    assert told["usage"] == {**USAGE, "output_tokens": 7}
    assert (told["stop_reason"], told["stop_sequence"]) == ("end_turn", None)
    assert message.content[1].text == "Hello"


def test_the_events_of_a_message_stay_as_they_came() -> None:
    body = [FIRST, block(0, {"type": "text", "text": ""}), text_delta(0, "Hi"), LAST]
    with RawServer(streamed(*body)) as server, Client(**settings(server.url)) as client:
        stream = client.messages.create(**MESSAGE, stream=True)
        events: list[Any] = list(stream)
        stream.get_final_message()

    assert events[0].message.content == []
    assert events[0].message.usage.to_dict() == USAGE
    assert events[1].content_block.text == ""
