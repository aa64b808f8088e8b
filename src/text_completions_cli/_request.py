"""`text-completions request METHOD PATH_OR_URL`: any request, by hand."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._service import ENVIRONMENT, START, add_base_url, client_of, failures
from ._support import CommandError, Commands

if TYPE_CHECKING:
    from text_completions import Omit

_EXAMPLE = f"""\
The body of the answer is written as it comes: a stream event by event, JSON with
indentation where it goes to a terminal. Retries are those of the client. To another
origin than the base URL's no key goes.
{ENVIRONMENT}
exit status:
  0  the answer was a success
  1  the request was refused or failed; the body of an error is written, too
  2  nothing could be sent or written

example:
{START}\
  text-completions request POST /v1/complete -i --data '{{"model": "claude-2.1",
    "max_tokens_to_sample": 50, "prompt": "\\n\\nHuman: Hello\\n\\nAssistant:"}}'
"""


def register(commands: Commands) -> None:
    """Add the command to the program."""
    parser = commands.add_parser(
        "request",
        help="send any request with the client's key and write the answer",
        description="Send any request with the client's key and write the answer.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("method", metavar="METHOD", help="GET, POST, …")
    parser.add_argument(
        "place", metavar="PATH_OR_URL", help="a path below the base URL, or a URL"
    )
    parser.add_argument(
        "-d",
        "--data",
        metavar="JSON",
        help="the body, sent as it is; @FILE reads a file, - standard input",
    )
    parser.add_argument(
        "-H",
        "--header",
        type=_header,
        action="append",
        default=[],
        metavar="'NAME: VALUE'",
        help="a header to add; without a value, one to leave out (may be repeated)",
    )
    parser.add_argument(
        "-i", "--include", action="store_true", help="write status and headers first"
    )
    add_base_url(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Send the request, write the answer and return the exit status."""
    from text_completions import APIStatusError

    data = _data(arguments.data)
    with failures(), client_of(arguments) as client:
        try:
            answer = client.request(
                arguments.method,
                arguments.place,
                json=data,
                headers=_headers(arguments.header),
                stream=True,
            )
        except APIStatusError as error:
            _write_answer(error.response, include=arguments.include)
            raise
        with answer:
            if _for_people(answer.http_response):
                answer.read()
                _write_answer(answer.http_response, include=arguments.include)
                return 0
            _write_head(answer.http_response, include=arguments.include)
            for piece in answer.iter_bytes():
                _write(piece)
    return 0


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise argparse.ArgumentTypeError(f"not of the form 'Name: value': {text!r}")
    return name.strip(), value.strip()


def _headers(given: list[tuple[str, str]]) -> dict[str, str | Omit]:
    from text_completions import omit

    return {name: value or omit for name, value in given}


def _data(said: str | None) -> bytes | None:
    """Return the body that an argument speaks of."""
    if said is None:
        return None
    if said == "-":
        return sys.stdin.buffer.read()
    if not said.startswith("@"):
        return os.fsencode(said)
    try:
        return Path(said[1:]).read_bytes()
    except OSError as error:
        raise CommandError(f"--data: {error}") from error


def _for_people(response: Any) -> bool:
    """Tell whether an answer is JSON that somebody will read on a terminal."""
    media_type: str = response.headers.get("content-type", "").partition(";")[0]
    return sys.stdout.isatty() and media_type.strip().endswith("json")


def _write_answer(response: Any, *, include: bool) -> None:
    """Write an answer whose body has been read."""
    _write_head(response, include=include)
    body = response.content
    if _for_people(response):
        body = _indented(body)
    _write(body)


def _write_head(response: Any, *, include: bool) -> None:
    if include:
        told = (response.http_version, response.status_code, response.reason_phrase)
        lines = [" ".join(map(str, told)).rstrip()]
        lines += [f"{name}: {value}" for name, value in response.headers.multi_items()]
        _write("\r\n".join([*lines, "", ""]).encode())


def _indented(body: bytes) -> bytes:
    try:
        text = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
        return f"{text}\n".encode()
    except ValueError:
        return body


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
