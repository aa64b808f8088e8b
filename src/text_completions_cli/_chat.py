"""`text-completions chat`: turn after turn, each with all the turns before it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ._service import (
    ENVIRONMENT,
    START,
    add_base_url,
    add_sampling,
    client_of,
    failures,
    pieces,
)
from ._support import CommandError, Commands

if TYPE_CHECKING:
    from text_completions import Anthropic

_EXAMPLE = f"""\
Each line is a turn; the answer is written as it comes. The end of the input, or
`exit`, ends the conversation. A turn that fails is told in one line, and the
conversation goes on without it.
{ENVIRONMENT}
exit status:
  0    the conversation ended
  1    it ended, and a turn of it had failed
  2    nothing could be sent or written
  130  it was interrupted

example:
{START}\
  text-completions chat --system 'You answer in one sentence.'
"""


def register(commands: Commands) -> None:
    """Add the command to the program."""
    parser = commands.add_parser(
        "chat",
        help="talk to a model, with the turns before in each prompt",
        description="Talk to a model; each prompt has all the turns before it.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--system", default="", metavar="TEXT", help="what the prompt begins with"
    )
    parser.add_argument(
        "--debug", action="store_true", help="write each prompt to standard error"
    )
    add_sampling(parser)
    add_base_url(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Take turns until the input ends, and return the exit status."""
    history: str = arguments.system
    status = 0
    with client_of(arguments) as client:
        for message in _messages():
            prompt = _with_turn(history, message)
            if arguments.debug:
                print(f"Prompt: {prompt}", file=sys.stderr, flush=True)
            try:
                history = prompt + _answered(client, prompt, arguments)
            except CommandError as error:
                if error.exit_code != 1:
                    raise
                print(f"text-completions chat: {error}", file=sys.stderr, flush=True)
                status = 1
    return status


def _messages() -> Iterator[str]:
    """Yield the lines that are typed or piped in, but for empty ones."""
    asking = sys.stdin.isatty()
    while True:
        try:
            line = input("> " if asking else "").strip()
        except EOFError:
            if asking:
                print()
            return
        if line == "exit":
            return
        if line:
            yield line


def _with_turn(history: str, message: str) -> str:
    from text_completions import AI_PROMPT, HUMAN_PROMPT

    return f"{history}{HUMAN_PROMPT} {message}{AI_PROMPT}"


def _answered(client: Anthropic, prompt: str, arguments: argparse.Namespace) -> str:
    """Write the answer as it comes, and return it."""
    written: list[str] = []
    try:
        with failures():
            for text in pieces(client, prompt, arguments):
                print(text, end="", flush=True)
                written.append(text)
    finally:
        if written:
            print(flush=True)
    return "".join(written)
