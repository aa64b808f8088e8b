"""What an operation answers, as the document shows it or as its schemas lead to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from ._synthesis import NoSampleError, Sampler
from .app.source import Node, Source, mapping

JSON = "application/json"
STREAM = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Example:
    """An answer in one piece; without a media type it has no body."""

    status: int
    media_type: str | None = None
    value: object = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def success_of(source: Source, operation: Node, place: str) -> tuple[int, Node]:
    """The first success and its status."""
    responses = dict(source.items(operation.get("responses"), place))
    for status in sorted(responses):
        if status.startswith("2") and len(status) == 3:
            number = int(status) if status.isdecimal() else 200
            return number, responses[status]
    return 200, {}


def shown_answer(source: Source, operation: Node, place: str) -> Example | None:
    """The answer of the first success; None where it is a stream, or cannot be made.

    Raises:
        DocumentError: A reference leads nowhere.
    """
    status, success = success_of(source, operation, place)
    content = mapping(success.get("content"))
    headers = dict(_headers(source, success, place))
    if not content:
        return Example(status, headers=headers)
    whole = [kind for kind in content if kind != STREAM]
    for kind in sorted(whole, key=lambda one: one != JSON):
        try:
            value = _value(source, source.at(content[kind], place), place)
        except NoSampleError:
            continue
        return Example(status, kind, value, headers)
    return None


def _value(source: Source, media: Node, place: str) -> object:
    for _, example in source.items(media.get("examples"), place):
        return example.get("value")
    if "example" in media:
        return media["example"]
    if "schema" not in media:
        raise NoSampleError(place)
    return Sampler(source).sample(media["schema"], place)


def _headers(source: Source, success: Node, place: str) -> Iterator[tuple[str, str]]:
    for name, header in source.items(success.get("headers"), place):
        try:
            value = header.get(
                "example", Sampler(source).sample(header["schema"], place)
            )
        except (NoSampleError, KeyError):
            continue
        listed = cast("list[object]", value) if isinstance(value, list) else [value]
        text = ",".join(map(str, listed))
        if text.isascii() and text.isprintable():
            yield name.lower(), text.lower() if isinstance(value, bool) else text
