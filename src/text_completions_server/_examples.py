"""Answers to the operations that the server knows nothing of but their description."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator

from starlette.responses import Response

from ._script import Script, shown_stream
from ._success import JSON, Example, shown_answer
from ._synthesis import NoSampleError
from .api.events import LF, raw_event
from .app.contract import Document
from .app.operations import Operation, StreamForm
from .app.responses import EventStream
from .app.service import Call
from .app.source import Node, mapping
from .app.strict_json import dump_json


class ExampleAnswer:
    """Answers what the document shows, or what its schemas lead to.

    Args:
        document: The document.
        operation: The operation.

    Raises:
        DocumentError: It shows no answer, and none can be made.
    """

    def __init__(self, document: Document, operation: Operation) -> None:
        place = operation.pointer
        source, node = document.source, _node(document, operation)
        self._operation = operation
        self._answer = shown_answer(source, node, place)
        try:
            self._script = shown_stream(source, node, place)
        except NoSampleError as error:
            reason = f"no event can be made for its stream ({error}): give an example"
            raise source.fault(place, reason) from error
        if self._answer is None and self._script is None:
            reason = "no answer can be made of its schema: give it an example"
            raise source.fault(place, reason)

    async def __call__(self, call: Call) -> Response:
        script, answer = self._script, self._answer
        if script is not None and (answer is None or _is_asked(script, call)):
            form = self._operation.stream_form(call.version)
            return EventStream(_events(script, form), call.request_id)
        return _whole(answer or Example(200), call.request_id)


def _node(document: Document, operation: Operation) -> Node:
    source = document.source
    item = source.at(mapping(source.root.get("paths"))[operation.path], operation.path)
    return source.at(item[operation.method.lower()], operation.path)


def _is_asked(script: Script, call: Call) -> bool:
    return script.switch is not None and call.body.get(script.switch) is True


def _whole(answer: Example, request_id: str) -> Response:
    headers = {**answer.headers, "request-id": request_id}
    if answer.media_type is None:
        return Response(status_code=answer.status, headers=headers)
    text = answer.value if isinstance(answer.value, str) else None
    is_json = answer.media_type == JSON or answer.media_type.endswith("+json")
    content = dump_json(answer.value) if is_json or text is None else text.encode()
    return Response(content, answer.status, headers, answer.media_type)


async def _events(script: Script, form: StreamForm) -> AsyncGenerator[bytes]:
    for event in written(script, form):
        yield event


def written(script: Script, form: StreamForm) -> Iterator[bytes]:
    """Every event of a stream in the form of its version, and the mark of its end."""
    so_far = ""
    for shown in script.events:
        data = shown.data
        if script.text is not None and script.text[0] == shown.name:
            so_far += _text_at(data, script.text[1])
            if form.cumulative:
                data = _with_text(data, script.text[1], so_far)
        name = None if shown.name == form.unnamed else shown.name
        yield raw_event(name, dump_json(data), LF)
    if form.end is not None:
        yield raw_event(None, form.end.encode(), LF)


def _text_at(data: object, path: tuple[str, ...]) -> str:
    for step in path:
        data = mapping(data).get(step)
    return data if isinstance(data, str) else ""


def _with_text(data: object, path: tuple[str, ...], text: str) -> object:
    if not path:
        return text
    node = mapping(data)
    return {**node, path[0]: _with_text(node.get(path[0]), path[1:], text)}
