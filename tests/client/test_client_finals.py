"""The whole answer of a stream: what its events add up to, and what of it arrived."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from text_completions import (
    APIConnectionError,
    Client,
    OverloadedError,
)
from text_completions.types import Completion, Message

from .calls import ARGUMENTS, MESSAGE, done, kinds, listed, settings, with_client
from .raw_server import RESET, STREAM_HEAD, RawServer, chunk, event, streamed

# trio warns of generators that are left early, httpx's own among them; they close.
pytestmark = pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")

RESOURCES = {"completion": ARGUMENTS, "message": MESSAGE}
resources = pytest.mark.parametrize("name", RESOURCES)


async def following(stream: Any) -> Any:
    return next(stream) if hasattr(stream, "__next__") else await anext(stream)


async def final_of(stream: Any, name: str) -> Any:
    return await done(getattr(stream, f"get_final_{name}")())


def with_stream(
    kind: str, url: str, name: str, use: Any, call: dict[str, Any] | None = None
) -> Any:
    """Open a stream of a resource, and do something with it."""

    async def used(client: Any) -> Any:
        create = getattr(client, f"{name}s").create
        arguments = RESOURCES[name] | (call or {})
        return await use(await done(create(**arguments, stream=True)), name)

    return with_client(kind, url, used)


def whole(url: str, name: str) -> Any:
    with Client(**settings(url)) as client:
        resource: Any = getattr(client, f"{name}s")
        return resource.create(**RESOURCES[name])


async def amidst(stream: Any, name: str) -> Any:
    await following(stream)
    return await final_of(stream, name)


async def after(stream: Any, name: str) -> Any:
    await listed(stream)
    return await final_of(stream, name)


async def after_text(stream: Any, name: str) -> Any:
    await listed(stream.text_stream)
    return await final_of(stream, name)


async def again(stream: Any, name: str) -> Any:
    assert await final_of(stream, name) == await final_of(stream, name)
    return await final_of(stream, name)


@kinds
@resources
@pytest.mark.parametrize("when", [final_of, amidst, after, after_text, again])
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
    final = with_stream(kind, mock, "completion", final_of, old)

    assert final.completion == whole(mock, "completion").completion


@kinds
@resources
def test_after_leaving_early_there_is_no_final_response(
    name: str, kind: str, mock: str
) -> None:
    async def left(stream: Any, name: str) -> None:
        await following(stream)
        await done(stream.close())
        await final_of(stream, name)

    with pytest.raises(RuntimeError, match="closed before its end"):
        with_stream(kind, mock, name, left)


@kinds
def test_what_was_read_to_its_end_may_be_closed(kind: str, mock: str) -> None:
    async def read(stream: Any, name: str) -> Any:
        events = await listed(stream)
        await done(stream.close())
        return events, await final_of(stream, name)

    events, final = with_stream(kind, mock, "completion", read)
    assert final.completion == "".join(one.completion for one in events)


@kinds
@pytest.mark.parametrize(
    ("name", "other"), [("completion", "message"), ("message", "completion")]
)
def test_a_stream_adds_up_to_nothing_else(
    name: str, other: str, kind: str, mock: str
) -> None:
    async def of_another(stream: Any, _: str) -> Any:
        return await final_of(stream, other)

    with pytest.raises(TypeError, match=f"does not add up to a {other.title()}"):
        with_stream(kind, mock, name, of_another)


@kinds
def test_a_stream_that_is_cut_tells_what_had_arrived(kind: str) -> None:
    acts = [STREAM_HEAD, chunk(event(" a") + event(" b") + event(" c")[:30]), RESET]
    with RawServer(acts) as server, pytest.raises(APIConnectionError) as caught:
        with_stream(kind, server.url, "completion", final_of)

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
def test_partial_is_none_if_nothing_had_arrived(kind: str) -> None:
    with (
        RawServer([STREAM_HEAD, RESET]) as server,
        pytest.raises(APIConnectionError) as caught,
    ):
        with_stream(kind, server.url, "completion", final_of)

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
        with_stream(kind, server.url, "completion", final_of)


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
def test_a_message_with_unknown_parts_adds_up_to_the_known_ones(kind: str) -> None:
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
