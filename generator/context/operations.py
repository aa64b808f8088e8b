"""What the templates of an operation and of a resource need to know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from openapi_python_client.parser.openapi import Endpoint

from document.opc_input import JSON, is_json
from document.operation_checks import operation_name
from document.supported import STREAM, SupportedDocument
from text_completions_document import below, parts_of

from .arguments import Argument, Parameters, ParameterView
from .naming import argument_name, method_name
from .prose import documented, is_deprecated, operation_docstring
from .schemas import schema_data
from .streams import Streams, StreamView
from .text import entry, literal
from .types import Types, members, union, wire_name


class BodyView(NamedTuple):
    """What is sent as the body, as code."""

    media_type: str
    schema: str
    pointer: str
    members: dict[str, str] | None
    required: bool


class ResponseView(NamedTuple):
    """What a call returns, as code; a schema of None is a response without a body."""

    type: str
    model: str | None
    schema: str
    pointer: str
    decoded: str | None
    media_type: str = JSON
    others: tuple[tuple[int, ResponseView], ...] = ()


class OperationView(NamedTuple):
    """An operation as its templates see it."""

    module: str
    tag: str
    method: str
    name: str
    verb: str
    path: str
    pointer: str
    arguments: list[Argument]
    parameters: list[ParameterView]
    body: BodyView | None
    response: ResponseView | None
    stream: StreamView | None
    doc: str
    is_deprecated: bool

    @property
    def switch(self) -> Argument | None:
        """The argument that asks for a stream."""
        return next((one for one in self.arguments if one.is_switch), None)

    @property
    def nulls(self) -> list[str]:
        """The arguments whose None is null."""
        return [one.name for one in self.arguments if one.required and one.takes_null]

    @property
    def deprecated(self) -> list[str]:
        """The arguments inside the body whose use gets a warning."""
        return [one.name for one in self.arguments if one.in_body and one.is_deprecated]

    @property
    def response_type(self) -> str:
        """What a call without a stream returns."""
        return self.response.type if self.response else "None"


class Operations:
    """Views of the operations of a document."""

    def __init__(
        self, document: SupportedDocument, types: Types, errors: dict[int, str]
    ) -> None:
        self._document = document
        self._types = types
        self._errors = errors
        self._streams = Streams(document, types)
        self._parameters = Parameters(document, types)
        self._described = {
            operation_name(operation["operationId"]): (pointer, operation)
            for pointer, operation in document.operations()
        }

    def view(self, endpoint: Endpoint, tag: str) -> OperationView:
        """Return what the templates need."""
        name = str(endpoint.name)
        pointer, operation = self._described[name]
        response = self._response(endpoint, operation, pointer)
        whole = None
        if response is not None and response.model is not None:
            whole = (response.model, response.pointer)
        stream = self._streams.view(operation, pointer, name, whole)
        body = self._body(endpoint, operation, pointer)
        self._check_switch(pointer, stream, response, body)
        parameters = self._parameters.views(endpoint, pointer)
        arguments = self._body_arguments(endpoint, stream, body)
        arguments += [argument for argument, _ in parameters]
        self._check_arguments(arguments, pointer)
        arguments.sort(key=lambda one: not one.required)
        verb = method_name(operation["operationId"], tag)
        return OperationView(
            module=name,
            tag=tag,
            method=endpoint.method.upper(),
            name=f"{tag}.{verb}",
            verb=verb,
            path=parts_of(pointer)[1],
            pointer=pointer,
            arguments=arguments,
            parameters=[parameter for _, parameter in parameters],
            body=body,
            response=response,
            stream=stream,
            doc=operation_docstring(
                self._document,
                pointer,
                [one.doc for one in arguments],
                _returned(response, stream),
                self._errors,
            ),
            is_deprecated=operation.get("deprecated", False),
        )

    def _check_switch(
        self,
        pointer: str,
        stream: StreamView | None,
        response: ResponseView | None,
        body: BodyView | None,
    ) -> None:
        if stream is None:
            return
        switch = stream.switch
        if (switch is None) is not (response is None):
            reason = (
                "a switch chooses between JSON and a stream: describe the switch and "
                "JSON, or neither"
            )
            raise self._document.error(pointer, reason)
        members = (body.members or {}).values() if body else ()
        if switch is not None and switch not in members:
            reason = f"the switch {switch!r} is not a member of the body"
            raise self._document.error(pointer, reason)

    # Arguments ------------------------------------------------------------------------

    def _check_arguments(self, arguments: list[Argument], pointer: str) -> None:
        names = [one.name for one in arguments]
        for name in names:
            if names.count(name) > 1:
                reason = f"two parameters would be the argument {name!r}: rename one"
                raise self._document.error(pointer, reason)

    def _body_arguments(
        self, endpoint: Endpoint, stream: StreamView | None, body: BodyView | None
    ) -> list[Argument]:
        if body is None:
            return []
        prop: Any = endpoint.bodies[0].prop
        if body.members is None:
            doc = entry("body", documented(self._document, body.pointer))
            sent = self._types.sent(prop)
            return [Argument("body", "", body.required, sent, doc, in_body=True)]
        switch = stream.switch if stream else None
        return [
            self._member_argument(member, body, wire_name(member) == switch)
            for member in members(self._types.model(prop))
        ]

    def _member_argument(self, prop: Any, body: BodyView, is_switch: bool) -> Argument:
        name = wire_name(prop)
        argument = argument_name(name)
        pointer = self._member_pointer(body.pointer, name)
        return Argument(
            name=argument,
            wire_name=name,
            required=prop.required and body.required,
            type="bool" if is_switch else self._types.sent(prop),
            doc=entry(argument, documented(self._document, pointer)),
            is_switch=is_switch,
            in_body=body.media_type == JSON,
            is_deprecated=is_deprecated(self._document.at(pointer)),
        )

    def _member_pointer(self, pointer: str, name: str) -> str:
        """Find where an object describes a member: in itself, or in its `allOf`."""
        schema = self._document.at(pointer)
        if name in schema.get("properties", {}):
            return below(pointer, "properties", name)
        for index, part in enumerate(schema.get("allOf", ())):
            there, _ = self._document.follow(below(pointer, "allOf", index), part)
            member = self._member_pointer(there, name)
            if member != there:
                return member
        return pointer

    # Body and response ----------------------------------------------------------------

    def _body(
        self, endpoint: Endpoint, operation: dict[str, Any], pointer: str
    ) -> BodyView | None:
        if "requestBody" not in operation:
            return None
        here = below(pointer, "requestBody")
        place, body = self._document.follow(here, operation["requestBody"])
        media_type, media = next(iter(body["content"].items()))
        here = below(place, "content", media_type, "schema")
        there, _ = self._document.follow(here, media["schema"])
        return BodyView(
            media_type=media_type,
            schema=literal(schema_data(media["schema"])),
            pointer=there,
            members=self._body_members(endpoint.bodies[0].prop),
            required=body.get("required", False),
        )

    def _body_members(self, prop: Any) -> dict[str, str] | None:
        if not hasattr(prop, "required_properties"):
            return None
        names = [wire_name(member) for member in members(self._types.model(prop))]
        return {argument_name(name): name for name in names} or None

    def _response(
        self, endpoint: Endpoint, operation: dict[str, Any], pointer: str
    ) -> ResponseView | None:
        """Return the response of the successes: one for all, or one for each status."""
        views = dict(self._responses(endpoint, operation, pointer))
        if all(view.schema == "None" for view in views.values()):
            return None
        ranges = (status for status in views if status.endswith("XX"))
        main = next(ranges, next(iter(views)))
        types = [view.type for view in views.values()]
        others = [(int(key), view) for key, view in views.items() if key != main]
        return views[main]._replace(
            type=union(types), others=tuple(others) if len(set(types)) > 1 else ()
        )

    def _responses(
        self, endpoint: Endpoint, operation: dict[str, Any], pointer: str
    ) -> Iterator[tuple[str, ResponseView]]:
        for response in endpoint.responses:
            status = response.status_code.pattern
            if not status.startswith("2"):
                continue
            here = below(pointer, "responses", status)
            place, part = self._document.follow(here, operation["responses"][status])
            content = part.get("content", {})
            whole = [media_type for media_type in content if media_type != STREAM]
            if whole:
                schema = content[whole[0]]["schema"]
                place = below(place, "content", whole[0], "schema")
                yield (
                    status,
                    self._response_view(response.prop, whole[0], schema, place),
                )
            elif not content:
                yield status, ResponseView("None", None, "None", here, None)

    def _response_view(
        self, prop: Any, media_type: str, schema: Any, pointer: str
    ) -> ResponseView:
        there, _ = self._document.follow(pointer, schema)
        data = literal(schema_data(schema))
        if not is_json(media_type):
            kind = "str" if media_type.startswith("text/") else "bytes"
            return ResponseView(kind, None, data, there, None, media_type)
        returned = self._types.returned(prop)
        if self._types.has_model(returned):
            return ResponseView(returned, returned, data, there, None, media_type)
        decoded = self._types.decoded(prop, "value")
        return ResponseView(returned, None, data, there, decoded, media_type)


def _returned(response: ResponseView | None, stream: StreamView | None) -> str:
    what = response.type.replace("builtins.", "") if response else "None"
    if stream is None:
        return f"{what}."
    if stream.switch is None and response is None:
        return f"A stream of {stream.type}."
    return f"{what}; with `{stream.switch}=True` a stream of {stream.type}."
