"""What type checkers must find out of raw answers and final ones. Never run."""

from __future__ import annotations

from typing import Any, Literal, assert_type

import httpx

from text_completions import (
    AsyncClient,
    AsyncStream,
    AsyncStreamedResponse,
    Client,
    RawResponse,
    RequestOptions,
    Stream,
    StreamedResponse,
)
from text_completions.types import Completion, CompletionEvent, Message

PROMPT = "\n\nHuman: Hello\n\nAssistant:"
client = Client()
aclient = AsyncClient()


def finals(stream: Stream[CompletionEvent]) -> None:
    assert_type(stream.get_final_completion(), Completion)
    stream.get_final_message()  # E: this one adds up to a completion
    assert_type(stream.response, httpx.Response)
    assert_type(stream.request_id, str | None)
    with stream as entered:
        assert_type(entered, Stream[CompletionEvent])
        assert_type(next(entered), CompletionEvent)


def messages() -> None:
    stream = client.messages.create(
        model="claude-2.1", max_tokens=5, messages=[], stream=True
    )
    assert_type(stream.get_final_message(), Message)
    stream.get_final_completion()  # E: this one adds up to a message
    for text in stream.text_stream:
        assert_type(text, str)


async def afinals(stream: AsyncStream[CompletionEvent]) -> None:
    assert_type(await stream.get_final_completion(), Completion)
    await stream.get_final_message()  # E: this one adds up to a completion
    async with stream as entered:
        assert_type(await anext(entered), CompletionEvent)


def raw(stream: bool) -> None:
    plain = client.completions.with_raw_response.create(
        model="claude-2.1", prompt=PROMPT, max_tokens_to_sample=5
    )
    assert_type(plain, RawResponse[Completion])
    assert_type(plain.parse(), Completion)
    streamed = client.with_raw_response.completions.create(
        model="claude-2.1", prompt=PROMPT, max_tokens_to_sample=5, stream=True
    )
    assert_type(streamed.parse(), Stream[CompletionEvent])
    either = client.completions.with_raw_response.create(
        model="claude-2.1", prompt=PROMPT, max_tokens_to_sample=5, stream=stream
    )
    assert_type(either.parse(), Completion | Stream[CompletionEvent])
    for create in (
        client.completions.with_raw_response.create,
        client.with_raw_response.completions.create,
    ):
        answer = create(model="claude-2.1", prompt=PROMPT, max_tokens_to_sample=5)
        assert_type(answer.status_code, int)
        assert_type(answer.headers, httpx.Headers)
        assert_type(answer.request_id, str | None)
        assert_type(answer.retries_taken, int)
        assert_type(answer.parse(to=Message), Message)
        assert_type(answer.parse(to=dict), dict[Any, Any])
        assert_type(answer.parse(to=httpx.Response), httpx.Response)
    client.completions.with_raw_response.create(
        model="claude-2.1", prompt=PROMPT
    )  # E: n


def streaming() -> None:
    with client.completions.with_streaming_response.create(
        model="claude-2.1", prompt=PROMPT, max_tokens_to_sample=5
    ) as answer:
        assert_type(answer.read(), bytes)
        assert_type(answer.text(), str)
        for piece in answer.iter_bytes():
            assert_type(piece, bytes)
        for line in answer.iter_lines():
            assert_type(line, str)
        assert_type(answer, StreamedResponse[Completion])
        assert_type(answer.parse(), Completion)
        assert_type(answer.parse(to=Message), Message)


async def araw() -> None:
    answer = await aclient.completions.with_raw_response.create(
        model="claude-2.1", prompt=PROMPT, max_tokens_to_sample=5
    )
    assert_type(answer, RawResponse[Completion])
    assert_type(answer.parse(), Completion)
    async with aclient.completions.with_streaming_response.create(
        model="claude-2.1", prompt=PROMPT, max_tokens_to_sample=5
    ) as streamed:
        assert_type(await streamed.read(), bytes)
        assert_type(await streamed.parse(), Completion)
        assert_type(await streamed.parse(to=Message), Message)
        async for line in streamed.iter_lines():
            assert_type(line, str)


def requests() -> None:
    answer = client.request("GET", "/v1/x", headers={"a": "b"}, params={"c": 1})
    assert_type(answer, RawResponse[Any])
    off: Literal[False] = False
    assert_type(client.request("GET", "/v1/x", stream=off), RawResponse[Any])
    with client.request("GET", "/v1/x", stream=True) as streamed:
        assert_type(streamed, StreamedResponse[Any])
    client.request("GET")  # E: a path


async def arequests() -> None:
    assert_type(await aclient.request("GET", "/v1/x"), RawResponse[Any])
    streamed = await aclient.request("GET", "/v1/x", stream=True)
    assert_type(streamed, AsyncStreamedResponse[Any])


async def verbs() -> None:
    options: RequestOptions = {"max_retries": 0, "timeout": None}
    assert_type(client.get("/x", cast_to=Completion, options=options), Completion)
    assert_type(client.post("/x", cast_to=str, body={}), str)
    assert_type(client.put("/x", cast_to=bytes, body=b""), bytes)
    assert_type(client.patch("/x", cast_to=dict[str, int]), dict[str, int])
    assert_type(client.delete("/x", cast_to=httpx.Response), httpx.Response)
    assert_type(await aclient.post("/x", cast_to=Message, body={}), Message)
    client.post("/x", body={})  # E: a type to cast to
    client.get("/x", cast_to=str, options={"header": {}})  # E: no such option
