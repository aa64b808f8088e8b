"""`text-completions complete PROMPT`: one completion, streamed to the terminal."""

from __future__ import annotations

import argparse
import sys

from ._service import (
    ENVIRONMENT,
    START,
    add_base_url,
    add_sampling,
    client_of,
    failures,
    pieces,
)
from ._support import Commands

_EXAMPLE = f"""\
A prompt without turns is sent as one turn of the human's; one that has turns is
sent as it is. `-` reads the prompt from standard input.
{ENVIRONMENT}
exit status:
  0  the text was written
  1  the request was refused or failed
  2  nothing could be sent or written

example:
{START}\
  text-completions complete 'Why is the sky blue?' --max-tokens 100
"""


def register(commands: Commands) -> None:
    """Add the command to the program."""
    parser = commands.add_parser(
        "complete",
        help="complete a prompt and stream the text to the terminal",
        description="Complete a prompt and stream the text to the terminal.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("prompt", metavar="PROMPT", help="what to complete, or -")
    add_sampling(parser)
    add_base_url(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Complete the prompt and return the exit status."""
    prompt = _with_turns(_read(arguments.prompt))
    with failures(), client_of(arguments) as client:
        for text in pieces(client, prompt, arguments):
            print(text, end="", flush=True)
        print()
    return 0


def _read(prompt: str) -> str:
    return sys.stdin.read() if prompt == "-" else prompt


def _with_turns(prompt: str) -> str:
    from text_completions import AI_PROMPT, HUMAN_PROMPT

    if HUMAN_PROMPT in prompt or AI_PROMPT in prompt:
        return prompt
    return f"{HUMAN_PROMPT} {prompt.strip()}{AI_PROMPT}"
