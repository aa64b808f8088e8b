"""`text-completions translate`: a prompt as messages, and back."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from text_completions_cli import main

Capture = pytest.CaptureFixture[str]

PROMPT = "Be brief.\n\nHuman: Né 🙂?\n\nAssistant: I"
DIALOGUE = {
    "system": "Be brief.",
    "messages": [
        {"role": "user", "content": "Né 🙂?"},
        {"role": "assistant", "content": "I"},
    ],
}


@pytest.fixture
def translate(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> Callable[..., tuple[int, str, str]]:
    """Run the command on a text; return its exit status and what it wrote."""

    def run(text: str, *options: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        status = main(["translate", *options])
        return status, *capsys.readouterr()

    return run


def test_a_prompt_becomes_the_json_of_a_dialogue(translate: Any) -> None:
    status, output, errors = translate(PROMPT)
    assert (status, json.loads(output), errors) == (0, DIALOGUE, "")


def test_the_dialogue_becomes_the_same_prompt(translate: Any) -> None:
    assert translate(json.dumps(DIALOGUE), "--reverse") == (0, PROMPT, "")


def test_a_dialogue_needs_no_system_text(translate: Any) -> None:
    given = '{"messages": [{"role": "user", "content": "Why?"}]}'
    prompt = "\n\nHuman: Why?\n\nAssistant:"
    assert translate(given, "--reverse") == (0, prompt, "")


def test_a_doubled_marker_is_refused_or_repaired(translate: Any) -> None:
    prompt = "\n\nHuman: Human: Why?\n\nAssistant:"
    status, output, errors = translate(prompt)
    assert (status, output) == (2, "")
    assert errors == (
        "text-completions translate: the prompt contains 'Human: Human:': the same "
        "turn marker twice in a row; leave one out, or have it repaired\n"
    )
    status, output, errors = translate(prompt, "--repair")
    assert (status, json.loads(output)["messages"][0]["content"]) == (0, "Why?")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("{", "standard input is not JSON: Expecting"),
        ("[" * 100_000, "standard input is not JSON: "),
        ("[]", 'must be a JSON object with a list as "messages"'),
        ('{"messages": {}}', 'must be a JSON object with a list as "messages"'),
        ('{"messages": [], "model": 1}', '"model" has no place in a prompt'),
        ('{"messages": []}', "there is no message of the user"),
        ('{"messages": [1]}', "messages.0: is not an object"),
        (
            '{"messages": [{"role": "user", "content": "\\ud83d"}]}',
            r"standard output is UTF-8, which cannot express '\ud83d'",
        ),
    ],
)
def test_input_that_is_not_a_dialogue_is_refused_with_the_reason(
    given: str, reason: str, translate: Any
) -> None:
    status, output, errors = translate(given, "--reverse")
    assert (status, output) == (2, "")
    assert errors.startswith("text-completions translate: ")
    assert reason in errors
    assert errors.count("\n") == 1


def test_input_that_is_not_text_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    piped = io.TextIOWrapper(io.BytesIO(b"\xff"), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", piped)
    assert main(["translate"]) == 2
    message = "text-completions translate: standard input is not UTF-8 text\n"
    assert capsys.readouterr().err == message
