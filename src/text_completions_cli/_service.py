"""What the commands share that call a service: options, client, failures."""

from __future__ import annotations

import argparse
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ._support import CommandError

if TYPE_CHECKING:
    from text_completions import Anthropic, APIStatusError

ENVIRONMENT = """\
The key and the base URL come from ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL.
"""

START = """\
  text-completions mock --port 8765 &
  export ANTHROPIC_BASE_URL=http://127.0.0.1:8765 ANTHROPIC_API_KEY=sk-test
"""


def add_base_url(parser: argparse.ArgumentParser) -> None:
    """Add the option that every command has that calls a service."""
    parser.add_argument("--base-url", metavar="URL", help="where the service is")


def add_sampling(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a text is made."""
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


def client_of(arguments: argparse.Namespace) -> Anthropic:
    """Make the client of a command.

    Raises:
        CommandError: The base URL is none.
    """
    from text_completions import Anthropic

    try:
        return Anthropic(base_url=arguments.base_url)
    except ValueError as error:
        raise CommandError(str(error)) from error


def pieces(
    client: Anthropic, prompt: str, arguments: argparse.Namespace
) -> Iterator[str]:
    """Complete a prompt, and yield the text as it comes."""
    stream = client.completions.create(
        model=arguments.model,
        prompt=prompt,
        max_tokens_to_sample=arguments.max_tokens,
        temperature=arguments.temperature,
        stop_sequences=arguments.stop,
        stream=True,
    )
    with stream:
        yield from stream.text_stream


@contextmanager
def failures() -> Generator[None, None, None]:
    """Turn the errors of the client into one line each.

    Raises:
        CommandError: With status 2 where there is no key, else with 1.
    """
    from text_completions import (
        AnthropicError,
        APIStatusError,
        MissingCredentialsError,
    )

    try:
        yield
    except MissingCredentialsError as error:
        raise CommandError(str(error)) from error
    except APIStatusError as error:
        raise CommandError(told(error), exit_code=1) from error
    except AnthropicError as error:
        raise CommandError(str(error), exit_code=1) from error


def told(error: APIStatusError) -> str:
    """Say what the server said, without the JSON around it."""
    from text_completions.types import BareErrorResponse

    answer = BareErrorResponse.decode(error.body)
    text = getattr(getattr(answer, "error", None), "message", None)
    named = f" (request {error.request_id})" if error.request_id else ""
    return f"{error.status_code}: {text}{named}" if text else str(error)
