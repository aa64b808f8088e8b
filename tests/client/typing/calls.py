"""What type checkers must find out by themselves. Never run: only checked."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import assert_type

from text_completions import (
    AsyncAnthropic,
    AsyncClient,
    AsyncStream,
    Client,
    Stream,
    omit,
    prompt_to_messages,
)
from text_completions.types import Completion, CompletionEvent, Message, MessageParam

PROMPT = "\n\nHuman: Hello\n\nAssistant:"
client = Client()


def create(stream: bool) -> None:
    plain = client.completions.create(
        model="claude-2.1", prompt=PROMPT, max_tokens_to_sample=5
    )
    assert_type(plain, Completion)
    assert_type(plain.completion, str)
    assert_type(plain.log_id, str | None)

    off = client.completions.create(
        model="of another day", prompt=PROMPT, max_tokens_to_sample=5, stream=False
    )
    assert_type(off, Completion)

    omitted = client.completions.create(
        model="claude-2", prompt=PROMPT, max_tokens_to_sample=5, stream=omit, top_k=None
    )
    assert_type(omitted, Completion)

    streamed = client.completions.create(
        model="claude-2.1", prompt=PROMPT, max_tokens_to_sample=5, stream=True
    )
    assert_type(streamed, Stream[CompletionEvent])
    for event in streamed:
        assert_type(event, CompletionEvent)
    for text in streamed.text_stream:
        assert_type(text, str)

    either = client.completions.create(
        model="claude-2.1", prompt=PROMPT, max_tokens_to_sample=5, stream=stream
    )
    assert_type(either, Completion | Stream[CompletionEvent])


async def acreate() -> None:
    async with AsyncClient() as aclient:
        assert_type(aclient, AsyncAnthropic)
        plain = await aclient.completions.create(
            model="claude-2.1", prompt=PROMPT, max_tokens_to_sample=5
        )
        assert_type(plain, Completion)
        streamed = await aclient.completions.create(
            model="claude-2.1", prompt=PROMPT, max_tokens_to_sample=5, stream=True
        )
        assert_type(streamed, AsyncStream[CompletionEvent])
        async for event in streamed:
            assert_type(event, CompletionEvent)
        async for text in streamed.text_stream:
            assert_type(text, str)


def sequences(any_sequence: Sequence[str]) -> None:
    for several in (["a"], ("a",), deque(["a"]), any_sequence):
        client.completions.create(
            model="claude-2.1",
            prompt=PROMPT,
            max_tokens_to_sample=5,
            stop_sequences=several,
            metadata={"user_id": "u"},
        )
    turn: MessageParam = {"role": "user", "content": "Hello"}
    message = client.messages.create(model="claude-2.1", max_tokens=5, messages=[turn])
    assert_type(message, Message)


def wrong() -> None:
    client.completions.create(prompt=PROMPT, max_tokens_to_sample=5)  # E: a model
    client.completions.create(
        model="claude-2.1",
        prompt=PROMPT,
        max_tokens_to_sample=5,
        stop_sequences="\n\nHuman:",  # E: a text is no sequence of texts
    )
    client.completions.create(
        model="claude-2.1",
        prompt=PROMPT,
        max_tokens_to_sample="5",  # E: a text is no number
    )
    client.completions.create(
        model="claude-2.1",
        prompt=PROMPT,
        max_tokens_to_sample=5,
        temprature=1,  # E: misspelt
    )
    _ = Completion.from_dict({}).log_idd  # E: misspelt


def translated() -> None:
    system, messages = prompt_to_messages(PROMPT)
    assert_type(system, str | None)
    message = client.messages.create(
        model="claude-2.1", max_tokens=5, messages=messages, system=system
    )
    assert_type(message, Message)
    prompt_to_messages(PROMPT, repair="yes")  # E: it is True or False
