"""Section 6 of the contract: which prompts are accepted."""

from __future__ import annotations

import pytest

FIRST = r'prompt must start with "\n\nHuman:" turn after an optional system prompt'
LAST = r'prompt must end with "\n\nAssistant:" turn'

REJECTED = {
    "no turns": ("Hello, world", FIRST),
    "no human turn": ("Hello, world\n\nAssistant:", FIRST),
    "no assistant turn": ("\n\nHuman: Hello, Claude", LAST),
    "assistant first": (
        "\n\nAssistant: Hello, world\n\nHuman: Hello, Claude\n\nAssistant:",
        FIRST,
    ),
    "human last": (
        "\n\nHuman: Hello, Claude\n\nAssistant: Hello, world\n\nHuman: How many toes "
        "do dogs have?",
        LAST,
    ),
    "one newline": ("\n\nHuman: Hello, Claude \nAssistant:", LAST),
}
ACCEPTED = {
    "plain": "\n\nHuman: Hello, Claude\n\nAssistant:",
    "bare first turn": "Human: Hello, Claude\n\nAssistant:",
    "trailing space": "\n\nHuman: Hello, Claude:\n\nAssistant: ",
    "system prompt": "You are terse.\n\nHuman: Hello\n\nAssistant:",
    "prefill": "\n\nHuman: Hello\n\nAssistant: My name is",
    "stray space": "\n\nHuman: Hi\n\nAssistant: Hello! \n\nHuman: Bye\n\nAssistant:",
    "three newlines": "\n\nHuman:\nHello world\n\n\nAssistant:",
}


@pytest.mark.parametrize(("prompt", "message"), REJECTED.values(), ids=REJECTED)
def test_a_prompt_without_its_turns_is_refused(door, prompt, message):
    answer = door.complete(prompt=prompt)
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "type": "invalid_request_error",
        "message": f"{message} (the mock accepts every prompt with --prompt-check off)",
    }


@pytest.mark.parametrize(
    ("turn", "seen", "reason"),
    [
        ("SystemPrompt.HUMAN hi", "SystemPrompt.HUMAN", "the name of an enum member"),
        (" <Role.USER: 1> hi", "<Role.USER", "the name of an enum member"),
        ("[{'role': 'user'}]", "'role':", "a printed list of messages"),
        ("[HumanMessage(content='hi')]", "HumanMessage", "a printed list of messages"),
        ("\n\nHuman: hi", "Human:\\n\\nHuman:", "the same turn marker twice"),
        (" Human: hi", "Human: Human:", "the same turn marker twice"),
    ],
)
def test_a_prompt_that_shows_a_bug_of_a_client_is_refused_by_name(
    door, turn, seen, reason
):
    answer = door.complete(prompt=f"\n\nHuman:{turn}\n\nAssistant:")
    assert answer.status_code == 400
    message = answer.json()["error"]["message"]
    assert seen in message
    assert reason in message


@pytest.mark.parametrize(
    "turn",
    [" Is Role.USER an enum?", " ['a'] Human", " See [{'role': 1}]", "\n Humans:"],
)
def test_a_prompt_about_such_a_bug_is_answered(door, turn):
    prompt = f"\n\nHuman:{turn}\n\nAssistant:"
    assert door.complete(prompt=prompt).status_code == 200


@pytest.mark.parametrize("prompt", ACCEPTED.values(), ids=ACCEPTED)
def test_a_prompt_with_its_turns_is_answered(door, prompt):
    assert door.complete(prompt=prompt).status_code == 200


@pytest.mark.parametrize("prompt", [case[0] for case in REJECTED.values()])
def test_the_prompt_check_can_be_switched_off(open_door, prompt):
    lenient = open_door(prompt_check="off")
    assert lenient.complete(prompt=prompt).status_code == 200


@pytest.mark.parametrize(
    ("model", "limit"),
    [("claude-1", 9000), ("claude-2.0", 100_000), ("claude-2.1", 200_000)],
)
def test_a_prompt_must_fit_the_model(door, model, limit):
    def prompt(tokens: int) -> str:
        return f"\n\nHuman:{' w' * (tokens - 2)}\n\nAssistant:"

    assert door.complete(model=model, prompt=prompt(limit)).status_code == 200
    answer = door.complete(model=model, prompt=prompt(limit + 1))
    assert answer.status_code == 400
    message = f"prompt is too long: {limit + 1} tokens > {limit} maximum"
    assert answer.json()["error"]["message"] == message


def test_a_prompt_of_any_length_passes_with_the_check_off(open_door):
    prompt = "word " * 10_000
    assert open_door(prompt_check="off").complete(model="claude-1", prompt=prompt)


@pytest.mark.parametrize("prompt", ["\n\nHuman: Hi\n\nAssistant:", ACCEPTED["prefill"]])
def test_a_text_begins_with_one_space(door, prompt):
    text = door.complete(prompt=prompt).json()["completion"]
    assert text[0] == " "
    assert text[1] != " "


def test_no_space_follows_white_space_that_is_kept(door):
    answer = door.complete(prompt="\n\nHuman: Hi\n\nAssistant: One:\n")
    assert not answer.json()["completion"][0].isspace()


def test_a_space_at_the_end_of_the_prompt_changes_nothing(door):
    prompt = "\n\nHuman: Hi\n\nAssistant:"
    texts = {
        door.complete(prompt=each).json()["completion"]
        for each in (prompt, f"{prompt} ", prompt.lstrip())
    }
    assert len(texts) == 1
