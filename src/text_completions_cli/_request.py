"""`text-completions request METHOD PATH_OR_URL`: send any request."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from ._client import (
    ENVIRONMENT,
    START_A_SERVER,
    add_base_url,
    make_client,
    one_line_errors,
)
from ._command import CommandError, parse_header

SUMMARY = "send any request with your key and print the response"
EPILOG = f"""\
The body of the response is printed as it arrives: a stream event by event. JSON is
indented if it goes to a terminal. Failed requests are retried as the client does it.
The key is sent only to the origin of the base URL.
{ENVIRONMENT}
exit status:
  0  the response was a success
  1  the request was refused or failed; the body of an error is printed as well
  2  something is missing, such as the key, or nothing could be printed

example:
{START_A_SERVER}\
  text-completions request POST /v1/complete -i --data '{{"model": "claude-2.1",
    "max_tokens_to_sample": 50, "prompt": "\\n\\nHuman: Hello\\n\\nAssistant:"}}'
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("method", metavar="METHOD", help="GET, POST, …")
    add("url", metavar="PATH_OR_URL", help="a path below the base URL, or a URL")
    add(
        "-d",
        "--data",
        metavar="JSON",
        help="the body, sent unchanged; @FILE reads a file, - reads standard input",
    )
    add(
        "-H",
        "--header",
        type=parse_header,
        action="append",
        default=[],
        metavar="'NAME: VALUE'",
        help="add this header; without a value, do not send it (may be repeated)",
    )
    add("-i", "--include", action="store_true", help="print status and headers first")
    add_base_url(parser)


def run(arguments: argparse.Namespace) -> int:
    """Send the request, print the response and return the exit status."""
    from text_completions import APIStatusError, omit

    data = _read_data(arguments.data)
    values: dict[str, list[str]] = {}
    for name, value in arguments.header:
        values.setdefault(name.lower(), []).extend([value] if value else [])
    # A header in several lines means their values in one, separated by commas.
    headers = {name: ", ".join(each) or omit for name, each in values.items()}
    with one_line_errors(), make_client(arguments) as client:
        try:
            response = client.request(
                arguments.method,
                arguments.url,
                json=data,
                headers=headers,
                stream=True,
            )
        except APIStatusError as error:
            _print_head(error.response, arguments)
            _print_whole(error.response)
            raise
        with response:
            http_response = response.http_response
            _print_head(http_response, arguments)
            is_stream = _media_type(http_response) == "text/event-stream"
            if sys.stdout.isatty() and not is_stream:
                response.read()
                _print_whole(http_response)
            else:
                for chunk in response.iter_bytes():
                    _write(chunk)
    return 0


def _read_data(argument: str | None) -> bytes | None:
    """Return the body that --data names."""
    if argument is None:
        return None
    if argument in ("-", "@-"):  # curl says @-
        return sys.stdin.buffer.read()
    if not argument.startswith("@"):
        return os.fsencode(argument)
    try:
        return Path(argument[1:]).read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise CommandError(f"--data: cannot read {argument[1:]}: {reason}") from error


def _media_type(response: Any) -> str:
    header: str = response.headers.get("content-type", "")
    return header.partition(";")[0].strip().lower()


def _print_head(response: Any, arguments: argparse.Namespace) -> None:
    if arguments.include:
        status = f"{response.http_version} {response.status_code}"
        lines = [f"{status} {response.reason_phrase}".rstrip()]
        lines += [f"{name}: {value}" for name, value in response.headers.multi_items()]
        _write("\r\n".join([*lines, "", ""]).encode())


def _print_whole(response: Any) -> None:
    """Print the body of a response that has been read, and end its last line."""
    body: bytes = response.content
    if sys.stdout.isatty() and _media_type(response).endswith("json"):
        body = _indented(body)
    if body and not body.endswith(b"\n"):
        body += b"\n"
    _write(body)


def _indented(body: bytes) -> bytes:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False).encode()
    except ValueError:
        return body


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
