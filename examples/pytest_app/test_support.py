"""Test the program without a network: what it sends, and what it does about replies."""

from __future__ import annotations

import pytest
from support import answer, typed

from text_completions import AI_PROMPT, HUMAN_PROMPT, Anthropic, OverloadedError
from text_completions_server import MockServer


@pytest.fixture
def client(mock_server: MockServer) -> Anthropic:
    return Anthropic(base_url=mock_server.url, max_retries=0, deadline=5)


@pytest.fixture
def passed_on() -> list[str]:
    return []


def test_the_model_answers(
    mock_server: MockServer, client: Anthropic, passed_on: list[str]
) -> None:
    mock_server.reply(" We open at nine.")
    assert answer("When do you open?", client, passed_on.append) == "We open at nine."
    assert passed_on == []


def test_the_question_comes_after_the_rules(
    mock_server: MockServer, client: Anthropic, passed_on: list[str]
) -> None:
    answer("When do you open?", client, passed_on.append)
    prompt = mock_server.requests[-1].body["prompt"]
    assert prompt.endswith(f"{HUMAN_PROMPT} When do you open?{AI_PROMPT}")


def test_people_get_what_the_model_does_not_decide(
    mock_server: MockServer, client: Anthropic, passed_on: list[str]
) -> None:
    mock_server.reply(" That is for PEOPLE to say.")
    answer("Do I get a refund?", client, passed_on.append)
    assert passed_on == ["Do I get a refund?"]


@pytest.mark.parametrize("fault", ["overloaded", "disconnect", "truncated_json"])
def test_people_get_what_fails(
    fault: str, mock_server: MockServer, client: Anthropic, passed_on: list[str]
) -> None:
    mock_server.fail(fault)
    assert answer("Hello?", client, passed_on.append) == "We will call you back."
    assert passed_on == ["Hello?"]


def test_the_answer_is_shown_as_it_is_written(
    mock_server: MockServer, client: Anthropic
) -> None:
    mock_server.reply(" We open at nine.")
    assert list(typed("When?", client)) == [" We", " open", " at", " nine."]


def test_a_refused_stream_shows_nothing(
    mock_server: MockServer, client: Anthropic
) -> None:
    mock_server.fail("overloaded")
    with pytest.raises(OverloadedError):
        next(typed("When?", client))
