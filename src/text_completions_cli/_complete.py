"""`text-completions complete PROMPT`: one completion, streamed to the terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ._support import CommandError, Commands

if TYPE_CHECKING:
    from text_completions import Anthropic, APIStatusError

_EXAMPLE = """\
A prompt without turns is sent as one turn of the human's; one that has turns is
sent as it is. `-` reads the prompt from standard input. The key and the base URL
come from ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL.

exit status:
  0  the text was written
  1  the request was refused or failed
  2  nothing could be sent or written

example:
  text-completions mock --port 8765 &
  export ANTHROPIC_BASE_URL=http://127.0.0.1:8765 ANTHROPIC_API_KEY=sk-test
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
    parser.add_argument("--model", default="claude-2.1", help="default: %(default)s")
    parser.add_argument(
        "--max-tokens",
        type=int,
        default=300,
        metavar="N",
        help="cut the text after N tokens (default: %(default)s)",
    )
    parser.add_argument(
        "--temperature", type=float, metavar="T", help="randomness, from 0 to 1"
    )
    parser.add_argument(
        "--stop",
        action="append",
        metavar="TEXT",
        help="end the text where TEXT would appear (may be repeated)",
    )
    parser.add_argument("--base-url", metavar="URL", help="where the service is")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Complete the prompt and return the exit status."""
    from text_completions import (
        AnthropicError,
        APIStatusError,
        MissingCredentialsError,
    )

    try:
        for text in _pieces(arguments):
            print(text, end="", flush=True)
        print()
    except MissingCredentialsError as error:
        raise CommandError(str(error)) from error
    except APIStatusError as error:
        raise CommandError(_told(error), exit_code=1) from error
    except AnthropicError as error:
        raise CommandError(str(error), exit_code=1) from error
    return 0


def _told(error: APIStatusError) -> str:
    """Say what the server said, without the JSON around it."""
    from text_completions.types import BareErrorResponse

    answer = BareErrorResponse.decode(error.body)
    text = getattr(getattr(answer, "error", None), "message", None)
    named = f" (request {error.request_id})" if error.request_id else ""
    return f"{error.status_code}: {text}{named}" if text else str(error)


def _pieces(arguments: argparse.Namespace) -> Iterator[str]:
    with _client(arguments.base_url) as client:
        stream = client.completions.create(
            model=arguments.model,
            prompt=_with_turns(_read(arguments.prompt)),
            max_tokens_to_sample=arguments.max_tokens,
            temperature=arguments.temperature,
            stop_sequences=arguments.stop,
            stream=True,
        )
        with stream:
            yield from stream.text_stream


def _client(base_url: str | None) -> Anthropic:
    from text_completions import Anthropic

    try:
        return Anthropic(base_url=base_url)
    except ValueError as error:
        raise CommandError(str(error)) from error


def _read(prompt: str) -> str:
    return sys.stdin.read() if prompt == "-" else prompt


def _with_turns(prompt: str) -> str:
    from text_completions import AI_PROMPT, HUMAN_PROMPT

    if HUMAN_PROMPT in prompt or AI_PROMPT in prompt:
        return prompt
    return f"{HUMAN_PROMPT} {prompt.strip()}{AI_PROMPT}"
