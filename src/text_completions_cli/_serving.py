"""What the commands share that serve: options, checks, and lines for requests."""

from __future__ import annotations

import argparse
import ipaddress
import json
import socket
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from text_completions_server import AccessLogEntry


def add_address(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where to listen, and what to log."""
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="where to listen (default: %(default)s)")
    add(
        "--port",
        type=int,
        default=8765,
        help="listen on this port; 0 takes a free one (default: %(default)s)",
    )
    add("--quiet", action="store_true", help="do not log requests to standard error")
    add(
        "--log-format",
        choices=("text", "json"),
        default="text",
        help="format of the logged requests (default: %(default)s)",
    )


def add_api_keys(parser: argparse.ArgumentParser, *, default: str) -> None:
    """Add the option for the keys of callers."""
    parser.add_argument(
        "--api-key",
        type=_parse_key,
        action="append",
        default=[],
        metavar="KEY",
        help=f"accept only this key (may be repeated; default: {default})",
    )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach a server that listens at an address.

    An address that cannot be resolved cannot be reached either.
    """
    try:
        addresses = socket.getaddrinfo(
            host, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    except OSError:
        return True
    return all(ipaddress.ip_address(one[4][0]).is_loopback for one in addresses)


def request_log(
    arguments: argparse.Namespace,
) -> Callable[[AccessLogEntry], None] | None:
    """Return what writes a line for each request, as --quiet and --log-format say.

    With the format json, warnings and errors are lines of JSON as well.
    """
    if arguments.log_format == "json":
        _log_as_json()
    if arguments.quiet:
        return None
    return _log_json if arguments.log_format == "json" else _log_text


def _log_as_json() -> None:
    import logging  # late, as the server is imported

    class JsonLines(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            members = {
                "level": record.levelname.lower(),
                "message": record.getMessage(),
            }
            if record.exc_info:
                members["traceback"] = self.formatException(record.exc_info)
            return json.dumps(members)

    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


# A line is one write, so that no signal separates it from its end. `print` writes two.


def _log_text(exchange: AccessLogEntry) -> None:
    sys.stderr.write(f"{exchange}\n")


def _log_json(exchange: AccessLogEntry) -> None:
    sys.stderr.write(f"{json.dumps(exchange.as_json(), default=str)}\n")


def _parse_key(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("the key is empty, and no request has that")
    return text
