"""`text-completions chat`: a conversation, with all earlier turns in each prompt."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from ._client import (
    ENVIRONMENT,
    START_A_SERVER,
    add_base_url,
    add_sampling,
    make_client,
    print_completion,
)
from ._command import CommandError

SUMMARY = "talk to a model; each prompt contains the earlier turns"
EPILOG = f"""\
Each line of the input is a turn. The reply is printed as it arrives. The line `exit`
or the end of the input ends the conversation. If a turn fails, its error is printed
in one line, and the conversation continues without that turn.
{ENVIRONMENT}
exit status:
  0    the conversation ended, and every turn succeeded
  1    the conversation ended, and a turn failed
  2    something is missing, such as the key, or nothing could be printed
  130  the conversation was interrupted

example:
{START_A_SERVER}\
  text-completions chat --system 'You answer in one sentence.'
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--system", default="", metavar="TEXT", help="the start of every prompt"
    )
    parser.add_argument(
        "--debug", action="store_true", help="print each prompt to standard error"
    )
    add_sampling(parser)
    add_base_url(parser)


def run(arguments: argparse.Namespace) -> int:
    """Take turns until the input ends, and return the exit status."""
    from text_completions import AI_PROMPT, HUMAN_PROMPT

    history: str = arguments.system
    status = 0
    with make_client(arguments) as client:
        for message in _messages():
            prompt = f"{history}{HUMAN_PROMPT} {message}{AI_PROMPT}"
            if arguments.debug:
                print(f"Prompt: {prompt}", file=sys.stderr, flush=True)
            try:
                history = prompt + print_completion(client, prompt, arguments)
            except CommandError as error:
                if error.exit_code != 1:
                    raise
                print(f"text-completions chat: {error}", file=sys.stderr, flush=True)
                status = 1
    return status


def _messages() -> Iterator[str]:
    """Yield the lines of the input, without empty ones."""
    is_terminal = sys.stdin.isatty()
    while True:
        try:
            line = input("> " if is_terminal else "").strip()
        except EOFError:
            if is_terminal:
                print()
            return
        except UnicodeDecodeError as error:
            encoding = error.encoding.upper()
            raise CommandError(f"standard input is not {encoding} text") from error
        if line == "exit":
            return
        if line:
            yield line
