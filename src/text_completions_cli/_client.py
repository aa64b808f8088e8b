"""What the commands share that call a server: options, client, error messages."""

from __future__ import annotations

import argparse
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ._command import CommandError

if TYPE_CHECKING:
    from text_completions import Anthropic, APIStatusError

ENVIRONMENT = """\
The key is read from ANTHROPIC_API_KEY. The base URL is read from ANTHROPIC_BASE_URL
where --base-url is not given.
"""

START_A_SERVER = """\
  text-completions mock --port 8765 &
  export ANTHROPIC_BASE_URL=http://127.0.0.1:8765 ANTHROPIC_API_KEY=sk-test
"""


def add_base_url(parser: argparse.ArgumentParser) -> None:
    """Add the option that every command has that calls a server."""
    parser.add_argument("--base-url", metavar="URL", help="the URL of the server")


def add_sampling(parser: argparse.ArgumentParser) -> None:
    """Add the options that become parameters of a completion."""
    add = parser.add_argument
    add(
        "-m",
        "--model",
        metavar="NAME",
        default="claude-2.1",
        help="the model (default: %(default)s)",
    )
    add(
        "--max-tokens",
        dest="max_tokens_to_sample",
        type=int,
        default=300,
        metavar="N",
        help="stop after N tokens (default: %(default)s)",
    )
    add("--temperature", type=float, metavar="T", help="randomness, from 0 to 1")
    add("--top-k", type=int, metavar="K", help="sample from the K likeliest tokens")
    add(
        "--top-p",
        type=float,
        metavar="P",
        help="sample from the likeliest tokens whose probabilities add up to P",
    )
    add(
        "--stop",
        dest="stop_sequences",
        action="append",
        metavar="TEXT",
        help="stop before the model writes TEXT (may be repeated)",
    )


OPTIONS = {
    "model": "--model",
    "max_tokens_to_sample": "--max-tokens",
    "temperature": "--temperature",
    "top_k": "--top-k",
    "top_p": "--top-p",
    "stop_sequences": "--stop",
}
"""Which option gives which parameter of `completions.create`."""


def sampling(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the options of `add_sampling` as arguments of `completions.create`."""
    return {parameter: getattr(arguments, parameter) for parameter in OPTIONS}


def make_client(arguments: argparse.Namespace) -> Anthropic:
    """Make the client of a command.

    Raises:
        CommandError: The base URL is not usable.
    """
    from text_completions import Anthropic

    try:
        return Anthropic(base_url=arguments.base_url)
    except ValueError as error:
        raise CommandError(str(error)) from error


def print_completion(
    client: Anthropic, prompt: str, arguments: argparse.Namespace
) -> str:
    """Print the completion of a prompt as it arrives, and return it.

    The last line is ended, also if the completion breaks off.
    """
    pieces: list[str] = []
    try:
        with (
            one_line_errors(),
            client.completions.create(
                prompt=prompt, stream=True, **sampling(arguments)
            ) as stream,
        ):
            for text in stream.text_stream:
                print(text, end="", flush=True)
                pieces.append(text)
    finally:
        if pieces:
            print(flush=True)
    return "".join(pieces)


@contextmanager
def one_line_errors() -> Generator[None, None, None]:
    """Turn each error of the client into one line.

    Raises:
        CommandError: With exit status 2 if there is no key, else with 1.
    """
    from text_completions import (
        AnthropicError,
        APIStatusError,
        MissingCredentialsError,
        RequestValidationError,
    )

    try:
        yield
    except MissingCredentialsError as error:
        raise CommandError(
            "there is no API key: set the environment variable ANTHROPIC_API_KEY; "
            "the mock accepts every key that starts with sk-"
        ) from error
    except RequestValidationError as error:
        parameter = error.parameter
        message = str(error).replace(parameter, OPTIONS.get(parameter, parameter), 1)
        raise CommandError(message, exit_code=1) from error
    except APIStatusError as error:
        raise CommandError(_status_message(error), exit_code=1) from error
    except AnthropicError as error:
        raise CommandError(str(error), exit_code=1) from error


def _status_message(error: APIStatusError) -> str:
    """Return the status and the message of the server, without the JSON around it."""
    match error.body:
        case {"error": {"message": str(message)}} if message:
            # "Not Found" says nothing without the URL, where the base URL is wrong.
            place = f"{error.request.method} {error.request.url}"
            notes = [place] if error.status_code == 404 else []
            if error.request_id:
                notes.append(f"request {error.request_id}")
            ending = f" ({', '.join(notes)})" if notes else ""
            return f"{error.status_code}: {message}{ending}"
        case _:
            return str(error)
