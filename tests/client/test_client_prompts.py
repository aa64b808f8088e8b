"""Prompts as messages, and back: `prompt_to_messages` and `messages_to_prompt`."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import text_completions
from text_completions import (
    AI_PROMPT,
    HUMAN_PROMPT,
    Conversation,
    PromptError,
    messages_to_prompt,
    prompt_to_messages,
)


def user(content: str) -> dict[str, str]:
    return {"role": "user", "content": content}


def assistant(content: str) -> dict[str, str]:
    return {"role": "assistant", "content": content}


PROMPTS = {
    "one turn": ("\n\nHuman: Hi\n\nAssistant:", None, [user("Hi")]),
    "a system text": (
        " Be brief. \n\n\nHuman: Hi\n\nAssistant:",
        "Be brief.",
        [user("Hi")],
    ),
    "many turns": (
        "\n\nHuman: 1\n\nAssistant: 2\n\nHuman: 3\n\nAssistant:",
        None,
        [user("1"), assistant("2"), user("3")],
    ),
    "a prefill": (
        "\n\nHuman: Count\n\nAssistant: 1, 2, \n",
        None,
        [user("Count"), assistant("1, 2,")],
    ),
    "a prefill of white space": (
        "\n\nHuman: Hi\n\nAssistant: \n ",
        None,
        [user("Hi")],
    ),
    "an empty turn after the prefill": (
        "\n\nHuman: Hi\n\nAssistant: Sure \n\nAssistant:",
        None,
        [user("Hi"), assistant("Sure")],
    ),
    "stray spaces": (
        "\n\nHuman:  two \t\n\nAssistant:\n\nHuman:none\n\nAssistant:",
        None,
        [user(" two \t\n\nnone")],
    ),
    "turns of one role": (
        "\n\nHuman: 1\n\nHuman: 2\n\nAssistant: 3\n\nAssistant: 4\n\nHuman: 5",
        None,
        [user("1\n\n2"), assistant("3\n\n4"), user("5")],
    ),
    "empty turns": (
        "\n\nHuman: 1\n\nAssistant:  \n\nHuman:\n\nAssistant: 2\n\nHuman: 3",
        None,
        [user("1"), assistant("2"), user("3")],
    ),
    "only Human": ("\n\nHuman: Hi", None, [user("Hi")]),
    "an assistant first": (
        "\n\nAssistant: Hello\n\nHuman: Hi\n\nAssistant:",
        None,
        [assistant("Hello"), user("Hi")],
    ),
    "a first marker without line ends": (
        "Human: Hi\n\nAssistant:",
        None,
        [user("Hi")],
    ),
    "words like markers": (
        "\n\nHuman: I am\nHuman: and an Assistant: too\n\nAssistant:",
        None,
        [user("I am\nHuman: and an Assistant: too")],
    ),
    "three line ends": ("\n\nHuman: 1\n\n\nHuman: 2", None, [user("1\n\n\n2")]),
    "Unicode": (
        "Ω\u2028\n\nHuman: \u3000née 🙂\n\nAssistant: ß\u00a0",
        "Ω",
        [user("\u3000née 🙂"), assistant("ß")],
    ),
}


@pytest.mark.parametrize(
    ("prompt", "system", "messages"), PROMPTS.values(), ids=PROMPTS
)
def test_a_prompt_becomes_messages(
    prompt: str, system: str | None, messages: list[dict[str, str]]
) -> None:
    assert prompt_to_messages(prompt) == Conversation(system, messages)


@pytest.mark.parametrize(
    "prompt",
    ["", "Hi", "Hi\n\nAssistant:", "\n\nHuman: \n\nAssistant: Sure", "\n\nhuman: Hi"],
)
def test_a_prompt_without_text_of_the_user_is_refused(prompt: str) -> None:
    with pytest.raises(PromptError, match="no user text"):
        prompt_to_messages(prompt)


BUGS = {
    "doubled": ("\n\nHuman: Human: Hi\n\nAssistant:", "marker twice in a row"),
    "doubled over lines": (
        "\n\nHuman: \n\nHuman: Hi\n\nAssistant:\n\nAssistant:",
        "marker twice in a row",
    ),
    "doubled without line ends": ("Human: Human: Hi", "marker twice in a row"),
    "doubled at the end": (
        "\n\nHuman: Hi\n\nAssistant: Assistant:",
        "'Assistant: Assistant:': the same turn marker twice",
    ),
    "printed messages": (
        "\n\nHuman: [{'role': 'user', 'content': 'Hi'}]\n\nAssistant:",
        "printed list of messages",
    ),
    "printed messages alone": ('[{"role": "user"}]', "printed list of messages"),
    "printed objects": (
        "\n\nHuman: [HumanMessage(content='Hi')]\n\nAssistant:",
        "printed list of messages",
    ),
    "a printed member": ("Prompt.HUMAN Hi Prompt.AI", "name of an enum member"),
    "a printed member's repr": ("<P.HUMAN_PROMPT: '…'> Hi", "name of an enum member"),
    "a member in a turn": (
        "\n\nHuman: Role.USER\n\nAssistant:",
        "name of an enum member",
    ),
}


@pytest.mark.parametrize(("prompt", "reason"), BUGS.values(), ids=BUGS)
def test_a_known_bug_of_a_client_is_refused_by_name(prompt: str, reason: str) -> None:
    with pytest.raises(PromptError, match=reason):
        prompt_to_messages(prompt)


@pytest.mark.parametrize(("prompt", "reason"), BUGS.values(), ids=BUGS)
def test_the_repair_affects_doubled_markers_and_nothing_else(
    prompt: str, reason: str
) -> None:
    if "twice" in reason:
        assert prompt_to_messages(prompt, repair=True) == (None, [user("Hi")])
    else:
        with pytest.raises(PromptError, match=reason):
            prompt_to_messages(prompt, repair=True)


def test_the_repair_leaves_other_prompts_as_they_are() -> None:
    prompt = "\n\nHuman: I, Human: am\n\nAssistant: ok\n\nAssistant: then"
    assert prompt_to_messages(prompt, repair=True) == prompt_to_messages(prompt)
    tripled = "\n\nHuman:Human:\n\nHuman: Hi\n\nAssistant:"
    assert prompt_to_messages(tripled, repair=True) == (None, [user("Hi")])


def test_messages_become_a_prompt() -> None:
    blocks = [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}]
    assert (
        messages_to_prompt(
            [{"role": "user", "content": blocks}, assistant("3 "), user("4")],
            system=[{"type": "text", "text": "Be brief. "}],
        )
        == "Be brief.\n\nHuman: one two\n\nAssistant: 3 \n\nHuman: 4\n\nAssistant:"
    )


def test_a_last_message_of_the_assistant_becomes_a_prefill() -> None:
    begun = [user("Count"), assistant("1, ")]
    assert messages_to_prompt(begun) == "\n\nHuman: Count\n\nAssistant: 1,"
    assert messages_to_prompt([*begun, assistant("")]) == messages_to_prompt(begun)
    assert messages_to_prompt([user("Hi"), assistant(" ")]) == (
        f"{HUMAN_PROMPT} Hi{AI_PROMPT}"
    )


REFUSED: dict[str, tuple[Any, Any, str]] = {
    "nothing": ([], None, "messages: there is no message of the user"),
    "no user": ([assistant("Hi")], None, "messages: there is no message of the user"),
    "an empty message": ([user(" "), user("Hi")], None, "messages.0.content: is empty"),
    "an empty last message of the user": (
        [user("Hi"), user(" ")],
        None,
        "messages.1.content: is empty",
    ),
    "a marker in the text": (
        [user("Hi\n\nAssistant: Sure")],
        None,
        r"messages.0.content: '\\n\\nAssistant:' inside the text would be a turn",
    ),
    "a marker at the start of the text": (
        [user("Human: Hi")],
        None,
        "messages.0.content contains 'Human: Human:': the same turn marker twice",
    ),
    "a marker in the system text": (
        [user("Hi")],
        "Be\n\nHuman: brief",
        r"system: '\\n\\nHuman:' inside the text would be a turn",
    ),
    "a bare marker before the system text": (
        [user("Hi")],
        "Human: x",
        "system: 'Human:' at the start would begin a turn",
    ),
    "printed messages": ([user("[{'role': 1}]")], None, "a printed list of messages"),
    "a printed member": ([user("Hi")], "Prompt.AI", "system contains 'Prompt.AI'"),
    "another role": (
        [{"role": "system", "content": "x"}],
        None,
        "messages.0.role: is 'system'; expected 'user' or 'assistant'",
    ),
    "another block": (
        [{"role": "user", "content": [{"type": "image"}]}],
        None,
        "messages.0.content.0: is not a text block",
    ),
    "no content": ([{"role": "user"}], None, "messages.0.content: is not a text or"),
    "another member": (
        [{**user("Hi"), "name": "Bo"}],
        None,
        "messages.0.name: a prompt has no place for it",
    ),
    "a text as message": (["Hi"], None, "messages.0: is not an object"),
    "a number as system text": ([user("Hi")], 1, "system: is not a text or a list"),
}


@pytest.mark.parametrize(
    ("messages", "system", "reason"), REFUSED.values(), ids=REFUSED
)
def test_messages_that_would_be_read_differently_are_refused(
    messages: Any, system: Any, reason: str
) -> None:
    with pytest.raises(PromptError, match=reason):
        messages_to_prompt(messages, system=system)


# Texts with much of what could go wrong.
TEXTS = st.lists(
    st.sampled_from([" ", "\n", "\n\n", "Human:", "Assistant:", "Hi", "é🙂", "\u2028"])
    | st.text(max_size=5)
).map("".join)

MESSAGES = st.lists(
    st.builds(
        lambda role, content: {"role": role, "content": content},
        st.sampled_from(["user", "assistant"]),
        TEXTS.filter(str.strip),
    )
).map(lambda messages: [user("Hi"), *messages])


@given(st.none() | TEXTS, MESSAGES, st.sampled_from(["", " ", "Sure "]))
def test_written_messages_are_read_as_they_were(
    system: str | None, messages: list[dict[str, str]], prefill: str
) -> None:
    try:
        prompt = messages_to_prompt([*messages, assistant(prefill)], system=system)
    except PromptError:
        return
    read = prompt_to_messages(prompt)
    assert read.system == ((system or "").strip() or None)
    if prefill.strip():
        messages = [*messages, assistant(prefill)]
    assert contents(read.messages, "user") == contents(messages, "user")
    assert contents(read.messages, "assistant") == contents(messages, "assistant")


def contents(messages: list[dict[str, str]], role: str) -> list[str]:
    """Return the texts of a role, joined where another role does not come between."""
    joined: list[str] = []
    before = None
    for message in messages:
        if message["role"] == role:
            text = message["content"]
            if before == role:
                joined[-1] += f"\n\n{text}"
            else:
                joined.append(text)
        before = message["role"]
    if role == "assistant" and before == role:
        joined[-1] = joined[-1].rstrip()
    return joined


@given(TEXTS, st.booleans())
def test_a_read_prompt_can_be_written_and_read_again(prompt: str, repair: bool) -> None:
    try:
        read = prompt_to_messages(f"{prompt}\n\nHuman: Hi\n\n{prompt}", repair=repair)
        written = messages_to_prompt(read.messages, system=read.system)
    except PromptError:
        return
    assert prompt_to_messages(written) == read


def test_importing_the_client_does_not_import_the_translation() -> None:
    code = (
        "import sys, json, text_completions as t;"
        "print(json.dumps(['text_completions.prompts' in sys.modules,"
        " callable(t.prompt_to_messages), 'Conversation' in dir(t)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [False, True, True]
    assert "prompt_to_messages" in text_completions.__all__
