"""Scripts as data: from a YAML file or a request to the admin endpoint."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from text_completions_document import parse_yaml

from ..api.requests import integer, number, text
from ..app.errors import RepliesError
from ..app.source import mapping, sequence
from ..app.validation import BodyValidator
from ..backends.base import StopReason
from .admin_document import admin_schema
from .replies import Reply, Script

_REASONS: dict[str, StopReason] = {
    "end_turn": "end_turn",
    "stop_sequence": "stop_sequence",
    "max_tokens": "max_tokens",
}


def read_replies(file: str | os.PathLike[str]) -> tuple[Script, ...]:
    """Read a list of scripts.

    Raises:
        RepliesError: The file is missing or broken.
    """
    path = Path(file)
    try:
        written = parse_yaml(path.read_text("utf-8"))
        violation = _validator().violation(written)
        if violation is not None:
            raise RepliesError(f"{path}: {violation}")
        return tuple(_scripts(sequence(written)))
    except OSError as error:
        raise RepliesError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:
        raise RepliesError(f"{path}: {error}") from error


def script_from(value: object) -> Script:
    """The script that a value describes which keeps to the schema `ReplyScript`.

    Raises:
        ValueError: Its pattern is none, or it has a prompt as well.
    """
    node = mapping(value)
    pattern = text(node, "pattern")
    return Script(
        replies=tuple(map(_reply, sequence(node.get("replies")))),
        prompt=text(node, "prompt"),
        pattern=None if pattern is None else _compiled(pattern),
        times=integer(node, "times"),
    )


def script_data(script: Script, used: int) -> dict[str, object]:
    """The script as the admin endpoint shows it."""
    return {
        "prompt": script.prompt,
        "pattern": script.pattern.pattern if script.pattern else None,
        "times": script.times,
        "replies": [
            {
                "text": each.text,
                "stop_reason": each.stop_reason,
                "stop": each.stop,
                "delay": each.delay,
                "pause": each.pause,
            }
            for each in script.replies
        ],
        "used": used,
    }


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error


def _scripts(written: list[object]) -> Iterator[Script]:
    for index, each in enumerate(written):
        try:
            yield script_from(each)
        except ValueError as error:
            raise ValueError(f"{index}: {error}") from error


def _reply(value: object) -> Reply:
    if isinstance(value, str):
        return Reply(text=value)
    node = mapping(value)
    return Reply(
        text=text(node, "text") or "",
        stop_reason=_REASONS.get(text(node, "stop_reason") or ""),
        stop=text(node, "stop"),
        delay=number(node, "delay") or 0.0,
        pause=number(node, "pause") or 0.0,
    )


@cache
def _validator() -> BodyValidator:
    """What a file holds: a list of what the admin endpoint takes one of."""
    script = admin_schema("ReplyScript")
    return BodyValidator(
        {"type": "array", "items": script, "components": script["components"]}
    )
