"""`text-completions translate`: turn a prompt into messages, or back."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from ._command import CommandError, read_stdin

SUMMARY = "turn a prompt into messages, or messages into a prompt"
DESCRIPTION = """\
Read a prompt of "\\n\\nHuman:" and "\\n\\nAssistant:" turns from standard input, and
write the same dialogue for the Messages API: {"system": ..., "messages": [...]}.
"system" is the text before the first turn, or null. No server is asked.
"""
EPILOG = """\
exit status:
  0  the translation was printed
  2  the input cannot be translated; the reason is on standard error

example:
  printf 'Be brief.\\n\\nHuman: Why is the sky blue?\\n\\nAssistant:' \\
    | text-completions translate
  echo '{"messages": [{"role": "user", "content": "Why?"}]}' \\
    | text-completions translate --reverse
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    direction = parser.add_mutually_exclusive_group()
    direction.add_argument(
        "--reverse",
        action="store_true",
        help="read the JSON of a dialogue, and write its prompt without a line end",
    )
    direction.add_argument(
        "--repair",
        action="store_true",
        help="read a turn marker that stands twice in a row as one (default: such a "
        "prompt is refused)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Translate standard input to standard output and return the exit status."""
    from text_completions import PromptError, messages_to_prompt, prompt_to_messages

    text = read_stdin()
    try:
        if arguments.reverse:
            messages, system = _parse_dialogue(text)
            _write(messages_to_prompt(messages, system=system))
        else:
            conversation = prompt_to_messages(text, repair=arguments.repair)
            print(json.dumps(conversation._asdict(), indent=2))
    except PromptError as error:
        raise CommandError(str(error)) from error
    return 0


def _parse_dialogue(text: str) -> tuple[list[Any], object]:
    """Read messages and system text from the JSON that this command writes."""
    try:
        dialogue: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CommandError(f"standard input is not JSON: {error}") from error
    match dialogue:
        case {"messages": [*messages], **others}:
            system: object = others.pop("system", None)
        case _:
            raise CommandError(
                'standard input must be a JSON object with a list as "messages"'
            )
    for name in others:
        raise CommandError(
            f'{json.dumps(name)} has no place in a prompt: only "system" and '
            '"messages" have'
        )
    return messages, system


def _write(prompt: str) -> None:
    try:
        prompt.encode(sys.stdout.encoding)
    except UnicodeEncodeError as error:
        character = prompt[error.start : error.end]
        raise CommandError(
            f"standard output is {error.encoding.upper()}, which cannot express "
            f"{character!a}"
        ) from error
    sys.stdout.write(prompt)
