"""`text-completions complete PROMPT`: stream one completion to the terminal."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, cast

from ._client import (
    ENVIRONMENT,
    START_A_SERVER,
    add_base_url,
    add_sampling,
    make_client,
    one_line_errors,
    print_completion,
    sampling,
)
from ._command import CommandError, read_stdin

if TYPE_CHECKING:
    from text_completions.types import Completion

SUMMARY = "complete a prompt and stream the text to the terminal"
EPILOG = f"""\
A prompt without "\\n\\nHuman:" and "\\n\\nAssistant:" is sent as one turn of the human.
A prompt that has one of them is sent as it is.
{ENVIRONMENT}
exit status:
  0  the completion was printed
  1  the request failed, or the client or the server refused it
  2  something is missing, such as the key, or nothing could be printed

example:
{START_A_SERVER}\
  text-completions complete 'Why is the sky blue?' --max-tokens 100
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "prompt",
        metavar="PROMPT",
        nargs="?",
        help="what to complete; - reads it from standard input",
    )
    add_sampling(parser)
    parser.add_argument(
        "--json",
        action="store_true",
        help="print the whole response as JSON, when it is complete",
    )
    add_base_url(parser)


def run(arguments: argparse.Namespace) -> int:
    """Complete the prompt and return the exit status."""
    prompt = _as_turn(_read_prompt(arguments.prompt))
    with make_client(arguments) as client:
        if not arguments.json:
            print_completion(client, prompt, arguments)
            return 0
        with one_line_errors():
            completion = cast(
                "Completion",
                client.completions.create(prompt=prompt, **sampling(arguments)),
            )
    print(json.dumps(completion.to_dict(), indent=2))
    return 0


def _read_prompt(argument: str | None) -> str:
    if argument is None:
        raise CommandError(
            "PROMPT is missing. Give it as an argument, or - to read it from "
            "standard input."
        )
    return read_stdin() if argument == "-" else argument


def _as_turn(prompt: str) -> str:
    from text_completions import AI_PROMPT, HUMAN_PROMPT

    if HUMAN_PROMPT in prompt or AI_PROMPT in prompt:
        return prompt
    return f"{HUMAN_PROMPT} {prompt.strip()}{AI_PROMPT}"
