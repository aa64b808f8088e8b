"""What code of 2023 calls on a client, beside its operations."""

from __future__ import annotations

import operator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text_completions import AsyncClient, Client
from text_completions_runtime._tokens import ApproximateTokenizer

from .calls import ARGUMENTS, MESSAGE, done, kinds, with_client


@pytest.mark.parametrize("made", [Client, AsyncClient])
@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("completion", "call completions.create"),
        ("completion_stream", "stream=True"),
        ("acompletion", "AsyncAnthropic"),
        ("acompletion_stream", "AsyncAnthropic"),
    ],
)
def test_the_methods_of_the_first_sdk_say_what_to_call(
    name: str, instead: str, made: Any
) -> None:
    with pytest.raises(AttributeError, match=instead):
        getattr(made("k"), name)


def test_another_unknown_name_is_an_unknown_name() -> None:
    with pytest.raises(AttributeError, match="no attribute"):
        operator.attrgetter("completionz")(Client("k"))


@pytest.mark.parametrize("made", [Client, AsyncClient])
def test_a_client_shows_what_authenticates_it(made: Any) -> None:
    client = made("k", auth_token="t")

    assert client.auth_headers == {"x-api-key": "k", "authorization": "Bearer t"}
    assert client.user_agent.startswith("text-completions/")


@kinds
def test_tokens_are_counted_approximately(kind: str, mock: str) -> None:
    async def use(client: Any) -> tuple[int, list[int]]:
        tokenizer = await done(client.get_tokenizer())
        ids = tokenizer.encode("The sky is blue.").ids
        return await done(client.count_tokens("The sky is blue.")), ids

    count, ids = with_client(kind, mock, use)
    assert count == len(ids) == 5


@given(st.text())
def test_tokens_add_up_to_their_text(text: str) -> None:
    tokenizer = ApproximateTokenizer()

    encoding = tokenizer.encode(text)

    assert "".join(encoding.tokens) == text
    assert tokenizer.decode(encoding.ids) == text


@kinds
def test_a_stream_in_a_with_block_has_text_and_a_final_message(
    kind: str, mock: str
) -> None:
    async def use(client: Any) -> tuple[str, Any, Any]:
        if kind == "sync":
            with client.messages.stream(**MESSAGE) as stream:
                text = "".join(stream.text_stream)
                return text, stream.get_final_message(), stream.response
        async with client.messages.stream(**MESSAGE) as stream:
            text = "".join([piece async for piece in stream.text_stream])
            return text, await stream.get_final_message(), stream.response

    text, message, response = with_client(kind, mock, use)
    assert message.content[0].text == text != ""
    assert response.is_closed


def test_leaving_the_block_of_a_stream_closes_it(mock: str) -> None:
    with Client("sk-test", base_url=mock) as client:
        with client.completions.stream(**ARGUMENTS) as stream:
            next(stream)
        assert stream.response.is_closed
