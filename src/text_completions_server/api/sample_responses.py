"""Responses made of the document: for operations that no backend answers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp

from text_completions_document import Node, below, mapping, sequence

from ..document.contract import STREAM, Document, Operation, StreamForm
from ..document.parameters import JSON
from ..document.samples import Samples
from ..document.source import EventName
from ..document.strict_json import NotJson, dump_json, parse_json
from ..errors import ApiError, NoSample
from ..http.events import LF, raw_event
from ..http.responses import EventStream
from .endpoint import ApiRequest, Handler

_RANGES = {"*/*": JSON, "application/*": JSON, "text/*": "text/plain"}
_OWN_HEADERS = {"content-type", "content-length", "transfer-encoding", "connection"}


class SampleHandler:
    """Answers an operation with a sample of the response that it describes.

    Raises:
        NoSample: A sample cannot be made: an example is missing.
    """

    def __init__(self, document: Document, operation: Operation) -> None:
        self._operation = operation
        self._source = document
        self._samples = Samples(document)
        self._pointer = operation.response.pointer
        content = mapping(operation.response.node.get("content"))
        self._headers = dict(self._header_samples())
        self._media_type, self._body = self._body_sample(content)
        self._has_stream = STREAM in content
        self._only_streams = len(content) == 1 and self._has_stream
        pointer = below(self._pointer, "content", STREAM)
        pointer, media = self._source.follow(pointer, content.get(STREAM))
        extension = mapping(mapping(media).get("x-contract-stream"))
        self._switch = str(extension.get("switch", ""))
        self._text = mapping(extension.get("text"))
        self._events = tuple(self._event_samples(pointer, mapping(media), extension))
        if self._only_streams and not self._events:
            reason = "a stream needs events, each an object with a member data"
            raise self._source.no_sample(below(pointer, "schema"), reason)

    async def __call__(self, request: ApiRequest) -> ASGIApp:
        """Send the stream if it is asked for or all there is, else the body."""
        is_asked_for = self._has_stream and request.body.get(self._switch) is True
        if is_asked_for or self._only_streams:
            form = self._operation.stream_form(request.version)
            return EventStream(self._written(form), request.caller.request_id)
        headers = {**self._headers, "request-id": request.caller.request_id}
        status = self._operation.response.status
        return Response(self._body, status, headers, self._media_type)

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

    def _body_sample(self, content: Node) -> tuple[str | None, bytes]:
        names = [name for name in content if name != STREAM]
        if not names or self._operation.response.status in (204, 304):
            return None, b""
        name = JSON if JSON in names else names[0]
        media_type = _RANGES.get(name, name)
        bare_type = media_type.partition(";")[0].strip().lower()
        is_json = bare_type == JSON or bare_type.endswith("+json")
        pointer = below(self._pointer, "content", name)
        value = self._value(pointer, content[name], {} if is_json else "")
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
            value = self._value(below(self._pointer, "headers", name), header, "")
            texts = [
                item if isinstance(item, str) else dump_json(item).decode()
                for item in sequence(value) or [value]
            ]
            text = ",".join(texts)
            if text.isascii() and text.isprintable():
                yield name.lower(), text

    def _value(self, pointer: str, node: object, otherwise: object) -> Any:
        """The value of a media type or header: its example, or made of its schema."""
        pointer, target = self._source.follow(pointer, node)
        target = mapping(target)
        for _, example in self._source.items(target.get("examples"), pointer):
            if "value" in example:
                return example["value"]
        if "example" in target:
            return target["example"]
        if "schema" in target:
            return self._samples.value(f"{pointer}/schema", target["schema"])
        return otherwise

    def _event_samples(
        self, pointer: str, media: Node, extension: Node
    ) -> Iterator[tuple[EventName, Any]]:
        """Yield every event but the error, as examples show it, the last one last."""
        schemas = self._source.events(pointer, media)
        schemas.pop(extension.get("error"), None)
        examples = list(self._event_examples(pointer, media))
        last = mapping(extension.get("last"))
        for name in sorted(schemas, key=lambda name: name == last.get("event")):
            data = [value for shown, value in examples if shown == name]
            data = data or [self._samples.value(*schemas[name])]
            if name == last.get("event") and _get(data[-1], _path(last)) is None:
                reason = f"the event {name} does not say the end: write an example"
                raise self._source.no_sample(pointer, reason)
            for value in data:
                yield name, value

    def _event_examples(
        self, pointer: str, media: Node
    ) -> Iterator[tuple[EventName, Any]]:
        for _, example in self._source.items(media.get("examples"), pointer):
            value = mapping(example.get("value"))
            with suppress(KeyError, NotJson):
                yield value.get("event"), parse_json(str(value["data"]).encode())


def refuse_without_sample(missing: NoSample) -> Handler:
    """Make the handler of an operation of which no sample can be made."""

    async def refuse(_: ApiRequest) -> ASGIApp:
        raise ApiError(501, f"the document has no sample of this response: {missing}")

    return refuse


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
