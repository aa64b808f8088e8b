"""Responses made of the document: for operations that no backend answers."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp

from text_completions_document import Node, below, is_list, is_object, mapping

from ..document.contract import STREAM, Document, Operation, StreamForm
from ..document.parameters import JSON
from ..document.samples import sample_value
from ..document.source import EventName
from ..document.strict_json import NotJson, dump_json, parse_json
from ..errors import ApiError, NoSample
from ..http.events import LF, raw_event
from ..http.responses import EventStream
from .endpoint import ApiRequest, Handler

_RANGES = {"*/*": JSON, "application/*": JSON, "text/*": "text/plain"}
_OWN_HEADERS = {
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "keep-alive",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
"""Headers that say how a response is sent, and so depend on the server alone."""

_HEADER_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)


class SampleHandler:
    """Answers an operation with a sample of the response that it describes.

    Raises:
        NoSample: A sample cannot be made: an example is missing.
    """

    def __init__(self, document: Document, operation: Operation) -> None:
        self._operation = operation
        self._source = document
        self._pointer = operation.response.pointer
        content = mapping(operation.response.node.get("content"))
        self._headers = dict(self._header_samples())
        self._bodies = self._body_samples(content)
        pointer = below(self._pointer, "content", STREAM)
        pointer, media = self._source.follow(pointer, content.get(STREAM))
        extension = mapping(mapping(media).get("x-contract-stream"))
        self._switch = str(extension.get("switch", ""))
        self._text = mapping(extension.get("text"))
        self._events = tuple(self._event_samples(pointer, mapping(media), extension))
        if not self._bodies and not self._events:
            reason = "a stream needs events, each an object with a member data"
            raise self._source.no_sample(below(pointer, "schema"), reason)

    async def __call__(self, request: ApiRequest) -> ASGIApp:
        """Send the stream if it is asked for or all there is, else the body."""
        accepted = _media_types(request.caller.headers.get("accept", ""))
        switch = self._switch
        is_wanted = request.body.get(switch) is True if switch else STREAM in accepted
        if self._events and (is_wanted or not self._bodies):
            form = self._operation.stream_form(request.version)
            return EventStream(self._written(form), request.caller.request_id)
        known = [name for name in accepted if name in self._bodies]
        media_type, body = self._bodies[[*known, *self._bodies][0]]
        headers = {**self._headers, "request-id": request.caller.request_id}
        status = self._operation.response.status
        return Response(body, status, headers, media_type)

    async def _written(self, form: StreamForm) -> AsyncGenerator[bytes]:
        """Write the events as a version of the wire format does."""
        path, so_far = _path(self._text), ""
        for name, data in self._events:
            sent = data
            if form.cumulative and path and name == self._text.get("event"):
                so_far += str(_get(data, path))
                sent = _with(data, path, so_far)
            yield raw_event(None if name == form.unnamed else name, dump_json(sent), LF)
        if form.end is not None:
            yield raw_event(None, form.end.encode(), LF)

    def _body_samples(self, content: Node) -> dict[str, tuple[str | None, bytes]]:
        """Return each media type and a body of it by its name, the default first."""
        names = sorted(content.keys() - {STREAM}, key=[JSON, *content].index)
        if content and not names:  # it always streams
            return {}
        if not names or self._operation.response.status in (204, 205, 304):
            return {"": (None, b"")}
        bodies: dict[str, tuple[str | None, bytes]] = {}
        for name in names:
            try:
                sample = self._body_sample(name, content[name])
            except NoSample:  # only the default needs one
                if not bodies:
                    raise
            else:
                bodies.setdefault(_media_types(name)[0], sample)
        return bodies

    def _body_sample(self, name: str, media: object) -> tuple[str, bytes]:
        media_type = _RANGES.get(name, name)
        bare_type = media_type.partition(";")[0].strip().lower()
        is_json = bare_type == JSON or bare_type.endswith("+json")
        pointer = below(self._pointer, "content", name)
        if not _is_plain(media_type):
            raise self._source.no_sample(pointer, "is not a media type")
        value = self._value(pointer, media, {} if is_json else "")
        if isinstance(value, str) and not is_json:
            return media_type, value.encode()
        if not is_json and not media_type.startswith("text/"):
            reason = f"a response of {media_type} needs an example that is a string"
            raise self._source.no_sample(pointer, reason)
        return media_type, dump_json(value)

    def _header_samples(self) -> Iterator[tuple[str, str]]:
        headers = mapping(self._operation.response.node.get("headers"))
        for name, header in headers.items():
            if name.lower() in _OWN_HEADERS:
                continue
            place = below(self._pointer, "headers", name)
            place, node = self._source.object_at(place, header)
            value = self._value(place, node, "")
            text = _header_text(value)
            is_text = not is_object(value) and "content" not in node
            if not (is_text and _HEADER_NAME.fullmatch(name) and _is_plain(text)):
                reason = (
                    "a header needs a name and an example of printable ASCII text, "
                    "not an object"
                )
                raise self._source.no_sample(place, reason)
            yield name.lower(), text

    def _value(self, pointer: str, node: object, otherwise: object) -> Any:
        """The value of a media type or header: its example, or made of its schema."""
        pointer, target = self._source.follow(pointer, node)
        target = mapping(target)
        for _, example in self._source.items(
            target.get("examples"), below(pointer, "examples")
        ):
            if "value" in example:
                return example["value"]
        if "example" in target:
            return target["example"]
        if "schema" in target:
            return sample_value(self._source, f"{pointer}/schema", target["schema"])
        return otherwise

    def _event_samples(
        self, pointer: str, media: Node, extension: Node
    ) -> Iterator[tuple[EventName, Any]]:
        """Yield every event but the error, as examples show it, the last one last."""
        schemas = self._source.events(pointer, media)
        if "error" in extension:
            schemas.pop(extension["error"], None)
        examples = list(self._event_examples(pointer, media))
        last = mapping(extension.get("last"))
        for name in sorted(schemas, key=lambda name: name == last.get("event")):
            data = [value for shown, value in examples if shown == name]
            data = data or [sample_value(self._source, *schemas[name])]
            if name == last.get("event") and _get(data[-1], _path(last)) is None:
                reason = f"the event {name} does not say the end: write an example"
                raise self._source.no_sample(pointer, reason)
            for value in data:
                yield name, value

    def _event_examples(
        self, pointer: str, media: Node
    ) -> Iterator[tuple[EventName, Any]]:
        for _, example in self._source.items(
            media.get("examples"), below(pointer, "examples")
        ):
            value = mapping(example.get("value"))
            with suppress(KeyError, NotJson):
                yield value.get("event"), parse_json(str(value["data"]).encode())


def _media_types(header: str) -> list[str]:
    """Return the media types of a header without their parameters."""
    return [each.partition(";")[0].strip().lower() for each in header.split(",")]


def _header_text(value: Any) -> str:
    """Write a value for a header: a text as it is, a list with commas, else JSON."""
    if is_list(value):
        return ",".join(map(_header_text, value))
    return value if isinstance(value, str) else dump_json(value).decode()


def refuse_without_sample(missing: NoSample) -> Handler:
    """Make the handler of an operation of which no sample can be made."""

    async def refuse(_: ApiRequest) -> ASGIApp:
        raise ApiError(501, f"the document has no sample of this response: {missing}")

    return refuse


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _path(place: Node) -> list[str]:
    return str(place.get("pointer", "")).split("/")[1:]


def _get(value: Any, path: list[str]) -> Any:
    for name in path:
        value = mapping(value).get(name)
    return value


def _with(value: Any, path: list[str], member: object) -> Any:
    if not path:
        return member
    node = mapping(value)
    return {**node, path[0]: _with(node.get(path[0]), path[1:], member)}
