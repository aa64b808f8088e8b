"""What the journal page is told of a record: a row of its table, and the details."""

from __future__ import annotations

import codecs
from typing import Any, Final

from .journal import JournalPart
from .records import Record, note
from .snippets import as_curl, as_python

MAX_ROWS: Final = 500
"""How many rows are sent at once: the last ones."""

_MAX_TEXT: Final = 64 * 1024
_MAX_EVENT: Final = 4 * 1024
_UTF_8: Final = codecs.getincrementaldecoder("utf-8")


def rows(part: JournalPart) -> dict[str, Any]:
    """Return the rows of some records, with the counts of the whole journal."""
    numbered = enumerate(part.records, part.first)
    return {
        "epoch": part.epoch,
        "total": part.total,
        "statuses": {str(status): count for status, count in part.statuses.items()},
        "requests": [_row(number, record) for number, record in numbered],
    }


def details(number: int, record: Record, url: str) -> dict[str, Any]:
    """Return all that the page shows of a record, long texts cut.

    Args:
        number: Its number in the journal.
        record: The record.
        url: The scheme and the host of the server, for the commands.
    """
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
