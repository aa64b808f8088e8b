"""What the journal page is told of a request: its row, its details, and commands.

The commands send the request again, without its keys: one for curl and one in Python.
"""

from __future__ import annotations

import codecs
import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from .journal import Requests
from .records import MASK, Record, note

_MAX_ROWS: Final = 500
_MAX_TEXT: Final = 64 * 1024
_MAX_EVENT: Final = 4 * 1024
_MAX_BODY: Final = 16_000
"""The largest body, in bytes, that is in a command; a longer one is left to a file."""

_UTF_8: Final = codecs.getincrementaldecoder("utf-8")
_KEY: Final = "ANTHROPIC_API_KEY"
# What the client adds itself, and what belongs to the connection of then.
_LEFT_OUT: Final = {
    "accept-encoding",
    "connection",
    "content-length",
    "host",
    "transfer-encoding",
    "user-agent",
}


def rows(requests: Requests, after: int) -> dict[str, Any]:
    """Return the rows after the one with this number, at most the last 500."""
    dropped = requests.total - len(requests)
    start = max(after - dropped, len(requests) - _MAX_ROWS, 0)
    numbered = enumerate(requests[start:], dropped + start + 1)
    return {
        "epoch": requests.epoch,
        "total": requests.total,
        "statuses": {str(status): count for status, count in requests.statuses.items()},
        "requests": [_row(number, record) for number, record in numbered],
    }


def details(requests: Requests, number: int, url: str) -> dict[str, Any] | None:
    """Return all that the page shows of a request, long texts cut; None without it.

    Args:
        requests: The journal.
        number: The number of the request.
        url: The scheme and the host of the server, for the commands.
    """
    index = number - 1 - (requests.total - len(requests))
    if not 0 <= index < len(requests):
        return None
    record = requests[index]
    return {
        **_row(number, record),
        "query": record.query,
        "headers": record.headers.items(),
        "body": _text(record.content, _MAX_TEXT),
        "response_headers": record.response_headers.items(),
        "response_body": _text(record.response_content, _MAX_TEXT),
        "notes": {name: str(note(value)) for name, value in record.notes.items()},
        "events": [
            {"milliseconds": at, **_text(raw, _MAX_EVENT)}
            for at, raw in record.sent_events()
        ],
        "curl": as_curl(record, url),
        "python": as_python(record, url),
    }


def _row(number: int, record: Record) -> dict[str, Any]:
    return {
        "number": number,
        "started": record.started.isoformat(timespec="milliseconds"),
        "method": record.method,
        "path": record.path,
        "version": record.headers.get("anthropic-version", ""),
        "model": record.model,
        "status": record.status,
        "fault": record.fault,
        "event_count": record.event_count,
        "first_byte_ms": record.first_byte_ms,
        "first_event_ms": record.first_event_ms,
        "milliseconds": record.milliseconds,
    }


def _text(content: bytes, limit: int) -> dict[str, Any]:
    """Return the beginning of a text, which may be binary, and its size in bytes."""
    is_whole = len(content) <= limit
    text = _UTF_8("replace").decode(content[:limit], final=is_whole)
    return {"text": text, "size": len(content)}


def as_curl(record: Record, url: str) -> str:
    """Write the command, for bash: a plain shell cannot write every body."""
    body = record.content
    words = ["curl -sSN -i --globoff --path-as-is", *_method(record)]
    words.append(shlex.quote(_target(record, url)))
    words += [f"-H {_curl_header(name, value)}" for name, value in _headers(record)]
    if body and "content-type" not in record.headers:
        words.append("-H content-type:")  # else curl calls the body a form
    if len(body) > _MAX_BODY or b"\0" in body:  # which no word of a shell can hold
        words.append(f"--data-binary @body.json  # the body: {len(body)} bytes")
    elif body:
        words.append(f"--data-raw {_word(body)}")
    return " \\\n  ".join(words)


def as_python(record: Record, url: str) -> str:
    """Write the program, which needs httpx."""
    body = record.content
    headers = "".join(
        f"        ({name!r}, {_python_value(name, value)}),\n"
        for name, value in _headers(record)
    )
    lines = [
        *(["import os\n"] if "os.environ" in headers else []),
        "import httpx\n\nwith httpx.stream(",
        f"    {record.method!r},",
        f"    {_target(record, url)!r},",
        f"    headers=[\n{headers}    ],",
    ]
    if len(body) > _MAX_BODY:
        lines.append(f'    content=open("body.json", "rb"),  # {len(body)} bytes')
    elif body:
        lines.append(f"    content={body!r},")
    lines += [
        "    timeout=600,",
        ") as response:",
        "    print(response.status_code)",
        "    for text in response.iter_text():",
        '        print(text, end="", flush=True)',
    ]
    return "\n".join(lines)


def _target(record: Record, url: str) -> str:
    return url + record.path + (f"?{record.query}" if record.query else "")


def _method(record: Record) -> Iterator[str]:
    if record.method == "HEAD":
        yield "--head"
    elif record.method != ("POST" if record.content else "GET"):
        yield f"-X {shlex.quote(record.method)}"


def _headers(record: Record) -> Iterator[tuple[str, str]]:
    for name, value in record.headers.items():
        if name.lower() not in _LEFT_OUT:
            yield name, value


def _key_prefix(name: str, value: str) -> str | None:
    """Return what stands before the key in a masked header; None for another header."""
    if value != MASK.decode():
        return None
    return {"x-api-key": "", "authorization": "Bearer "}.get(name.lower())


def _curl_header(name: str, value: str) -> str:
    prefix = _key_prefix(name, value)
    if prefix is not None:
        return f'"{name}: {prefix}${_KEY}"'
    # curl sends a header without a value only if it ends in a semicolon.
    return _word((f"{name}: {value}" if value else f"{name};").encode("latin-1"))


def _python_value(name: str, value: str) -> str:
    prefix = _key_prefix(name, value)
    if prefix is not None:
        key = f'os.environ["{_KEY}"]'
        return f"{prefix!r} + {key}" if prefix else key
    return repr(value if value.isascii() else value.encode("latin-1"))


def _word(data: bytes) -> str:
    """Write bytes as a word of bash: plain if they can be read, else in `$'…'`."""
    with suppress(UnicodeDecodeError):
        if (text := data.decode()).isprintable():
            return shlex.quote(text)
    escaped = re.sub(rb"[^ -~]|[\\']", lambda match: b"\\%03o" % match[0][0], data)
    return f"$'{escaped.decode('ascii')}'"
